import { fitsInAnyOrder, proofOfExcess } from "../verdict/bounds";
import type { NamespaceLabels } from "./pod-rules";
import { orders, tightOrder } from "./orders";
import type { Order } from "./orders";
import { compile } from "./problem";
import type { Problem } from "./problem";
import { simulate } from "./simulate";
import type { Budget, Trial } from "./simulate";
import { ClusterState } from "./state";
import { leftOverOf, nodeUses, poolUses } from "./placement-counts";
import type { LeftOver, NodeUse, PoolUse } from "./placement-counts";
import type { ClusterNode, DaemonSet, PodSet } from "../types";
import { pending, witnesses } from "../verdict/witnesses";
import type { Witnesses } from "../verdict/witnesses";

export interface PackingInput {
  readonly nodes: readonly ClusterNode[];
  /** expendable: may stay pending without harm, as pods that only hold room for others. @default false */
  readonly pods: readonly (PodSet & { readonly expendable?: boolean })[];
  readonly daemonSets?: readonly DaemonSet[];
  /** Labels of namespaces, for terms with a namespaceSelector. @default none */
  readonly namespaces?: NamespaceLabels;
}
export interface PackingOptions {
  /**
   * Orders of creation to try before saying that all fits, from 3.
   * @default 1000 for small clusters (an order in three hundred that fails is then found in 96 %), fewer as they grow, from
   * 24 on; 8 above 5000 pods, where chance evens out
   */
  readonly orders?: number;
  /**
   * Stop at the first order that leaves pods over, or at the proof that one must: whether all fits is then decided, and nothing
   * else is known. @default false - the answer says how often, and shows a placement
   */
  readonly stopAtFirstFailure?: boolean;
  /** Bound of the work, in looks at a node. @default 60 million - some seconds */
  readonly maxVisits?: number;
  /** @default 1 - any number; the same seed gives the same answer */
  readonly seed?: number;
}

/** fits: in every order tried; doesNotFit: in none; unknown: it depends on the order, or the budget ran out. */
export type Verdict = "fits" | "doesNotFit" | "unknown";

export interface Packing {
  readonly verdict: Verdict;
  /** In one sentence, with the figures. */
  readonly because: string;
  /** Only with "unknown". */
  readonly unknownFor?: "order" | "budget";
  /** True: proven for every order, not only for those tried. */
  readonly proven: boolean;
  readonly orders: { readonly tried: number; readonly fitting: number };
  /** Where it depends on the order, and not only the first failure was asked for. */
  readonly witnesses?: Witnesses;
  /** Of the order that is shown: with "fits" the pods as named, else the one with the fewest left over. */
  readonly leftOver: readonly LeftOver[];
  readonly nodes: readonly NodeUse[];
  readonly pools: readonly PoolUse[];
  readonly visits: number;
}

/** Three times what a Kubernetes cluster is built for, and what is placed within some seconds. */
const MOST_PODS = 500_000;
const NOTHING_SHOWN = { leftOver: [], nodes: [], pools: [] };
const DEFAULT_VISITS = 60_000_000;
/** When all of so many orders fail, more of them are not tried. */
const FAILURES_ENOUGH = 12;
/** When both outcomes have been seen, no more than so many orders are tried. */
const ORDERS_ENOUGH = 24;
const FEWEST_ORDERS = 3;
/** Orders of each outcome that are kept as possible witnesses. */
const SEEN_ENOUGH = 12;

/**
 * Places pods on nodes as the default kube-scheduler does (filters of Kubernetes 1.36, greedy, one pod at a time) in
 * several orders, because the real one meets the pods in an uncontrolled order and breaks ties at random.
 * The order of the input does not matter.
 * @throws RangeError for amounts that no cluster can have (negative sizes, two nodes of one name, maxSkew 0)
 */
export function pack(input: PackingInput, options: PackingOptions = {}): Packing {
  const problem = compile(input.nodes, input.pods, input.daemonSets ?? [], input.namespaces ?? {});
  const budget: Budget = { visitsLeft: options.maxVisits ?? DEFAULT_VISITS };
  const wanted = Math.max(FEWEST_ORDERS, options.orders ?? defaultOrders(problem));
  const seed = options.seed ?? 1;
  const pods = problem.queued.reduce((sum, { count }) => sum + count, 0);
  const start = startState(problem);
  const proof = { fits: fitsInAnyOrder(start, problem.queued), excess: proofOfExcess(start, problem.queued) };
  const brief = options.stopAtFirstFailure === true;
  const nothing = { ...NOTHING_SHOWN, orders: { tried: 0, fitting: 0 }, visits: 0 };
  if (proof.excess !== undefined && (brief || pods > MOST_PODS))
    return { ...nothing, verdict: "doesNotFit", because: proof.excess, proven: true };
  if (pods > MOST_PODS)
    return {
      ...nothing,
      verdict: "unknown",
      unknownFor: "budget",
      because: `${pods} pods are more than are placed one by one (${MOST_PODS})`,
      proven: false,
    };
  const enough = brief ? { failures: 1, orders: 1 } : { failures: FAILURES_ENOUGH, orders: ORDERS_ENOUGH };
  const tally = tryOrders(problem, orders(problem.queued, problem.nodes, wanted, seed), budget, proof, enough);
  const shown =
    brief && tally.fewest !== undefined ? NOTHING_SHOWN : show(problem, tally, options.maxVisits ?? DEFAULT_VISITS);
  const tight =
    !brief &&
    tally.fitting === 0 &&
    tally.fewest !== undefined &&
    proof.excess === undefined &&
    packsTightly(problem, budget, seed);
  return {
    ...verdictOf(tally, proof, problem, tight),
    orders: { tried: tally.tried, fitting: tally.fitting },
    ...(tally.fewest !== undefined && tally.fitting > 0 && !brief
      ? { witnesses: witnesses(problem, tally.seen, budget) }
      : {}),
    ...shown,
    visits: (options.maxVisits ?? DEFAULT_VISITS) - budget.visitsLeft,
  };
}

