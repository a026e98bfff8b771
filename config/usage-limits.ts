import type { ConfigurationViolation } from "./configuration-error";
import type { EnvironmentName } from "./environment";
import type { Usage } from "./usage";

interface Limit {
  readonly max: number;
  readonly allowed: string;
  readonly because: string;
}

const limits = {
  gigabytes: {
    max: 10_000_000,
    allowed: "0 to 10,000,000 GB",
    because: "10 PB a month is beyond the first tiers of the price book",
  },
  requests: {
    max: 1_000_000_000_000,
    allowed: "0 to 1,000,000,000,000 a month",
    because: "a trillion a month is 380,000 a second",
  },
  capacityUnits: {
    max: 100_000,
    allowed: "0 to 100,000 units on average",
    because: "no load balancer comes near that",
  },
  hours: { max: 744, allowed: "0 to 744 hours a month", because: "no month has more" },
  seconds: { max: 900, allowed: "0 to 900 seconds", because: "a function ends after 15 minutes" },
  share: { max: 1, allowed: "a share from 0 to 1", because: "logs are not larger compressed" },
  money: {
    max: 1_000_000,
    allowed: "0 to 1,000,000 USD a month",
    because: "a reserve above a million is a typing error",
  },
} satisfies Readonly<Record<string, Limit>>;

/** The names carry their units. */
function limitOf(name: string): Limit {
  if (name.endsWith("Gb")) return limits.gigabytes;
  if (name.endsWith("CapacityUnits")) return limits.capacityUnits;
  if (name.endsWith("Hours")) return limits.hours;
  return name.endsWith("Seconds") ? limits.seconds : limits.requests;
}

/** Volumes that nothing has: negative, not a number, or far beyond every quota. All of them at once. */
export function usageViolations(
  { region, global, logStoredShare, reserves }: Usage,
  environment: EnvironmentName,
): ConfigurationViolation[] {
  const found = (path: string, value: number, { max, allowed, because }: Limit): ConfigurationViolation[] =>
    typeof value === "number" && value >= 0 && value <= max
      ? []
      : [
          {
            file: "config/usage.ts",
            path: `${environment}.${path}`,
            found: typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
            allowed: typeof value === "string" ? `${allowed}, a number without quotes` : allowed,
            because,
          },
        ];
  const byActivity = (
    group: string,
    name: string,
    amounts: Readonly<Record<string, number>>,
  ): ConfigurationViolation[] =>
    Object.entries(amounts).flatMap(([activity, amount]) =>
      found(`${group}.${name}.${activity}`, amount, limitOf(name)),
    );
  return [
    ...Object.entries(region).flatMap(([name, amounts]) =>
      byActivity("region", name, amounts as Readonly<Record<string, number>>),
    ),
    ...Object.entries(global).flatMap(([name, amount]: [string, number | Readonly<Record<string, number>>]) =>
      typeof amount === "number" ? found(`global.${name}`, amount, limitOf(name)) : byActivity("global", name, amount),
    ),
    ...found("logStoredShare", logStoredShare, limits.share),
    ...reserves.flatMap(({ usdPerMonth }, index) => found(`reserves.${index}.usdPerMonth`, usdPerMonth, limits.money)),
  ];
}
