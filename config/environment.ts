import ipaddr from "ipaddr.js";
import { z } from "zod";
import { instanceTypes } from "../catalog/instance-types";
import { supportCalendar, supportItem } from "../catalog/support-calendar";
import { allow, settings, violation } from "./allowed";
import { distinctListOf } from "./application/fields";

export const environmentNames = ["production", "staging", "development", "local"] as const;
export type EnvironmentName = (typeof environmentNames)[number];

const knownVersions = supportCalendar()
  .items.filter((item) => item.product === "eks")
  .map((item) => item.version);
const integer = (min: number, max: number) => z.int().min(min).max(max);
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) => z.enum(values);

const cidr = allow(
  z.cidrv4().refine((value) => {
    // Asked of malformed text, too: a refinement runs beside the check of the form.
    if (!ipaddr.IPv4.isValidCIDR(value)) return false;
    const [network, length] = ipaddr.parseCIDR(value);
    return (
      length >= 16 &&
      length <= 18 &&
      network.range() === "private" &&
      ipaddr.IPv4.networkAddressFromCIDR(value).toString() === network.toString()
    );
  }),
  "a private IPv4 network from /16 to /18, written with its network address",
  "a VPC takes at most /16, and three zones of prefix-delegated pod addresses need at least /18",
);

const pool = settings({
  /** Fixed base capacity that Spot interruptions never touch. */
  onDemand: settings({
    instanceTypes: allow(
      z.array(z.string().refine((type) => instanceTypes().get(type)?.architecture === "amd64")).min(1),
      "amd64 instance types of catalog/instance-types.json, at least one",
      "capacity and cost are computed from their facts, and the node image is x86-64",
    ),
    min: allow(integer(0, 100), "0 to 100 nodes", "the autoscaler never goes below it"),
    max: allow(integer(1, 100), "1 to 100 nodes", "the autoscaler never goes above it"),
  }),
  /** Additional capacity at a discount. @default none - the pool is on-demand only */
  spot: settings({
    instanceTypes: allow(
      z.array(z.string().refine((type) => instanceTypes().get(type)?.architecture === "amd64")).min(1),
      "amd64 instance types of catalog/instance-types.json, at least one",
      "capacity and cost are computed from their facts, and the node image is x86-64",
    ),
    min: allow(integer(0, 100), "0 to 100 nodes", "the autoscaler never goes below it"),
    max: allow(integer(1, 100), "1 to 100 nodes", "the autoscaler never goes above it"),
  }).optional(),
  /** Pods need a toleration of `plimsoll.dev/pool=<name>:NoSchedule` to be placed here. @default false */
  dedicated: z.boolean().optional(),
  diskGiB: allow(
    integer(20, 1000),
    "20 to 1000 GiB",
    "AL2023 with images needs 20, and a larger root disk holds state that a node must not hold",
  ),
});

const region = settings({
  name: allow(
    oneOf(["us-east-1", "eu-west-1"]),
    "us-east-1 or eu-west-1",
    "prices, support dates and instance facts of the catalogue cover these two",
  ),
  cidr,
  zones: allow(
    z
      .array(z.string().regex(/^[a-z]{2}-[a-z]+-\d[a-f]$/))
      .min(1)
      .max(6),
    "1 to 6 availability zone names",
    "subnets are made per zone",
  ),
  /** What AWS has granted the account in the region; no resource says it. */
  vcpuQuota: settings({
    onDemand: allow(
      integer(1, 100_000),
      "1 to 100000 vCPUs",
      "it is what Service Quotas shows as applied for running on-demand standard instances",
    ),
    spot: allow(
      integer(0, 100_000),
      "0 to 100000 vCPUs",
      "it is what Service Quotas shows as applied for standard Spot requests",
    ),
  }),
  pools: z.record(z.string().regex(/^[a-z][a-z0-9-]{1,20}$/), pool),
});

const backups = settings({
  schedule: allow(
    z.string().regex(/^\S+ \S+ \S+ \S+ \S+$/),
    "a cron expression of five fields, in UTC",
    "Velero reads this form",
  ),
  /** Further backups, which live for three days. @default "0 0,6,12,18 * * *" - the recovery point of a daily backup alone is older than a day */
  recoverySchedule: allow(
    z.string().regex(/^\S+ \S+ \S+ \S+ \S+$/),
    "a cron expression of five fields, in UTC",
    "Velero reads this form",
  ).optional(),
  retentionDays: allow(integer(1, 365), "1 to 365 days", "Velero deletes older backups"),
  /** Longest time from start of a backup to its end in the bucket; the recovery point is counted with it. */
  durationMinutes: allow(integer(1, 720), "1 to 720 minutes", "a backup that takes longer overlaps the next one"),
});