/** Small clusters are cheap, and it is there that the order matters most. */
function defaultOrders({ queued, nodes }: Problem): number {
  const pods = queued.reduce((sum, { count }) => sum + count, 0);
  if (pods > 5000) return 8;
  return Math.min(1000, Math.max(ORDERS_ENOUGH, Math.floor(1_000_000 / Math.max(1, pods * nodes.nodes.length))));
}

function startState(problem: Problem): ClusterState {
  const state = new ClusterState(problem.nodes, problem.classes);
  for (const { pods, node } of problem.fixed) state.place(pods, node);
  return state;
}

/** Whether pods that the scheduler leaves over in every order would fit if it filled up node after node. */
function packsTightly(problem: Problem, budget: Budget, seed: number): boolean {
  const trial = simulate(
    problem.nodes,
    problem.classes,
    problem.fixed,
    tightOrder(problem.queued, problem.nodes, seed),
    budget,
  );
  return trial.complete && pending(trial) + problem.missing.length === 0;
}

interface Tally {
  tried: number;
  fitting: number;
  first: Trial | undefined;
  /** The failing order with the fewest pods left over. */
  fewest: { readonly order: Order; readonly pods: number } | undefined;
  /** The first of each kind. */
  readonly seen: { readonly fitting: Order[]; readonly failing: Order[] };
  exhausted: boolean;
}
interface Proof {
  readonly fits: boolean;
  readonly excess: string | undefined;
}

function tryOrders(
  problem: Problem,
  candidates: Iterable<Order>,
  budget: Budget,
  proof: Proof,
  enough: { readonly failures: number; readonly orders: number },
): Tally {
  const tally: Tally = {
    tried: 0,
    fitting: 0,
    first: undefined,
    fewest: undefined,
    seen: { fitting: [], failing: [] },
    exhausted: false,
  };
  for (const order of candidates) {
    const trial = simulate(problem.nodes, problem.classes, problem.fixed, order, budget);
    tally.first ??= trial;
    if (!trial.complete) {
      tally.exhausted = true;
      break;
    }
    tally.tried++;
    const left = pending(trial) + problem.missing.length;
    const alike = left === 0 ? tally.seen.fitting : tally.seen.failing;
    if (alike.length < SEEN_ENOUGH) alike.push(order);
    if (left === 0) tally.fitting++;
    else if (tally.fewest === undefined || left < tally.fewest.pods) tally.fewest = { order, pods: left };
    const decided =
      tally.fitting === 0 ? tally.tried >= enough.failures : tally.fewest !== undefined && tally.tried >= enough.orders;
    if (proof.fits || (proof.excess !== undefined && left > 0) || decided) break;
  }
  return tally;
}

/**
 * The order that is worth showing. Where pods are left over it is run once more, since states share the counters that
 * collect the reasons, so that only the last one is whole.
 */
function show(
  problem: Problem,
  { fewest, first }: Tally,
  maxVisits: number,
): Pick<Packing, "leftOver" | "nodes" | "pools"> {
  if (first === undefined) return NOTHING_SHOWN;
  const whole = fewest === undefined && first.complete && first.leftOver.size === 0;
  const trial = whole
    ? first
    : simulate(problem.nodes, problem.classes, problem.fixed, fewest?.order ?? first.order, { visitsLeft: maxVisits });
  const nodes = nodeUses(trial.state);
  return { leftOver: leftOverOf(trial, problem.missing), nodes, pools: poolUses(nodes) };
}

type Judgement = Pick<Packing, "verdict" | "because" | "unknownFor" | "proven">;

function verdictOf(tally: Tally, proof: Proof, problem: Problem, tight: boolean): Judgement {
  const pods = problem.queued.reduce((sum, { count }) => sum + count, 0);
  const { length } = problem.nodes.nodes;
  if (tally.fewest !== undefined && tally.fitting > 0) {
    return {
      verdict: "unknown",
      unknownFor: "order",
      proven: false,
      because:
        `${tally.tried - tally.fitting} of ${tally.tried} orders of creation leave pods over (at least ${tally.fewest.pods}): ` +
        "whether all fit depends on the order in which the scheduler meets them",
    };
  }
  if (tally.fewest !== undefined && (!tally.exhausted || proof.excess !== undefined)) {
    const breaksUp = tight ? "; a tighter packing exists, but the scheduler spreads pods and does not find it" : "";
    return {
      verdict: "doesNotFit",
      proven: proof.excess !== undefined,
      because:
        proof.excess ??
        `at least ${tally.fewest.pods} of ${pods} pods are left over in each of ${tally.tried} orders of creation${breaksUp}`,
    };
  }
  if (tally.exhausted && (tally.fewest !== undefined || tally.tried < FEWEST_ORDERS)) {
    return {
      verdict: "unknown",
      unknownFor: "budget",
      proven: false,
      because: `the budget of work ran out after ${tally.tried} complete orders of ${pods} pods on ${length} nodes; raise maxVisits`,
    };
  }
  const because = proof.fits
    ? `the other pods together cannot fill all nodes of any of the ${pods} pods, whatever the order`
    : `all ${pods} pods found a node in each of ${tally.tried} orders of creation`;
  return { verdict: "fits", proven: proof.fits, because };
}
