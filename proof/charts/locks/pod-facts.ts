import type { LockedContainer, LockedWorkload } from "../../../catalog/charts/model/lock";
import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../../readiness/inventory/json";
import type { KubernetesObject } from "../../../readiness/inventory/kubernetes/object";
import { cpuMillis, memoryMiB } from "../../../models/quantity";

const WORKLOADS = new Set(["DaemonSet", "Deployment", "Job", "CronJob", "StatefulSet", "ReplicaSet"]);
/** Kubernetes' own default. Source: API reference of PodSpec, read 2026-11-21. */
const DEFAULT_GRACE_SECONDS = 30;

const MIB_IN_A_GIB = 1024;

/** Text of a scalar: the manifests give quantities and ports as texts or numbers. */
export const scalarOf = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

const orNull = <Value>(value: Value | undefined): Value | null => value ?? null;
const booleanOf = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null);

export const labelsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(objectOf(value as JsonObject)).map(([key, label]) => [key, String(label)]));

/** Pods of a rendered object; undefined for kinds that run none. */
export function workloadFacts(object: KubernetesObject): LockedWorkload | undefined {
  if (!WORKLOADS.has(object.kind)) return undefined;
  const outer = objectOf(object["spec"]);
  const spec = object.kind === "CronJob" ? objectOf(objectOf(outer["jobTemplate"])["spec"]) : outer;
  const template = objectOf(spec["template"]);
  const pod = objectOf(template["spec"]);
  const claims = objectsOf(spec["volumeClaimTemplates"]).map(claimGiB);
  return {
    kind: object.kind,
    namespace: object.metadata.namespace ?? "",
    name: object.metadata.name ?? "",
    replicas: object.kind === "DaemonSet" ? null : orNull(numberOf(spec["replicas"])),
    hook: object.metadata.annotations?.["helm.sh/hook"] ?? null,
    strategy: (spec["updateStrategy"] ?? spec["strategy"] ?? null) as object | null,
    selector: labelsOf(objectOf(spec["selector"])["matchLabels"]),
    podLabels: labelsOf(objectOf(template["metadata"])["labels"]),
    ...podFacts(pod),
    ...(claims.length === 0 ? {} : { claimsGiB: claims }),
  };
}

type PodFacts = Omit<
  LockedWorkload,
  "kind" | "namespace" | "name" | "replicas" | "hook" | "strategy" | "selector" | "podLabels" | "claimsGiB"
>;

export function podFacts(pod: JsonObject): PodFacts {
  return {
    serviceAccount: orNull(textOf(pod["serviceAccountName"])),
    priorityClassName: orNull(textOf(pod["priorityClassName"])),
    hostNetwork: pod["hostNetwork"] === true,
    hostPaths: objectsOf(pod["volumes"]).flatMap((volume) => textOf(objectOf(volume["hostPath"])["path"]) ?? []),
    nodeSelector: labelsOf(pod["nodeSelector"]),
    tolerations: objectsOf(pod["tolerations"]),
    topologySpreadConstraints: objectsOf(pod["topologySpreadConstraints"]),
    affinity: (pod["affinity"] ?? null) as object | null,
    terminationGracePeriodSeconds: numberOf(pod["terminationGracePeriodSeconds"]) ?? DEFAULT_GRACE_SECONDS,
    initContainers: objectsOf(pod["initContainers"]).map((container) => containerFacts(container, pod)),
    containers: objectsOf(pod["containers"]).map((container) => containerFacts(container, pod)),
  };
}

function containerFacts(container: JsonObject, pod: JsonObject): LockedContainer {
  const { requests, limits } = objectOf(container["resources"]);
  const cpu = (from: unknown): number | null => orNull(cpuMillis(scalarOf(objectOf(from as JsonObject)["cpu"])));
  const memory = (from: unknown): number | null => orNull(memoryMiB(scalarOf(objectOf(from as JsonObject)["memory"])));
  return {
    name: textOf(container["name"]) ?? "",
    image: textOf(container["image"]) ?? "",
    cpuMillis: cpu(requests),
    memoryMiB: memory(requests),
    cpuLimitMillis: cpu(limits),
    memoryLimitMiB: memory(limits),
    ports: objectsOf(container["ports"]).map((port) => ({
      name: orNull(textOf(port["name"])),
      port: numberOf(port["containerPort"]) ?? 0,
      protocol: textOf(port["protocol"]) ?? "TCP",
    })),
    probes: ["livenessProbe", "readinessProbe", "startupProbe"].filter((probe) => probe in container),
    security: securityFacts(objectOf(container["securityContext"]), objectOf(pod["securityContext"])),
  };
}

function securityFacts(own: JsonObject, pod: JsonObject): LockedContainer["security"] {
  const capabilities = objectOf(own["capabilities"]);
  return {
    allowPrivilegeEscalation: booleanOf(own["allowPrivilegeEscalation"]),
    capabilitiesAdded: textsOf(capabilities["add"]),
    capabilitiesDropped: textsOf(capabilities["drop"]),
    privileged: own["privileged"] === true,
    readOnlyRootFilesystem: booleanOf(own["readOnlyRootFilesystem"]),
    runAsNonRoot: booleanOf(own["runAsNonRoot"] ?? pod["runAsNonRoot"]),
    runAsUser: orNull(numberOf(own["runAsUser"] ?? pod["runAsUser"])),
    seccomp: orNull(textOf(objectOf(own["seccompProfile"] ?? pod["seccompProfile"])["type"])),
  };
}

export const claimGiB = (claim: JsonObject): number => {
  const storage = objectOf(objectOf(objectOf(claim["spec"])["resources"])["requests"])["storage"];
  return (memoryMiB(scalarOf(storage)) ?? 0) / MIB_IN_A_GIB;
};
