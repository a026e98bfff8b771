import { z } from "zod";
import { recoveryAllowances } from "../../../catalog/recovery-allowances";
import { allow, settings } from "../../allowed";
import { fires } from "../../validation/cron";
import { count } from "../fields";
import { awsResources } from "./access";
import { program } from "./program";

const { nodeReadySeconds, imagePullSeconds } = recoveryAllowances;
/** The deadline runs while the pod waits for both: a shorter one ends each run on a new node before its work (WL-44). */
const leastSeconds = nodeReadySeconds + imagePullSeconds;

const runsOnce = {
  ...program,
  /** Seconds after which a run has failed. */
  deadlineSeconds: count(
    leastSeconds,
    86_400,
    "seconds",
    `a new node takes ${nodeReadySeconds} s of it and the image ${imagePullSeconds} s, and a run that hangs blocks the rollout`,
  ),
  /** Buckets, queues and tables of AWS that its pods use; nothing else of AWS is open to them. @default none */
  aws: awsResources.optional(),
  /** Further tries after a failure. @default 2 */
  retries: count(0, 10, "tries", "what failed ten times fails for another reason").optional(),
};

/** Runs to its end: before the pods of a release start, or by a schedule. */
export const job = z.discriminatedUnion(
  "kind",
  [
    /** Changes the database's schema before any pod of the release starts; its failure stops the release. */
    settings({ kind: z.literal("migration"), ...runsOnce }),
    /** Fills in data after the migration and before any pod of the release starts. */
    settings({ kind: z.literal("seed"), ...runsOnce }),
    settings({
      kind: z.literal("scheduled"),
      ...runsOnce,
      schedule: allow(
        z.string().max(100).refine(fires),
        "a cron expression of five fields, in UTC, that fires at some time",
        "Kubernetes knows no seconds, and a schedule that never comes looks like one that works",
      ),
      /** What happens when a run is due while another still runs. @default Forbid */
      whileRunning: allow(
        z.enum(["Forbid", "Replace"]),
        "Forbid or Replace",
        "two runs at once work on the same data",
      ).optional(),
    }),
  ],
  { error: "migration, seed or scheduled" },
);

export type Job = z.infer<typeof job>;
export type JobLiteral = z.input<typeof job>;

export const retriesOf = ({ retries }: Job): number => retries ?? 2;
