import type { Order } from "../scheduling/orders";
import type { Problem } from "../scheduling/problem";
import { seededRandom } from "../scheduling/random";
import { simulate } from "../scheduling/simulate";
import type { Budget, Trial } from "../scheduling/simulate";

/** Two orders of creation with different ends, as the workloads of the pods in the order in which they are created. */
export interface Witnesses {
  /** All pods find a node. */
  readonly fitting: readonly string[];
  /** Pods are left over. */
  readonly failing: readonly string[];
}

/** Pods left over that count. */
export const pending = (trial: Trial): number =>
  [...trial.leftOver].reduce((sum, [index, count]) => sum + (trial.state.podClass(index).expendable ? 0 : count), 0);

/** Ways of breaking ties between nodes in which an order is tried. */
const TIES = 8;
/** Changes of an order that are tried to make it certain. */
const CHANGES = 60;

/**
 * Of the orders found, those that end alike however ties are broken, so that a reader can see the same. A failing order
 * is often failing by chance alone: pods are moved about in it as long as that makes it fail more often.
 */
export function witnesses(
  problem: Problem,
  found: { readonly fitting: readonly Order[]; readonly failing: readonly Order[] },
  budget: Budget,
): Witnesses {
  const fails = (order: Order): number => {
    let count = 0;
    for (let at = 0; at < TIES; at++) {
      const trial = simulate(
        problem.nodes,
        problem.classes,
        problem.fixed,
        { ...order, seed: order.seed + 7919 * (at + 1) },
        budget,
      );
      if (trial.complete && pending(trial) > 0) count++;
    }
    return count;
  };
  const judged = (orders: readonly Order[]): { order: Order; fails: number }[] =>
    orders.map((order) => ({ order, fails: fails(order) })).sort((a, b) => a.fails - b.fails);
  const [fitting] = judged(found.fitting);
  let worst = judged(found.failing).at(-1);
  const random = seededRandom(1);
  for (let tries = 0; worst !== undefined && worst.fails < TIES && tries < CHANGES && budget.visitsLeft > 0; tries++) {
    const order = { ...worst.order, pods: moved(worst.order.pods, random) };
    const changed = { order, fails: fails(order) };
    if (changed.fails >= worst.fails) worst = changed;
  }
  const names = (order: Order | undefined): string[] =>
    Array.from(order?.pods ?? [], (index) => problem.classes[index]?.workload ?? "");
  return { fitting: names(fitting?.order), failing: names(worst?.order) };
}

/** One pod is created at another time. */
function moved(pods: Int32Array, random: () => number): Int32Array {
  const list = [...pods];
  const [pod] = list.splice(Math.floor(random() * list.length), 1);
  if (pod !== undefined) list.splice(Math.floor(random() * (list.length + 1)), 0, pod);
  return Int32Array.from(list);
}