const failover = settings({
  healthCheckIntervalSeconds: allow(
    z.union([z.literal(10), z.literal(30)]),
    "10 or 30 seconds",
    "Route 53 offers only these two",
  ),
  failureThreshold: allow(integer(1, 10), "1 to 10 checks", "Route 53 allows this range"),
  recordTtlSeconds: allow(integer(10, 300), "10 to 300 seconds", "a client keeps the failed address for this long"),
});

export const environmentSchema = settings({
  name: oneOf(environmentNames),
  organisation: allow(
    z.string().regex(/^[a-z][a-z0-9-]{2,11}$/),
    "3 to 12 lower-case letters, digits or hyphens",
    "it begins the names of buckets, which are limited to 63 characters",
  ),
  owner: allow(z.string().min(1), "a team name", "every resource carries its owner"),
  costCentre: allow(z.string().min(1), "a cost centre", "every resource carries its cost centre"),
  contactEmail: allow(z.email(), "an e-mail address", "budget notifications are sent to it"),
  accountId: allow(
    z.string().regex(/^\d{12}$/),
    "12 digits in quotes",
    "the AWS provider refuses to work in any other account",
  ),
  domain: allow(
    z.string().regex(/^(?=.{4,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/),
    "a lower-case DNS name of at most 190 characters",
    "applications get names below it",
  ),
  kubernetesVersion: allow(
    z.string().refine((version) => supportItem("eks", version) !== undefined),
    `an EKS version of catalog/support-calendar.json: ${knownVersions.join(", ")}`,
    "its end of support must be known",
  ),
  apiAccessCidrs: allow(
    z.array(z.cidrv4()).min(1),
    "at least one IPv4 network",
    "with none, no client outside the VPC reaches the Kubernetes API",
  ),
  adminRoleArn: allow(
    z.string().regex(/^arn:aws:iam::\d{12}:role\/.+$/),
    "the ARN of an IAM role",
    "it is the one cluster administrator; the creator gets no implicit rights",
  ),
  stateRegion: allow(
    oneOf(["us-west-2", "eu-central-1"]),
    "us-west-2 or eu-central-1",
    "the Terraform state must outlive both regions of the platform",
  ),
  regions: settings({ primary: region, secondary: region }),
  /** Region whose databases accept writes. Set it to secondary after a promotion, and back after the failback. @default primary - the standby holds replicas */
  writer: allow(
    oneOf(["primary", "secondary"]),
    "primary or secondary",
    "the databases of the other region are replicas of its own",
  ).optional(),
  failover,
  backups,
  logRetentionDays: allow(
    z.union([z.literal(30), z.literal(90), z.literal(180), z.literal(365), z.literal(400)]),
    "30, 90, 180, 365 or 400 days",
    "CloudWatch Logs offers these of the usual ones",
  ),
  protectData: z.boolean(),
  /** Resources that hold data and may be removed or made anew. @default none - policy DR-17 refuses each */
  agreedLosses: distinctListOf(
    settings({
      address: allow(
        z.string().regex(/^[a-z0-9-]+\/[a-z0-9_]+\.[A-Za-z0-9_-]+$/),
        "<stack>/<type>.<name>, as the finding of DR-17 has it",
        "consent is given for one resource at a time",
      ),
      reason: allow(z.string().min(10), "a sentence", "the engineer who restores asks why the data is gone"),
      until: allow(
        z.iso.date(),
        "the last day on which it counts, YYYY-MM-DD",
        "a consent that never ends protects nothing",
      ),
    }),
    ({ address }) => address,
    "two consents for one resource can end on different days",
  ).optional(),
  /** Google Cloud project whose workload identity pool trusts the clusters. @default none - no application uses Google's registries */
  google: settings({
    projectNumber: allow(
      z.string().regex(/^\d{6,14}$/),
      "the number of a Google Cloud project",
      "the pool is named by it, not by the project's id",
    ),
    workloadIdentityPool: allow(
      z.string().regex(/^[a-z0-9-]{4,32}$/),
      "the id of a workload identity pool, 4 to 32 lower-case letters, digits or hyphens",
      "Google allows these",
    ),
  }).optional(),
  budget: settings({
    usdPerMonth: allow(
      z.number().positive().max(1e6),
      "more than 0 USD a month",
      "a budget of nothing is always exceeded",
    ),
    ceilingUsdPerMonth: allow(
      z.number().positive().max(1e6),
      "more than 0 USD a month",
      "a ceiling of nothing is always exceeded",
    ),
  }),
}).superRefine((environment, context) => {
  for (const issue of crossFieldViolations(environment)) context.issues.push(issue);
});

export type Environment = z.infer<typeof environmentSchema>;
export type Region = Environment["regions"]["primary"];
export type Pool = Region["pools"][string];
export type RegionRole = keyof Environment["regions"];
export const regionRoles: readonly RegionRole[] = ["primary", "secondary"];

type Draft = z.core.output<z.ZodType<EnvironmentShape>>;
interface EnvironmentShape {
  accountId: string;
  adminRoleArn: string;
  regions: Record<
    "primary" | "secondary",
    {
      name: string;
      cidr: string;
      zones: string[];
      pools: Record<string, { onDemand: Range; spot?: Range | undefined }>;
    }
  >;
  budget: { usdPerMonth: number; ceilingUsdPerMonth: number };
}
interface Range {
  min: number;
  max: number;
}

/** Names of node groups begin with pool, kind and zone, and EKS completes them: the provider takes prefixes of at most 37 characters. */
const LONGEST_GROUP_PREFIX = 37;

function poolNameViolations({ regions }: Draft): z.core.$ZodRawIssue[] {
  return Object.entries(regions).flatMap(([role, { zones, pools }]) => {
    const zone = Math.max(0, ...zones.map((one) => one.length));
    return Object.keys(pools).flatMap((name) => {
      const longest = LONGEST_GROUP_PREFIX - "-on-demand--".length - zone;
      return name.length <= longest
        ? []
        : [
            violation(["regions", role, "pools", name], name, {
              allowed: `a name of at most ${longest} characters`,
              because: `node groups are named <pool>-on-demand-<zone>-, and AWS takes ${LONGEST_GROUP_PREFIX} characters of that`,
            }),
          ];
    });
  });
}

function crossFieldViolations(environment: Draft): z.core.$ZodRawIssue[] {
  const { primary, secondary } = environment.regions;
  const found: z.core.$ZodRawIssue[] = [...poolNameViolations(environment)];
  if (primary.name === secondary.name)
    found.push(
      violation(["regions", "secondary", "name"], secondary.name, {
        allowed: `a region other than ${primary.name}`,
        because: "a standby in the failed region takes over nothing",
      }),
    );
  if (overlaps(primary.cidr, secondary.cidr))
    found.push(
      violation(["regions", "secondary", "cidr"], secondary.cidr, {
        allowed: `a network that does not overlap ${primary.cidr} of the primary`,
        because: "the regions could never be peered, and a route would be ambiguous",
      }),
    );
  if (!environment.adminRoleArn.includes(`::${environment.accountId}:`))
    found.push(
      violation(["adminRoleArn"], environment.adminRoleArn, {
        allowed: `a role of account ${environment.accountId}`,
        because: "an access entry for a role of another account locks everybody out",
      }),
    );
  if (environment.budget.ceilingUsdPerMonth < environment.budget.usdPerMonth)
    found.push(
      violation(["budget", "ceilingUsdPerMonth"], environment.budget.ceilingUsdPerMonth, {
        allowed: `at least the budget, ${environment.budget.usdPerMonth}`,
        because: "the ceiling bounds the cost at maximum, which is never below the steady cost",
      }),
    );
  for (const role of ["primary", "secondary"] as const)
    found.push(...regionViolations(role, environment.regions[role]));
  return found;
}

function regionViolations(role: "primary" | "secondary", region: Draft["regions"]["primary"]): z.core.$ZodRawIssue[] {
  const found: z.core.$ZodRawIssue[] = [];
  region.zones.forEach((zone, index) => {
    if (!zone.startsWith(region.name) || region.zones.indexOf(zone) !== index)
      found.push(
        violation(["regions", role, "zones", index], zone, {
          allowed: `a zone of ${region.name}, named once`,
          because: "a subnet is made in each zone listed",
        }),
      );
  });
  for (const [name, because] of [
    ["general", "the platform's own pods run there"],
    ["services", "applications run there unless they name another"],
    ["monitoring", "Prometheus and its companions run there, apart from what they watch"],
  ] as const)
    if (!region.pools[name])
      found.push(
        violation(["regions", role, "pools"], Object.keys(region.pools).join(", ") || "none", {
          allowed: `a pool named ${name}`,
          because,
        }),
      );
  for (const [name, pool] of Object.entries(region.pools))
    for (const kind of ["onDemand", "spot"] as const) {
      const group = pool[kind];
      if (group && group.min > group.max)
        found.push(
          violation(["regions", role, "pools", name, kind, "max"], group.max, {
            allowed: `at least min, ${group.min}`,
            because: "an autoscaling group with max below min is refused by AWS",
          }),
        );
    }
  return found;
}

/** Whether two IPv4 networks share an address. Malformed networks overlap nothing: their own error is reported. */
export function overlaps(left: string, right: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(left) || !ipaddr.IPv4.isValidCIDR(right)) return false;
  const [a, b] = [ipaddr.IPv4.parseCIDR(left), ipaddr.IPv4.parseCIDR(right)];
  return a[0].match(b[0], Math.min(a[1], b[1]));
}
