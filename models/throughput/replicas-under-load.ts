import type { Workload } from "../capacity";
import { type CarriedLoad, fullReplicas } from "./declaration";

/** Replicas with which a workload carries its load. */
export interface Settled {
  /** That the promises take. */
  readonly needed: number;
  /** That run under the load: what the autoscaler settles at, or the fixed number. */
  readonly replicas: number;
  readonly scaling: string;
}

/** Sums of fractions: 0.1 × 3 is a little more than 0.3, and must not cost a replica. */
const up = (value: number): number => Math.ceil(Number(value.toFixed(9)));
const shown = (value: number): string => String(Math.round(value * 100) / 100);

/**
 * An autoscaler adds replicas until each uses its target (desired = ceil(current × use ÷ target)): it knows CPU, not what a
 * replica carries. Source: Kubernetes, horizontal pod autoscaling, "Algorithm details", read 2026-11-21.
 */
export function settledReplicas(load: CarriedLoad, { minReplicas, maxReplicas }: Workload): Settled {
  const full = fullReplicas(load);
  const needed = up(full);
  if (minReplicas === maxReplicas) return { needed, replicas: maxReplicas, scaling: `${maxReplicas} replicas, always` };
  if (load.scalesAtCpuMillis === undefined)
    return { needed, replicas: minReplicas, scaling: `no autoscaler adds replicas by CPU: ${minReplicas} stay` };
  const wanted = up((full * load.cpuMillis) / load.scalesAtCpuMillis);
  const replicas = Math.min(maxReplicas, Math.max(minReplicas, wanted));
  return {
    needed,
    replicas,
    scaling: `${shown(full)} full replicas × ${load.cpuMillis}m ÷ ${shown(load.scalesAtCpuMillis)}m target = ${wanted}; within ${minReplicas} to ${maxReplicas}: ${replicas}`,
  };
}
