import type { Packing } from "../models/capacity";
import type { Schedule } from "./scheduling";

export type Comparison =
  | "agrees"
  /** The model says that all fit; the real scheduler left pods over. Never allowed. */
  | "too lax"
  /** The model says that some do not fit; the real scheduler placed all in every order. */
  | "too strict"
  /** The model does not commit itself: it depends on the order, or its budget ran out. */
  | "undecided";

export interface ReasonComparison {
  readonly workload: string;
  readonly model: string;
  /** What the scheduler said of this workload's pods, in all orders. */
  readonly scheduler: readonly string[];
  /** The model's words for why nodes refuse, each of which the scheduler gave, too. */
  readonly agrees: boolean;
}

export function compareVerdict(packing: Packing, schedules: readonly Schedule[]): Comparison {
  const allPlaced = schedules.filter(({ unplaced }) => unplaced.size === 0).length;
  if (packing.verdict === "unknown") return "undecided";
  if (packing.verdict === "fits") return allPlaced === schedules.length ? "agrees" : "too lax";
  return allPlaced === schedules.length ? "too strict" : "agrees";
}

/** "0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint(s). preemption: …" → the phrases without counts. */
export function phrases(message: string): ReadonlySet<string> {
  const [head = ""] = message.replace(/^.*?nodes are available: /, "").split(/\.? (?:no new claims to deallocate|preemption:)/);
  return new Set(head.split(/, (?=\d)/).map((part) => part.replace(/^\d+ /, "").replace(/\.$/, "").trim()).filter(Boolean));
}

/**
 * Only workloads that both left over can be compared; counts of nodes differ with the order and are not.
 * @param workloadOf the workload of a pod "namespace/name"
 */
export function compareReasons(packing: Packing, schedules: readonly Schedule[], workloadOf: (pod: string) => string): readonly ReasonComparison[] {
  return packing.leftOver.flatMap(({ workload, reason }) => {
    const scheduler = [...new Set(schedules.flatMap(({ unplaced }) =>
      [...unplaced].filter(([pod]) => workloadOf(pod) === workload).map(([, message]) => message)))].sort();
    if (scheduler.length === 0) return [];
    const said = new Set(scheduler.flatMap((message) => [...phrases(message)]));
    const agrees = [...phrases(reason)].every((phrase) => said.has(phrase));
    return [{ workload, model: reason, scheduler, agrees }];
  });
}
