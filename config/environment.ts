import { z } from "zod";
import { supportCalendar, supportItem } from "../catalog/support-calendar";
import { allow, settings } from "./allowed";
import { distinctListOf, labelName } from "./application/fields";
import { fires } from "./validation/cron";
import { integer, oneOf } from "./environment/fields";
import { accessNetworks } from "./environment/networks";
import { region } from "./environment/region";
import { crossFieldViolations } from "./environment/rules";

export const environmentNames = ["production", "staging", "development", "local"] as const;
export type EnvironmentName = (typeof environmentNames)[number];

const knownVersions = supportCalendar()
  .items.filter((item) => item.product === "eks")
  .map((item) => item.version);

const backups = settings({
  schedule: allow(
    z.string().refine(fires),
    "a cron expression of five fields, in UTC, that fires at some time",
    "Velero reads this form",
  ),
  /** Further backups, which live for three days. @default "0 0,6,12,18 * * *" - the recovery point of a daily backup alone is older than a day */
  recoverySchedule: allow(
    z.string().refine(fires),
    "a cron expression of five fields, in UTC, that fires at some time",
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
  name: allow(oneOf(environmentNames), environmentNames.join(", "), "each has a file in config/environments"),
  organisation: allow(
    z.string().regex(/^[a-z][a-z0-9-]{2,11}$/),
    "3 to 12 lower-case letters, digits or hyphens",
    "it begins the names of buckets, which are limited to 63 characters",
  ),
  owner: labelName("every resource carries its owner, Kubernetes objects as a label"),
  costCentre: labelName("every resource carries its cost centre, Kubernetes objects as a label"),
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
  apiAccessCidrs: accessNetworks,
  adminRoleArn: allow(
    // Path and name of a role: IAM API Reference, CreateRole.
    z.string().regex(/^arn:aws:iam::\d{12}:role\/([\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/),
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

/** Whether emulators on this machine play AWS: nothing is billed, and no data outlives a run. */
export const isEmulated = ({ name }: Pick<Environment, "name">): boolean => name === "local";

export type Region = Environment["regions"]["primary"];
export type Pool = Region["pools"][string];
export type RegionRole = keyof Environment["regions"];
export const regionRoles: readonly RegionRole[] = ["primary", "secondary"];
