import type {
  ClusterNode,
  DaemonSet,
  PodAffinityTerm,
  PodSet,
  PodTemplate,
  PodVolume,
  Resources,
  TopologySpread,
} from "../../models/capacity";
import type { KubernetesObject } from "../kubernetes/kubernetes-api";
import type { SimulatedNode } from "../kubernetes/nodes";

/** The words of the capacity models as the Kubernetes objects that mean the same. */

export const CSI_DRIVER = "ebs.csi.aws.com";
export const STORAGE_CLASS = "preprovisioned";
const ZONE = "topology.kubernetes.io/zone";

const quantities = ({
  cpuMillis,
  memoryMiB,
  ephemeralStorageMiB,
  extended,
}: Partial<Resources>): Record<string, string> => ({
  ...(cpuMillis === undefined ? {} : { cpu: `${cpuMillis}m` }),
  ...(memoryMiB === undefined ? {} : { memory: `${memoryMiB}Mi` }),
  ...(ephemeralStorageMiB === undefined ? {} : { "ephemeral-storage": `${ephemeralStorageMiB}Mi` }),
  ...Object.fromEntries(Object.entries(extended ?? {}).map(([name, amount]) => [name, String(amount)])),
});

export const nodeFor = ({ name, labels, taints, allocatable, unschedulable }: ClusterNode): SimulatedNode => ({
  name,
  labels,
  ...(taints ? { taints } : {}),
  ...(unschedulable ? { unschedulable } : {}),
  allocatable: { ...quantities(allocatable), pods: String(allocatable.pods) },
  ...(allocatable.attachableVolumes === undefined
    ? {}
    : { attachableVolumes: { [CSI_DRIVER]: allocatable.attachableVolumes } }),
});

/** A request of an extended resource must have an equal limit. */
const container = (name: string, requests: Partial<Resources>): Record<string, unknown> => ({
  name,
  image: "example.invalid/simulated:1.0.0",
  resources: {
    requests: quantities(requests),
    ...(requests.extended ? { limits: quantities({ extended: requests.extended }) } : {}),
  },
});

const affinityTerm = (term: PodAffinityTerm): Record<string, unknown> => ({ ...term });
const spreadTerm = (term: TopologySpread): Record<string, unknown> => ({ ...term });

/** The priority class of a value and policy; "" for what needs none. */
export const priorityClassOf = ({ priority = 0, preemptionPolicy }: PodTemplate): string =>
  priority === 0 ? "" : `priority-${priority}${preemptionPolicy === "Never" ? "-never" : ""}`;

export const priorityClass = (pod: PodTemplate): KubernetesObject => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name: priorityClassOf(pod) },
  value: pod.priority ?? 0,
  preemptionPolicy: pod.preemptionPolicy ?? "PreemptLowerPriority",
});

/** Overhead cannot be written on a pod: it comes from a RuntimeClass. */
const runtimeClassOf = ({ overhead = {} }: PodTemplate): string => {
  const { cpuMillis = 0, memoryMiB = 0 } = overhead;
  return cpuMillis + memoryMiB === 0 ? "" : `overhead-${cpuMillis}m-${memoryMiB}mi`;
};
export const runtimeClass = (pod: PodTemplate): KubernetesObject | undefined =>
  runtimeClassOf(pod) === ""
    ? undefined
    : {
        apiVersion: "node.k8s.io/v1",
        kind: "RuntimeClass",
        metadata: { name: runtimeClassOf(pod) },
        handler: "simulated",
        overhead: { podFixed: quantities(pod.overhead ?? {}) },
      };

