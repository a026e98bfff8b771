import type { BillableResource, CostInput } from "./billable";
import { scenarios } from "./billable";

export class CostInputError extends Error {
  override readonly name = "CostInputError";
  /** @param problems one sentence each, sorted */
  constructor(readonly problems: readonly string[]) {
    super(`the cost cannot be computed:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
}

interface Limit {
  readonly max: number;
  readonly whole?: boolean;
  readonly unit: string;
  readonly because: string;
}

const things: Limit = { max: 10_000, whole: true, unit: "things", because: "no account quota comes near that" };
const averageThings: Limit = { max: 100_000, unit: "on average", because: "no account quota comes near that" };
const volume: Limit = { max: 10_000_000, unit: "GB", because: "10 PB a month is beyond this price book's first tiers" };
const requests: Limit = { max: 1_000_000_000_000, unit: "a month", because: "a trillion a month is 380,000 a second" };
const provisioned: Limit = {
  max: 80_000,
  unit: "provisioned",
  because: "gp3 ends at 80,000 IOPS, 2,000 MiB/s and 65,536 GiB",
};

/** By field name: the names carry their units, so one name means one thing in every kind. */
const limits: Readonly<Record<string, Limit>> = {
  count: things,
  zones: { ...things, max: 6, because: "no region has more than 6 zones" },
  nodes: things,
  onDemandCount: averageThings,
  spotCount: averageThings,
  alarms: things,
  highResolutionAlarms: things,
  metrics: { ...things, because: "above 10,000 metrics the price is another one" },
  dashboards: things,
  rules: things,
  replicas: things,
  publicAddresses: things,
  options: { ...things, max: 4, because: "HTTPS, fast interval, string match and latency are the options" },
  billedRotations: { ...things, max: 2, because: "only the first two rotations are billed" },
  capacityUnits: averageThings,
  monitoredVcpus: averageThings,
  surplusCreditVcpuHours: { ...averageThings, max: 10_000_000 },
  sizeGiB: provisioned,
  iops: provisioned,
  throughputMiBps: provisioned,
  processedGb: volume,
  storedGb: volume,
  storageGb: volume,
  billedBackupGb: volume,
  crossRegionCopyGb: volume,
  backupGb: volume,
  replicatedGb: volume,
  ingestedGb: volume,
  analysedGb: volume,
  gb: volume,
  requests,
  queries: requests,
  writeRequests: requests,
  readRequests: requests,
  dataEvents: requests,
  copiedManagementEvents: requests,
  managementEvents: requests,
  auditEvents: requests,
  quantity: requests,
  usdPerMonth: { max: 1_000_000, unit: "USD a month", because: "a reserve above a million is a typing error" },
};

const fieldProblems = (where: string, field: string, value: unknown): string[] => {
  const limit = limits[field];
  if (!limit || value === undefined) return [];
  const readings =
    typeof value === "number"
      ? [["", value] as const]
      : scenarios.map((scenario) => [` at ${scenario}`, (value as Record<string, unknown>)[scenario]] as const);
  return readings.flatMap(([scenario, amount]) => {
    const allowed =
      typeof amount === "number" &&
      Number.isFinite(amount) &&
      amount >= 0 &&
      amount <= limit.max &&
      (!limit.whole || Number.isInteger(amount));
    return allowed
      ? []
      : [
          `${where}: ${field} is ${String(amount)}${scenario}; allowed is ${limit.whole ? "a whole number " : ""}0 to ${limit.max} ${limit.unit} because ${limit.because}; declare what is measured or planned`,
        ];
  });
};

const subjectProblems = (
  subject: Pick<BillableResource, "address" | "region">,
  regions: readonly string[],
): string[] => {
  const where = `${subject.address} (${subject.region})`;
  const unknownRegion = regions.includes(subject.region)
    ? []
    : [
        `${where}: region is "${subject.region}"; allowed is ${regions.join(", ")} because the price book has no other; add the region to the price book`,
      ];
  return [...unknownRegion, ...Object.entries(subject).flatMap(([field, value]) => fieldProblems(where, field, value))];
};

const repeated = (subjects: readonly Pick<BillableResource, "address" | "region">[]): string[] => {
  const keys = subjects.map(({ address, region }) => `${address} (${region})`);
  const twice = new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
  return [...twice].map(
    (key) =>
      `${key}: is listed more than once; allowed is once because it would be paid twice; give each thing its own address`,
  );
};

const usageProblems = ({ requestShare, spotDiscount }: CostInput["usage"]): string[] => {
  const problems: string[] = [];
  if (spotDiscount !== undefined && !(spotDiscount >= 0 && spotDiscount < 1)) {
    problems.push(
      `usage: spotDiscount is ${spotDiscount}; allowed is 0 to below 1 because it is the fraction off the on-demand price; 0.5 is a careful plan`,
    );
  }
  if (requestShare === undefined) return problems;
  for (const [application, share] of Object.entries(requestShare)) {
    if (!(share >= 0 && share <= 1))
      problems.push(
        `usage: requestShare.${application} is ${share}; allowed is 0 to 1 because it is a fraction of all requests`,
      );
  }
  const sum = Object.values(requestShare).reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) < 1e-9))
    problems.push(
      `usage: requestShare sums to ${sum}; allowed is 1 because the shared cost is distributed whole; name every application`,
    );
  return problems;
};

/** @throws CostInputError with every problem of the input */
export const validateCostInput = ({ resources, usage, prices }: CostInput): void => {
  const subjects = [...resources, ...usage.traffic];
  const problems = [
    ...subjects.flatMap((subject) => subjectProblems(subject, prices.regions)),
    ...repeated(subjects),
    ...usageProblems(usage),
  ];
  if (problems.length > 0) throw new CostInputError(problems.sort());
};
