import type { Packing } from "../../models/capacity";
import type { Schedule } from "../kubernetes/scheduling";

export type Comparison =
  | "agrees"
  /** The model says that all fit; the real scheduler left pods over. Never allowed. */
  | "too lax"
  /** The model says that some do not fit; the real scheduler placed all in every order. */
  | "too strict"
  /** The model says that it depends on the order and the scheduler showed one outcome only; or its budget ran out. */
  | "undecided";

export interface ReasonComparison {
  readonly workload: string;
  readonly model: string;
  /** What the scheduler said of this workload's pods, in all orders. */
  readonly scheduler: readonly string[];
  /** Both name the same refusals that no order changes, and have at least one refusal in common. */
  readonly agrees: boolean;
}

/** @param replayed how the scheduler fared with an order of the model's own, with the end that its shuffled orders have not shown */
export function compareVerdict(
  packing: Packing,
  schedules: readonly Schedule[],
  replayed: readonly Schedule[] = [],
): Comparison {
  const allPlaced = schedules.filter(({ unplaced }) => unplaced.size === 0).length;
  if (packing.verdict === "unknown") {
    const outcomes = new Set([...schedules, ...replayed].map(({ unplaced }) => unplaced.size === 0));
    return packing.unknownFor === "order" && outcomes.size === 2 ? "agrees" : "undecided";
  }
  if (packing.verdict === "fits") return allPlaced === schedules.length ? "agrees" : "too lax";
  return allPlaced === schedules.length ? "too strict" : "agrees";
}

/** "0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint(s). preemption: …" → the phrases without counts. */
export function phrases(message: string): ReadonlySet<string> {
  const [head = ""] = message
    .replace(/^.*?nodes are available: /, "")
    .split(/\.? (?:no new claims to deallocate|preemption:)/);
  return new Set(
    head
      .split(/, (?=\d)/)
      .map((part) => part.replace(/^\d+ /, "").replace(/\.$/, "").trim())
      .filter(Boolean),
  );
}

/**
 * Refusals that depend on node and pod alone, and are looked for before room. The others (room, ports, company) depend on who came
 * before, and so does a volume of another zone: of a node that is full and in another zone the scheduler says that it is full.
 */
const LASTING = [/untolerated taint/, /node affinity\/selector/, /were unschedulable/];
const lasting = (said: ReadonlySet<string>): string =>
  [...said]
    .filter((phrase) => LASTING.some((words) => words.test(phrase)))
    .sort()
    .join();

/**
 * Only workloads that both left over can be compared; counts of nodes differ with the order and are not.
 * @param workloadOf the workload of a pod "namespace/name"
 */
export function compareReasons(
  packing: Packing,
  schedules: readonly Schedule[],
  workloadOf: (pod: string) => string,
): readonly ReasonComparison[] {
  return packing.leftOver.flatMap(({ workload, reason }) => {
    const scheduler = [
      ...new Set(
        schedules.flatMap(({ unplaced }) =>
          [...unplaced].filter(([pod]) => workloadOf(pod) === workload).map(([, message]) => message),
        ),
      ),
    ].sort();
    if (scheduler.length === 0) return [];
    const model = phrases(reason);
    const agrees = scheduler
      .map(phrases)
      .some((said) => lasting(said) === lasting(model) && [...model].some((phrase) => said.has(phrase)));
    return [{ workload, model: reason, scheduler, agrees }];
  });
}