/** @param claims names of the claims, one for each volume of the pod */
export function podSpec(pod: PodTemplate, claims: readonly string[] = []): Record<string, unknown> {
  const [first, ...others] = pod.containers.map(({ requests }, index) => container(`c${index}`, requests));
  const ports = pod.hostPorts?.map(({ port, protocol, hostIP }) => ({
    containerPort: port,
    hostPort: port,
    protocol: protocol ?? "TCP",
    ...(hostIP ? { hostIP } : {}),
  }));
  const affinity = {
    ...(pod.nodeAffinity
      ? { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: pod.nodeAffinity } } }
      : {}),
    ...(pod.podAffinity
      ? { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: pod.podAffinity.map(affinityTerm) } }
      : {}),
    ...(pod.podAntiAffinity
      ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: pod.podAntiAffinity.map(affinityTerm) } }
      : {}),
  };
  return {
    containers: [{ ...first, ...(ports ? { ports } : {}) }, ...others],
    ...(pod.initContainers
      ? {
          initContainers: pod.initContainers.map(({ requests, restartPolicy }, index) => ({
            ...container(`i${index}`, requests),
            ...(restartPolicy ? { restartPolicy } : {}),
          })),
        }
      : {}),
    ...(pod.podRequests ? { resources: { requests: quantities(pod.podRequests) } } : {}),
    ...(runtimeClassOf(pod) ? { runtimeClassName: runtimeClassOf(pod) } : {}),
    ...(priorityClassOf(pod) ? { priorityClassName: priorityClassOf(pod) } : {}),
    ...(pod.nodeSelector ? { nodeSelector: pod.nodeSelector } : {}),
    ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
    ...(pod.topologySpread ? { topologySpreadConstraints: pod.topologySpread.map(spreadTerm) } : {}),
    ...(pod.tolerations ? { tolerations: pod.tolerations } : {}),
    ...(pod.hostNetwork ? { hostNetwork: true } : {}),
    ...(claims.length > 0
      ? { volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })) }
      : {}),
    terminationGracePeriodSeconds: 0,
  };
}

const shortName = (workload: string): string => workload.slice(workload.lastIndexOf("/") + 1);

/** The storage class of a claim that is bound when its pod has a node; its name says in which zones it may make volumes. */
const classOf = ({ zones }: PodVolume): string => ["on-demand", ...(zones ?? [])].join("-");

export const storageClass = (volume: PodVolume): KubernetesObject => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: classOf(volume) },
  provisioner: CSI_DRIVER,
  volumeBindingMode: "WaitForFirstConsumer",
  ...(volume.zones ? { allowedTopologies: [{ matchLabelExpressions: [{ key: ZONE, values: volume.zones }] }] } : {}),
});

export interface SinglePod {
  readonly workload: string;
  readonly pod: KubernetesObject;
  /** Volumes with their claims, bound beforehand. */
  readonly volumes: readonly KubernetesObject[];
  /** Claims for which the scheduler chooses the zone. */
  readonly unboundClaims: readonly KubernetesObject[];
}

/** Each pod of a set by itself, with claims of its own. */
export const singlePods = ({ workload, pod, count }: PodSet): readonly SinglePod[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `${shortName(workload)}-${index}`;
    const claims = (pod.volumes ?? []).map((volume) => ({ ...volume, name: `${name}-${volume.name}` }));
    return {
      workload,
      pod: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { namespace: pod.namespace, name, labels: pod.labels },
        spec: podSpec(
          pod,
          claims.map((claim) => claim.name),
        ),
      },
      volumes: claims
        .filter(({ unbound }) => unbound !== true)
        .flatMap((claim) => volumeAndClaim(pod.namespace, claim.name, claim.zones)),
      unboundClaims: claims
        .filter(({ unbound }) => unbound === true)
        .map((claim) => claimObject(pod.namespace, claim.name, { storageClassName: classOf(claim) })),
    };
  });

const claimObject = (namespace: string, name: string, spec: object): KubernetesObject => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { namespace, name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
});

function volumeAndClaim(
  namespace: string,
  name: string,
  zones: readonly string[] | undefined,
): readonly KubernetesObject[] {
  const inZones = zones && {
    nodeAffinity: {
      required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: "In", values: zones }] }] },
    },
  };
  const volume = `${namespace}-${name}`;
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volume },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: STORAGE_CLASS,
        capacity: { storage: "1Gi" },
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { namespace, name },
        csi: { driver: CSI_DRIVER, volumeHandle: volume },
        ...inZones,
      },
    },
    claimObject(namespace, name, { storageClassName: STORAGE_CLASS, volumeName: volume }),
  ];
}

export const replicaSet = ({ workload, pod, count }: PodSet): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { namespace: pod.namespace, name: shortName(workload) },
  spec: {
    replicas: count,
    selector: { matchLabels: { app: pod.labels["app"] } },
    template: { metadata: { labels: pod.labels }, spec: podSpec(pod) },
  },
});

export const daemonSetObject = ({ workload, pod }: DaemonSet): KubernetesObject => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { namespace: pod.namespace, name: shortName(workload) },
  spec: { selector: { matchLabels: pod.labels }, template: { metadata: { labels: pod.labels }, spec: podSpec(pod) } },
});
