import { z } from "zod";
import { cpuMillis } from "../../../models/quantity";
import { allow, settings, violation } from "../../allowed";

/** What a component can promise to carry. */
export const throughputUnits = ["concurrent users", "concurrent workers", "messages/s", "requests/s", "MB/s"] as const;
export type ThroughputUnit = (typeof throughputUnits)[number];

const load = (max: number, unit: string) =>
  allow(
    z.number().gt(0).max(max),
    `more than 0, at most ${max} ${unit}`,
    "the replicas needed are the total divided by what one carries",
  );

const promise = settings({
  /** Claim that promises it: one of `claims`, or of the application's readiness report. @default none - throughput without a claim is judged too */
  claim: z.string().optional(),
  unit: allow(
    z.enum(throughputUnits),
    throughputUnits.join(", "),
    "replicas that carry the same thing can be added up",
  ),
  /** What all replicas together carry, at `scale.max` of them or at `replicas`. */
  total: load(1e9, "together"),
  /** What one replica carries, as a load test measured it. */
  perReplica: load(1e9, "a replica"),
});

/** What a component promises to carry at the same time, for as long as it takes, and what that costs one replica. */
export const throughput = settings({
  carries: z.array(promise).min(1),
  /** CPU that one replica uses while it carries its full share of all of them; an autoscaler by CPU must then want as many replicas as it takes: not much less than `cpuPercent` of the request. */
  cpu: allow(
    z.string().refine((text) => (cpuMillis(text) ?? 0) > 0),
    'a CPU quantity such as "250m" or "2"',
    "CPU credits and the autoscaler's target are held against it",
  ),
  /** Sustained network traffic of all replicas together in the busier direction, in MB/s (10^6 bytes). @default not judged - the component hardly uses the network */
  megabytesPerSecond: allow(
    z.number().gt(0).max(100_000),
    "more than 0, at most 100000 MB/s",
    "the network baseline of the nodes is held against it",
  ).optional(),
}).superRefine(({ carries, megabytesPerSecond }, context) => {
  carries.forEach(({ unit, total }, index) => {
    if (unit === "MB/s" && (megabytesPerSecond ?? 0) < total)
      context.issues.push(
        violation(["megabytesPerSecond"], megabytesPerSecond, {
          allowed: `at least the ${total} MB/s that it carries`,
          because: "the network of the nodes is judged by it",
        }),
      );
    if (carries.findIndex((other) => other.unit === unit) !== index)
      context.issues.push(
        violation(["carries", index, "unit"], unit, {
          allowed: "each unit once",
          because: "two totals for one unit are ambiguous",
        }),
      );
  });
});

export type Throughput = z.infer<typeof throughput>;
