import type {
  ClusterNode,
  DaemonSet,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodSet,
  PodTemplate,
  PodVolume,
  Resources,
  Taint,
  Toleration,
  TopologySpread,
} from "../../models/capacity";

/** A cluster for both the model and the real scheduler. */
export interface RandomCluster {
  readonly seed: number;
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly PodSet[];
  readonly daemonSets: readonly DaemonSet[];
  /** true: ReplicaSets create the pods; false: each pod is created by itself, in a shuffled order. */
  readonly owned: boolean;
  /** What it uses, for the count of what was covered. */
  readonly features: readonly string[];
}

export const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  blue: { team: "blue", "kubernetes.io/metadata.name": "blue" },
  green: { team: "green", "kubernetes.io/metadata.name": "green" },
};
export const EXTENDED_RESOURCE = "example.com/accelerator";
const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];
const ZONE = "topology.kubernetes.io/zone";
const HOSTNAME = "kubernetes.io/hostname";

/** Mulberry32: small, and the same on every machine. */
export class Dice {
  constructor(private state: number) {}
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  chance(share: number): boolean {
    return this.next() < share;
  }
  /** An integer of lowest..highest, both possible. */
  whole(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  }
  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => [this.next(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  }
}

interface Draft {
  readonly dice: Dice;
  /** Which claims are bound beforehand: apart, so that all else of a seed does not depend on it. */
  readonly claims: Dice;
  readonly features: Set<string>;
  /** Scales the shares: where every feature is used at once, nothing ever fits. */
  readonly richness: number;
}

/** True in `share` of the cases, and then the feature counts as covered. */
function uses({ dice, features, richness }: Draft, feature: string, share: number): boolean {
  if (!dice.chance(share === 1 ? 1 : share * richness)) return false;
  features.add(feature);
  return true;
}

/** The same seed gives the same cluster. Its load lies between half of what the nodes hold and a little over. */
export function randomCluster(seed: number): RandomCluster {
  const dice = new Dice(seed);
  const draft: Draft = { dice, claims: new Dice(~seed), features: new Set(), richness: dice.pick([0.3, 0.6, 1]) };
  const owned = dice.chance(0.4);
  const nodes = Array.from({ length: dice.whole(3, 9) }, (_, index) => randomNode(draft, index));
  const share = dice.pick([0.5, 0.8, 0.95, 1, 1.1]);
  const room = nodes.reduce((sum, { allocatable }) => sum + allocatable.cpuMillis, 0) * share;
  const pods: PodSet[] = [];
  for (let taken = 0; taken < room && pods.length < 9;) {
    const pod = randomPod(draft, `app${pods.length}`, owned, nodes);
    const set = { workload: `${pod.namespace}/app${pods.length}`, pod, count: dice.whole(1, 8) };
    pods.push(set);
    taken += set.count * (pod.containers[0]?.requests.cpuMillis ?? 0);
  }
  const daemonSets = uses(draft, "DaemonSet", 0.3) ? [randomDaemonSet(draft)] : [];
  draft.features.add(owned ? "pods of ReplicaSets" : "single pods");
  if (nodes.some(({ allocatable }) => allocatable.pods < 10)) draft.features.add("few pod slots");
  return { seed, nodes, pods, daemonSets, owned, features: [...draft.features].sort() };
}

function randomNode(draft: Draft, index: number): ClusterNode {
  const { dice } = draft;
  const name = `node-${index}`;
  const taints: Taint[] = [];
  if (uses(draft, "taint NoSchedule", 0.2)) taints.push({ key: "dedicated", value: "batch", effect: "NoSchedule" });
  if (uses(draft, "taint PreferNoSchedule", 0.1)) taints.push({ key: "spot", effect: "PreferNoSchedule" });
  if (uses(draft, "taint NoExecute", 0.05)) taints.push({ key: "broken", value: "yes", effect: "NoExecute" });
  const zone = dice.pick(ZONES);
  return {
    name,
    taints,
    labels: {
      [HOSTNAME]: name,
      [ZONE]: zone,
      pool: dice.pick(["general", "throughput"]),
      generation: String(dice.whole(5, 8)),
    },
    allocatable: {
      cpuMillis: dice.pick([940, 1930, 3920]),
      memoryMiB: dice.pick([1500, 3554, 7000]),
      pods: dice.pick([5, 17, 110]),
      ephemeralStorageMiB: 20_000,
      ...(uses(draft, "volume attach limit", 0.5) ? { attachableVolumes: dice.whole(1, 4) } : {}),
      ...(uses(draft, "extended resource", 0.2) ? { extended: { [EXTENDED_RESOURCE]: dice.whole(1, 3) } } : {}),
    },
    ...(uses(draft, "cordoned node", 0.05) ? { unschedulable: true } : {}),
  };
}

function randomRequests(dice: Dice): Partial<Resources> {
  return { cpuMillis: dice.pick([50, 100, 250, 400, 700]), memoryMiB: dice.pick([64, 128, 300, 512, 900]) };
}

function randomPod(draft: Draft, app: string, owned: boolean, nodes: readonly ClusterNode[]): PodTemplate {
  const { dice } = draft;
  const when = <T extends object>(feature: string, share: number, make: () => T): T | object =>
    uses(draft, feature, share) ? make() : {};
  const priority = dice.pick([0, 0, 0, 100, 1000]);
  const requests = {
    ...randomRequests(dice),
    ...when("ephemeral storage", 0.1, () => ({ ephemeralStorageMiB: dice.pick([500, 4000]) })),
    ...when("request of an extended resource", 0.05, () => ({ extended: { [EXTENDED_RESOURCE]: 1 } })),
  };
  return {
    namespace: dice.pick(["blue", "green"]),
    owned,
    priority,
    labels: { app, tier: dice.pick(["web", "data"]), release: dice.pick(["stable", "canary"]) },
    containers: [{ requests }, ...(uses(draft, "second container", 0.2) ? [{ requests: randomRequests(dice) }] : [])],
    ...when("init container", 0.1, () => ({ initContainers: [{ requests: { cpuMillis: 900, memoryMiB: 100 } }] })),
    ...when("sidecar", 0.1, () => ({
      initContainers: [
        { requests: { cpuMillis: 50, memoryMiB: 64 }, restartPolicy: "Always" as const },
        { requests: { cpuMillis: 600 } },
      ],
    })),
    ...when("overhead", 0.05, () => ({ overhead: { cpuMillis: 100, memoryMiB: 120 } })),
    ...when("requests of the whole pod", 0.05, () => ({ podRequests: { cpuMillis: 1500, memoryMiB: 2000 } })),
    ...when("node selector", 0.1, () => ({ nodeSelector: { pool: dice.pick(["general", "throughput"]) } })),
    ...when("node affinity", 0.15, () => ({ nodeAffinity: randomNodeAffinity(dice, nodes) })),
    ...when("toleration", 0.35, () => ({ tolerations: randomTolerations(dice) })),
    ...when("pod affinity", 0.1, () => ({ podAffinity: [randomAffinity(draft, app, 0.6)] })),
    ...when("pod anti-affinity", 0.15, () => ({ podAntiAffinity: [randomAffinity(draft, app, 0.8)] })),
    ...when("topology spread", 0.3, () => ({
      topologySpread: [randomSpread(draft, app), ...(dice.chance(0.3) ? [randomSpread(draft, app)] : [])].filter(
        (each, at, all) =>
          all.findIndex(
            (other) => other.topologyKey === each.topologyKey && other.whenUnsatisfiable === each.whenUnsatisfiable,
          ) === at,
      ),
    })),
    ...when("host port", 0.07, () => ({
      hostPorts: [
        {
          port: dice.pick([8080, 9100]),
          protocol: dice.pick(["TCP", "UDP"] as const),
          ...(dice.chance(0.3) ? { hostIP: "127.0.0.1" } : {}),
        },
      ],
    })),
    ...when("host network", 0.03, () => ({ hostNetwork: true })),
    // A volume of one pod: pods of one ReplicaSet would share it.
    ...(owned ? {} : when("volume", 0.15, () => ({ volumes: randomVolumes(draft) }))),
    ...(priority > 0 ? when("preemptionPolicy Never", 0.3, () => ({ preemptionPolicy: "Never" as const })) : {}),
    ...(priority > 0 && uses(draft, "priority", 1) ? {} : {}),
  };
}

function randomNodeAffinity(dice: Dice, nodes: readonly ClusterNode[]): readonly NodeSelectorTerm[] {
  return dice.pick<readonly NodeSelectorTerm[]>([
    [{ matchExpressions: [{ key: "generation", operator: "Gt", values: ["5"] }] }],
    [
      {
        matchExpressions: [
          { key: "generation", operator: "Lt", values: ["8"] },
          { key: "pool", operator: "Exists" },
        ],
      },
    ],
    [{ matchExpressions: [{ key: ZONE, operator: "NotIn", values: [dice.pick(ZONES)] }] }],
    [{ matchExpressions: [{ key: ZONE, operator: "In", values: dice.shuffled(ZONES).slice(0, 2) }] }],
    [
      { matchFields: [{ key: "metadata.name", operator: "In", values: [dice.pick(nodes).name] }] },
      { matchExpressions: [{ key: "pool", operator: "In", values: ["general"] }] },
    ],
    [{ matchExpressions: [{ key: "absent", operator: "DoesNotExist" }] }],
  ]);
}

const randomTolerations = (dice: Dice): readonly Toleration[] =>
  dice.pick<readonly Toleration[]>([
    [{ key: "dedicated", operator: "Equal", value: "batch", effect: "NoSchedule" }],
    [{ key: "dedicated", operator: "Exists" }],
    [{ operator: "Exists" }],
    [{ key: "dedicated", value: "other", effect: "NoSchedule" }],
    [
      { key: "broken", operator: "Exists", effect: "NoExecute" },
      { key: "dedicated", operator: "Exists", effect: "NoSchedule" },
    ],
  ]);

function randomAffinity(draft: Draft, app: string, toItself: number): PodAffinityTerm {
  const { dice } = draft;
  const labelSelector = dice.chance(toItself)
    ? { matchLabels: { app } }
    : { matchExpressions: [{ key: "tier", operator: "In" as const, values: [dice.pick(["web", "data"])] }] };
  return {
    topologyKey: dice.pick([HOSTNAME, HOSTNAME, ZONE]),
    labelSelector,
    ...(uses(draft, "affinity in named namespaces", 0.15) ? { namespaces: ["blue", "green"] } : {}),
    ...(uses(draft, "affinity by namespace selector", 0.15)
      ? { namespaceSelector: dice.pick([{}, { matchLabels: { team: "blue" } }]) }
      : {}),
    ...(uses(draft, "affinity matchLabelKeys", 0.15)
      ? { matchLabelKeys: ["release"] }
      : uses(draft, "affinity mismatchLabelKeys", 0.1)
        ? { mismatchLabelKeys: ["release"] }
        : {}),
  };
}

function randomSpread(draft: Draft, app: string): TopologySpread {
  const { dice } = draft;
  const hard = uses(draft, "spread DoNotSchedule", 0.8);
  if (!hard) draft.features.add("spread ScheduleAnyway");
  return {
    topologyKey: dice.pick([ZONE, ZONE, HOSTNAME]),
    maxSkew: dice.pick([1, 1, 2]),
    whenUnsatisfiable: hard ? "DoNotSchedule" : "ScheduleAnyway",
    labelSelector: { matchLabels: { app } },
    ...(hard && uses(draft, "spread minDomains", 0.2) ? { minDomains: dice.pick([2, 3, 4]) } : {}),
    ...(uses(draft, "spread nodeAffinityPolicy", 0.2)
      ? { nodeAffinityPolicy: dice.pick(["Honor", "Ignore"] as const) }
      : {}),
    ...(uses(draft, "spread nodeTaintsPolicy", 0.3)
      ? { nodeTaintsPolicy: dice.pick(["Honor", "Ignore"] as const) }
      : {}),
    ...(uses(draft, "spread matchLabelKeys", 0.15) ? { matchLabelKeys: ["release"] } : {}),
  };
}

function randomVolumes(draft: Draft): readonly PodVolume[] {
  const { dice, claims, features } = draft;
  return Array.from({ length: dice.whole(1, 2) }, (_, index) => {
    const inZones = uses(draft, "volume in zones", 0.6)
      ? { zones: dice.shuffled(ZONES).slice(0, dice.whole(1, 2)) }
      : {};
    if (!claims.chance(0.5)) return { name: `data${index}`, ...inZones };
    features.add("zones" in inZones ? "unbound claim in zones" : "unbound claim");
    return { name: `data${index}`, ...inZones, unbound: true };
  });
}

/** Its priority lies below, between or above those of the other pods, so that it is preempted, or preempts when it comes back. */
const randomDaemonSet = (draft: Draft): DaemonSet => {
  const { dice } = draft;
  const priority = dice.pick([0, 0, 500, 1_000_000]);
  draft.features.add(`DaemonSet of priority ${priority}`);
  return {
    workload: "blue/agent",
    pod: {
      namespace: "blue",
      labels: { app: "agent" },
      priority,
      containers: [{ requests: { cpuMillis: dice.pick([50, 50, 200]), memoryMiB: dice.pick([64, 300]) } }],
      ...(dice.chance(0.5) ? { tolerations: [{ operator: "Exists" }] } : {}),
      ...(uses(draft, "DaemonSet on some nodes", 0.3) ? { nodeSelector: { pool: "general" } } : {}),
      ...(uses(draft, "DaemonSet with a host port", 0.2)
        ? { hostPorts: [{ port: 9100, protocol: "TCP" as const }] }
        : {}),
    },
  };
};
