import type { KubernetesApi, KubernetesObject } from "./kubernetes-api";

export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** A node for kwok: what the kubelet and the cloud would have written on it. */
export interface SimulatedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly NodeTaint[];
  /** Kubernetes quantities: cpu, memory, pods, and any extended resource. */
  readonly allocatable: Readonly<Record<string, string>>;
  /** @default false */
  readonly unschedulable?: boolean;
  /** Volumes that each CSI driver may attach, by driver name. @default no limit */
  readonly attachableVolumes?: Readonly<Record<string, number>>;
}

export const nodeObject = (node: SimulatedNode): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: node.name,
    labels: {
      "kubernetes.io/hostname": node.name,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      ...node.labels,
    },
  },
  spec: {
    ...(node.taints?.length ? { taints: node.taints } : {}),
    ...(node.unschedulable ? { unschedulable: true } : {}),
  },
  status: { allocatable: node.allocatable, capacity: node.allocatable },
});

const csiNodeObject = (node: SimulatedNode, uid: string): KubernetesObject => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "CSINode",
  metadata: { name: node.name, ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node.name, uid }] },
  spec: {
    drivers: Object.entries(node.attachableVolumes ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => ({
        name,
        nodeID: node.name,
        allocatable: { count },
        topologyKeys: ["topology.kubernetes.io/zone"],
      })),
  },
});

export const isReady = (node: KubernetesObject): boolean =>
  ((node["status"] as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []).some(
    ({ type, status }) => type === "Ready" && status === "True",
  );

const taintKeys = (node: KubernetesObject): readonly string[] =>
  ((node["spec"] as { taints?: NodeTaint[] } | undefined)?.taints ?? []).map(({ key }) => key);

/** Creates the nodes and waits until each is Ready and free of the taint of new nodes. */
export async function addNodes(api: KubernetesApi, nodes: readonly SimulatedNode[], seconds = 60): Promise<void> {
  await Promise.all(
    nodes.map(async (node) => {
      const { object } = await api.create(nodeObject(node));
      if (node.attachableVolumes) await api.create(csiNodeObject(node, object.metadata.uid ?? ""));
    }),
  );
  await Promise.all(
    nodes.map((node) =>
      api.waitFor(
        { apiVersion: "v1", kind: "Node", metadata: { name: node.name } },
        "Ready",
        (object) => isReady(object) && !taintKeys(object).some((key) => key === "node.kubernetes.io/not-ready"),
        seconds,
      ),
    ),
  );
}
