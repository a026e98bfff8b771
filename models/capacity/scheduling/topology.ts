import { HOSTNAME_LABEL } from "../types";
import type { ClusterNode, PodTemplate } from "../types";

/** The domains that one label makes of the nodes. Domain -1: the node lacks the label. */
export interface Topology {
  readonly key: string;
  /** The value differs between nodes of one group: the hostname. */
  readonly perNode: boolean;
  readonly domainOfNode: Int32Array;
  readonly values: readonly string[];
}

/** Nodes that no rule distinguishes, but for their hostname. */
export interface NodeGroup {
  readonly index: number;
  /** Any member, to read labels, taints and sizes from. */
  readonly sample: ClusterNode;
  /** Positions in NodeIndex.nodes. */
  readonly members: readonly number[];
}

/** What the empty nodes have, by their position. */
export interface NodeSizes {
  readonly cpuMillis: Float64Array;
  readonly memoryMiB: Float64Array;
  readonly pods: Float64Array;
  readonly storageMiB: Float64Array;
  readonly volumes: Float64Array;
}

function sizesOf(nodes: readonly ClusterNode[]): NodeSizes {
  const of = (amount: (size: ClusterNode["allocatable"]) => number): Float64Array =>
    Float64Array.from(nodes, ({ allocatable }) => amount(allocatable));
  return {
    cpuMillis: of((size) => size.cpuMillis),
    memoryMiB: of((size) => size.memoryMiB),
    pods: of((size) => size.pods),
    storageMiB: of((size) => size.ephemeralStorageMiB ?? Infinity),
    volumes: of((size) => size.attachableVolumes ?? Infinity),
  };
}

/** The nodes of a cluster, sorted by name and sorted into groups of equals, so that a rule is evaluated once a group. */
export class NodeIndex {
  readonly nodes: readonly ClusterNode[];
  readonly groups: readonly NodeGroup[];
  readonly groupOf: Int32Array;
  readonly sizes: NodeSizes;
  private readonly topologies = new Map<string, Topology>();

  /** @throws RangeError when two nodes have the same name */
  constructor(nodes: readonly ClusterNode[], pods: Iterable<PodTemplate>) {
    this.nodes = [...nodes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const twin = this.nodes.find((node, at) => this.nodes[at + 1]?.name === node.name);
    if (twin !== undefined) throw new RangeError(`two nodes are called "${twin.name}"; give each node its own name`);
    this.sizes = sizesOf(this.nodes);
    const names = namesMatter(pods);
    const members = new Map<string, number[]>();
    this.nodes.forEach((node, at) => {
      const key = signature(node, names);
      const group = members.get(key);
      if (group === undefined) members.set(key, [at]);
      else group.push(at);
    });
    this.groupOf = new Int32Array(this.nodes.length);
    this.groups = [...members.values()].map((group, index) => {
      for (const at of group) this.groupOf[at] = index;
      return { index, sample: this.node(group[0] ?? 0), members: group };
    });
  }

  node(at: number): ClusterNode {
    const node = this.nodes[at];
    if (node === undefined) throw new RangeError(`no node at position ${at} of ${this.nodes.length}`);
    return node;
  }

  topology(key: string): Topology {
    const known = this.topologies.get(key);
    if (known !== undefined) return known;
    const ids = new Map<string, number>();
    const domainOfNode = Int32Array.from(this.nodes, (node) => {
      const value = node.labels[key];
      if (value === undefined) return -1;
      const id = ids.get(value) ?? ids.size;
      ids.set(value, id);
      return id;
    });
    const topology = { key, perNode: key === HOSTNAME_LABEL, domainOfNode, values: [...ids.keys()] };
    this.topologies.set(key, topology);
    return topology;
  }
}

/** Up to this many nodes the scheduler looks at every one, and so does the model. Source: minFeasibleNodesToFind, Kubernetes 1.36. */
export const ALL_NODES_UP_TO = 100;
export const scoresEveryNode = ({ nodes }: NodeIndex): boolean => nodes.length <= ALL_NODES_UP_TO;

/** Whether any pod asks for a node by its name: then each node is a group of its own. */
function namesMatter(pods: Iterable<PodTemplate>): boolean {
  for (const pod of pods) {
    if (pod.nodeSelector?.[HOSTNAME_LABEL] !== undefined) return true;
    for (const term of pod.nodeAffinity ?? []) {
      if ((term.matchFields ?? []).length > 0) return true;
      if (term.matchExpressions?.some((requirement) => requirement.key === HOSTNAME_LABEL) === true) return true;
    }
  }
  return false;
}

function signature(node: ClusterNode, names: boolean): string {
  const { [HOSTNAME_LABEL]: hostname, ...labels } = node.labels;
  const sorted = (record: Readonly<Record<string, unknown>>): unknown =>
    Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  const { extended, ...sizes } = node.allocatable;
  return JSON.stringify([
    sorted(labels),
    hostname !== undefined,
    names ? [node.name, hostname] : "",
    sorted({ ...sizes }),
    sorted(extended ?? {}),
    (node.taints ?? []).map((taint) => [taint.key, taint.value ?? "", taint.effect]),
    node.unschedulable ?? false,
    node.pool ?? "",
  ]);
}
