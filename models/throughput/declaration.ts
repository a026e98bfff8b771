/** A figure that a workload promises, for example "10 000 messages/s" for a claim of its report. */
export interface Promised {
  /** For the words of the answer. @default none - only the workload itself promises it */
  readonly claim?: string;
  /** "requests/s", "concurrent workers". */
  readonly unit: string;
  /** What all replicas together carry, from 0. */
  readonly total: number;
  /** What one replica carries, above 0. */
  readonly perReplica: number;
}

/** What a workload of the cluster promises to carry at the same time, for as long as it takes. */
export interface CarriedLoad {
  /** A workload of the cluster. */
  readonly workload: string;
  readonly promises: readonly Promised[];
  /** CPU that one replica uses while it carries its full share, in thousandths of a core. */
  readonly cpuMillis: number;
  /** CPU of one replica at which its autoscaler adds more: the target's share of the request. @default none - no autoscaler reads the CPU */
  readonly scalesAtCpuMillis?: number;
  /** Sustained traffic of the whole load in the busier direction, in MB/s (10^6 bytes). @default 0 - not judged */
  readonly megabytesPerSecond?: number;
}

/** How many full replicas the load is, before it is rounded up: its largest promise decides. */
export const fullReplicas = ({ promises }: CarriedLoad): number =>
  Math.max(0, ...promises.map(({ total, perReplica }) => total / perReplica));

/** @throws RangeError for a load below 0, a replica that carries nothing, or CPU and traffic that cannot be */
export function validateLoad({
  workload,
  promises,
  cpuMillis,
  scalesAtCpuMillis,
  megabytesPerSecond,
}: CarriedLoad): void {
  for (const { unit, total, perReplica } of promises) {
    if (!(total >= 0) || !Number.isFinite(total) || !(perReplica > 0) || !Number.isFinite(perReplica))
      throw new RangeError(
        `${workload}: ${total} ${unit} at ${perReplica} a replica; allowed is a total from 0 and a replica above 0, because the replicas needed are their quotient`,
      );
  }
  if (!(cpuMillis > 0) || !Number.isFinite(cpuMillis))
    throw new RangeError(
      `${workload}: a full replica uses ${cpuMillis}m; allowed is more than 0, because whatever carries a load computes`,
    );
  if (scalesAtCpuMillis !== undefined && !(scalesAtCpuMillis > 0))
    throw new RangeError(`${workload}: the autoscaler's target is ${scalesAtCpuMillis}m; allowed is more than 0`);
  if (megabytesPerSecond !== undefined && !(megabytesPerSecond >= 0))
    throw new RangeError(`${workload}: ${megabytesPerSecond} MB/s; allowed is a number from 0`);
}
