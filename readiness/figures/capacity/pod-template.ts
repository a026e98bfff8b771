import type {
  ContainerRequests,
  HostPort,
  InitContainerRequests,
  LabelSelector,
  NodeSelectorTerm,
  PodAffinityTerm,
  PodTemplate,
  PodVolume,
  SelectorRequirement,
  Taint,
  Toleration,
  TopologySpread,
} from "../../../models/capacity";
import { cpuMillis as cpuOf, memoryMiB as memoryOf } from "../../../models/quantity";
import {
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  textMapOf,
  textOf,
  textsOf,
} from "../../inventory/json";
import type { Container } from "../../inventory/facts/kubernetes/containers";
import type { PodSpec } from "../../inventory/facts/kubernetes/pods";

/** What the scheduler reads of a pod beside its spec. */
export interface PodOrigin {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its priority class. */
  readonly priority: number;
  readonly preempts: boolean;
  readonly volumes: readonly PodVolume[];
}

/** The part of a pod that decides where it can run, in the terms of the capacity model. A request that is not written is none. */
export function podTemplateOf(pod: PodSpec, containers: readonly Container[], origin: PodOrigin): PodTemplate {
  const nodeAffinity = requiredNodeAffinity(pod.affinity);
  return {
    namespace: origin.namespace,
    labels: origin.labels,
    priority: origin.priority,
    volumes: origin.volumes,
    containers: containers.map(requestsOf),
    initContainers: initContainersOf(pod),
    nodeSelector: pod.nodeSelector,
    ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
    podAffinity: requiredPodTerms(pod.affinity, "podAffinity"),
    podAntiAffinity: requiredPodTerms(pod.affinity, "podAntiAffinity"),
    topologySpread: objectsOf(pod.spec["topologySpreadConstraints"]).map(spreadOf),
    tolerations: objectsOf(pod.spec["tolerations"]).map(tolerationOf),
    hostNetwork: pod.hostNetwork,
    hostPorts: [...containers, ...pod.initContainers].flatMap((container) => hostPortsOf(container, pod.hostNetwork)),
    ...(origin.preempts ? {} : { preemptionPolicy: "Never" as const }),
    ...defined("podRequests", podRequests(pod.spec)),
  };
}

/** Optional fields of the model are left out where nothing is written. */
function defined<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}

const requestsOf = ({ cpuRequestMillis, memoryRequestMiB, ephemeralRequestMiB }: Container): ContainerRequests => ({
  requests: {
    ...defined("cpuMillis", cpuRequestMillis),
    ...defined("memoryMiB", memoryRequestMiB),
    ...defined("ephemeralStorageMiB", ephemeralRequestMiB),
  },
});

const initContainersOf = (pod: PodSpec): InitContainerRequests[] =>
  pod.initContainers.map((container) => ({
    ...requestsOf(container),
    ...(container.sidecar ? { restartPolicy: "Always" as const } : {}),
  }));

/** Requests of the pod as a whole; amounts are written as for a container. */
function podRequests(spec: JsonObject): Partial<{ cpuMillis: number; memoryMiB: number }> | undefined {
  const requests = objectOf(objectOf(spec["resources"])["requests"]);
  if (Object.keys(requests).length === 0) return undefined;
  const [cpu, memory] = [cpuOf(textOf(requests["cpu"])), memoryOf(textOf(requests["memory"]))];
  return { ...defined("cpuMillis", cpu), ...defined("memoryMiB", memory) };
}

function hostPortsOf(container: Container, hostNetwork: boolean): HostPort[] {
  return container.ports.flatMap(({ port, protocol, hostPort }): HostPort[] => {
    // On the host's network every port of the container is a port of the node.
    const taken = hostPort ?? (hostNetwork ? port : undefined);
    return taken === undefined || taken === 0
      ? []
      : [{ port: taken, protocol: protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP" }];
  });
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] as const;
const effects: readonly Taint["effect"][] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

function requirementsOf(list: Json | undefined): SelectorRequirement[] {
  return objectsOf(list).flatMap((entry) => {
    const operator = operators.find((known) => known === entry["operator"]);
    return operator === undefined
      ? []
      : [{ key: textOf(entry["key"]) ?? "", operator, values: [...textsOf(entry["values"])] }];
  });
}

/** undefined selects nothing, as in the API; an empty selector selects everything. */
export function selectorOf(selector: Json | undefined): LabelSelector | undefined {
  return isObject(selector)
    ? {
        matchLabels: textMapOf(selector["matchLabels"]),
        matchExpressions: requirementsOf(selector["matchExpressions"]),
      }
    : undefined;
}

function requiredNodeAffinity(affinity: JsonObject | undefined): NodeSelectorTerm[] | undefined {
  const required = objectOf(objectOf(affinity?.["nodeAffinity"])["requiredDuringSchedulingIgnoredDuringExecution"]);
  if (required["nodeSelectorTerms"] === undefined) return undefined;
  return objectsOf(required["nodeSelectorTerms"]).map((term) => ({
    matchExpressions: requirementsOf(term["matchExpressions"]),
    matchFields: requirementsOf(term["matchFields"]),
  }));
}

function requiredPodTerms(
  affinity: JsonObject | undefined,
  kind: "podAffinity" | "podAntiAffinity",
): PodAffinityTerm[] {
  return objectsOf(objectOf(affinity?.[kind])["requiredDuringSchedulingIgnoredDuringExecution"]).map((term) => ({
    topologyKey: textOf(term["topologyKey"]) ?? "",
    ...defined("labelSelector", selectorOf(term["labelSelector"])),
    ...defined("namespaceSelector", selectorOf(term["namespaceSelector"])),
    ...listed("namespaces", term["namespaces"]),
    ...listed("matchLabelKeys", term["matchLabelKeys"]),
    ...listed("mismatchLabelKeys", term["mismatchLabelKeys"]),
  }));
}

function listed<Name extends string>(name: Name, value: Json | undefined): { [Key in Name]?: readonly string[] } {
  const texts = textsOf(value);
  return defined(name, texts.length === 0 ? undefined : texts);
}

function spreadOf(spread: JsonObject): TopologySpread {
  const policy = (field: string): "Honor" | "Ignore" | undefined =>
    spread[field] === "Honor" || spread[field] === "Ignore" ? spread[field] : undefined;
  return {
    topologyKey: textOf(spread["topologyKey"]) ?? "",
    maxSkew: numberOf(spread["maxSkew"]) ?? 1,
    whenUnsatisfiable: spread["whenUnsatisfiable"] === "ScheduleAnyway" ? "ScheduleAnyway" : "DoNotSchedule",
    ...defined("labelSelector", selectorOf(spread["labelSelector"])),
    ...defined("minDomains", numberOf(spread["minDomains"])),
    ...defined("nodeAffinityPolicy", policy("nodeAffinityPolicy")),
    ...defined("nodeTaintsPolicy", policy("nodeTaintsPolicy")),
    ...listed("matchLabelKeys", spread["matchLabelKeys"]),
  };
}

function tolerationOf(toleration: JsonObject): Toleration {
  return {
    ...defined("key", textOf(toleration["key"])),
    ...defined("value", textOf(toleration["value"])),
    ...defined(
      "effect",
      effects.find((known) => known === toleration["effect"]),
    ),
    operator: toleration["operator"] === "Exists" ? "Exists" : "Equal",
  };
}
