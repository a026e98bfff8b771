import type { ConfigurationViolation } from "./configuration-error";
import type { EnvironmentName } from "./environment";
import { meantName } from "./meant";
import type { Activity, GlobalUsage, RegionUsage, Usage } from "./usage";

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

type Limits = keyof typeof limits;

const regional: Readonly<Record<keyof RegionUsage, Limits>> = {
  natGb: "gigabytes",
  copyHours: "hours",
  copiedImageGb: "gigabytes",
  loadBalancerLogGb: "gigabytes",
  loadBalancerCapacityUnits: "capacityUnits",
  firewallRequests: "requests",
  internetGb: "gigabytes",
  interZoneGb: "gigabytes",
  interRegionGb: "gigabytes",
  controlPlaneLogGb: "gigabytes",
  flowLogGb: "gigabytes",
  firewallLogGb: "gigabytes",
  functionLogGb: "gigabytes",
  backupGb: "gigabytes",
  lokiGb: "gigabytes",
  lokiWriteRequests: "requests",
  lokiReadRequests: "requests",
  databaseBackupGb: "gigabytes",
  databaseCopyGb: "gigabytes",
  databaseReplicatedBackupGb: "gigabytes",
  promotionLogGb: "gigabytes",
  databaseLogGb: "gigabytes",
  cacheBackupGb: "gigabytes",
  backupWriteRequests: "requests",
  backupReadRequests: "requests",
  imageGb: "gigabytes",
  mirroredImageGb: "gigabytes",
  keyRequests: "requests",
  secretRequests: "requests",
  threatManagementEvents: "requests",
  threatAuditEvents: "requests",
  threatAnalysedGb: "gigabytes",
  interfaceEndpointGb: "gigabytes",
};
const worldwide: Readonly<Record<Exclude<keyof GlobalUsage, "dnsQueries">, Limits>> = {
  auditTrailGb: "gigabytes",
  auditTrailWriteRequests: "requests",
  stateGb: "gigabytes",
  stateRequests: "requests",
  functionInvocations: "requests",
  functionSeconds: "seconds",
  notifications: "requests",
};
const activities: Readonly<Record<Activity, true>> = { standby: true, ordinary: true, peak: true };

/** What the parts of the file hold that are no amounts themselves. */
const groups: Readonly<Record<string, string>> = {
  region: "{ natGb: { standby, ordinary, peak }, … }: every volume of RegionUsage",
  global: "{ auditTrailGb, … }: every volume of GlobalUsage",
  reserves: "a list, empty where nothing is reserved",
};

/** Names that are missing, and those that nothing reads. A mistyped one is one mistake: what it was to be is not missed. */
function nameFaults(
  written: object,
  names: readonly string[],
): { name: string; found: unknown; allowed: string; because: string }[] {
  const own = Object.keys(written);
  const missing = names.filter((name) => !own.includes(name));
  const unknown = own
    .filter((name) => !names.includes(name))
    .map((name) => ({ name, meant: meantName(name, missing) }));
  return [
    ...unknown.map(({ name, meant }) => ({
      name,
      found: name,
      allowed: `${meant === undefined ? "" : `(did you mean ${meant}?) `}only these: ${names.join(", ")}`,
      because: "a volume that nothing reads would be silently ignored",
    })),
    ...missing
      .filter((name) => !unknown.some(({ meant }) => meant === name))
      .map((name) => ({
        name,
        found: undefined,
        allowed:
          groups[name] ??
          (names.length === 3
            ? "an amount for each of standby, ordinary and peak"
            : "an amount, 0 where there is none"),
        because: "the cost is computed with it",
      })),
  ];
}

/** Volumes that nothing has: mistyped, left out, negative, not a number, or far beyond every quota. All of them at once. */
export function usageViolations(usage: Usage, environment: EnvironmentName): ConfigurationViolation[] {
  const file = "config/usage.ts";
  const names = (path: string, written: object, known: readonly string[]): ConfigurationViolation[] =>
    nameFaults(written, known).map(({ name, ...fault }) => ({
      file,
      path: [environment, path, name].filter((step) => step !== "").join("."),
      ...fault,
    }));
  const amount = (path: string, value: unknown, { max, allowed, because }: Limit): ConfigurationViolation[] =>
    typeof value === "number" && value >= 0 && value <= max
      ? []
      : [
          {
            file,
            path: `${environment}.${path}`,
            found: typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
            allowed: typeof value === "string" ? `${allowed}, a number without quotes` : allowed,
            because,
          },
        ];
  const byActivity = (path: string, amounts: unknown, limit: Limit): ConfigurationViolation[] =>
    isKeyed(amounts)
      ? [
          ...names(path, amounts, Object.keys(activities)),
          ...Object.keys(activities)
            .filter((activity) => activity in amounts)
            .flatMap((activity) => amount(`${path}.${activity}`, amounts[activity], limit)),
        ]
      : [
          {
            file,
            path: `${environment}.${path}`,
            found: amounts,
            allowed: "{ standby, ordinary, peak }, each with an amount",
            because: "a region is used differently when it stands by, in an ordinary month and at the peak",
          },
        ];
  const group = (path: "region" | "global", known: Readonly<Record<string, Limits>>): ConfigurationViolation[] => {
    const written: unknown = usage[path];
    if (!isKeyed(written)) return [];
    return [
      ...names(path, written, [...(path === "global" ? ["dnsQueries"] : []), ...Object.keys(known)]),
      ...Object.entries(known)
        .filter(([name]) => name in written)
        .flatMap(([name, limit]) =>
          path === "region"
            ? byActivity(`${path}.${name}`, written[name], limits[limit])
            : amount(`${path}.${name}`, written[name], limits[limit]),
        ),
      ...(path === "global" && "dnsQueries" in written
        ? byActivity("global.dnsQueries", written["dnsQueries"], limits.requests)
        : []),
    ];
  };
  return [
    ...names("", usage, ["region", "global", "logStoredShare", "reserves"]),
    ...group("region", regional),
    ...group("global", worldwide),
    ...("logStoredShare" in usage ? amount("logStoredShare", usage.logStoredShare, limits.share) : []),
    ...(Array.isArray(usage.reserves) ? usage.reserves : []).flatMap(({ usdPerMonth }, index) =>
      amount(`reserves.${index}.usdPerMonth`, usdPerMonth, limits.money),
    ),
  ];
}

const isKeyed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
