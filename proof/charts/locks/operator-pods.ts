import type { LockedWorkload } from "../../../catalog/charts/model/lock";
import { type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../../readiness/inventory/json";
import type { KubernetesObject } from "../../../readiness/inventory/kubernetes/object";
import { claimGiB, podFacts } from "./pod-facts";

/**
 * What the Prometheus operator makes of its custom resources.
 * Source: prometheus-operator v0.93, pkg/prometheus/server/statefulset.go, pkg/alertmanager/statefulset.go and
 * pkg/operator/config_reloader.go; read 2026-11-29.
 */
const made: Readonly<Record<string, { readonly prefix: string; readonly port: number; readonly label: string }>> = {
  Prometheus: { prefix: "prometheus", port: 9090, label: "prometheus" },
  Alertmanager: { prefix: "alertmanager", port: 9093, label: "alertmanager" },
};
/** Grace periods that the operator sets: Prometheus flushes its head block. */
const graceSeconds: Readonly<Record<string, number>> = { Prometheus: 600, Alertmanager: 120 };

const RELOADER_PORT = 8080;

/** The StatefulSet of a Prometheus or Alertmanager resource; undefined for other kinds. */
export function operatorWorkload(
  object: KubernetesObject,
  objects: readonly KubernetesObject[],
): LockedWorkload | undefined {
  const kind = made[object.kind];
  if (kind === undefined || !object.apiVersion.startsWith("monitoring.coreos.com/")) return undefined;
  const spec = objectOf(object["spec"]);
  const name = object.metadata.name ?? "";
  const labels = {
    "app.kubernetes.io/name": kind.label,
    "app.kubernetes.io/managed-by": "prometheus-operator",
    "app.kubernetes.io/instance": name,
    [object.kind.toLowerCase()]: name,
  };
  const pod: JsonObject = {
    serviceAccountName: spec["serviceAccountName"] ?? null,
    priorityClassName: spec["priorityClassName"] ?? null,
    nodeSelector: spec["nodeSelector"] ?? {},
    tolerations: spec["tolerations"] ?? [],
    affinity: spec["affinity"] ?? null,
    topologySpreadConstraints: spec["topologySpreadConstraints"] ?? [],
    securityContext: spec["securityContext"] ?? {},
    terminationGracePeriodSeconds: numberOf(spec["terminationGracePeriodSeconds"]) ?? graceSeconds[object.kind] ?? 30,
    initContainers: [reloader("init-config-reloader", objects)],
    containers: [
      {
        name: kind.prefix,
        image: spec["image"] ?? "",
        resources: spec["resources"] ?? {},
        ports: [{ name: textOf(spec["portName"]) ?? "web", containerPort: kind.port }],
        readinessProbe: {},
        startupProbe: {},
        ...(object.kind === "Alertmanager" ? { livenessProbe: {} } : {}),
        securityContext: operatorContext,
      },
      reloader("config-reloader", objects),
      ...objectsOf(spec["containers"]),
    ],
  };
  const claim = objectOf(objectOf(spec["storage"])["volumeClaimTemplate"]);
  return {
    kind: "StatefulSet",
    namespace: object.metadata.namespace ?? "",
    name: `${kind.prefix}-${name}`,
    replicas: numberOf(spec["replicas"]) ?? 1,
    hook: null,
    strategy: null,
    selector: labels,
    podLabels: labels,
    ...podFacts(pod),
    ...(Object.keys(claim).length === 0 ? {} : { claimsGiB: [claimGiB(claim)] }),
  };
}

/** Security context of every container that the operator writes. */
const operatorContext: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

/** Its image and resources are flags of the operator's own Deployment. */
function reloader(name: string, objects: readonly KubernetesObject[]): JsonObject {
  const flags = new Map(
    objects
      .filter(({ kind }) => kind === "Deployment")
      .flatMap((object) =>
        objectsOf(objectOf(objectOf(objectOf(object["spec"])["template"])["spec"])["containers"]).flatMap((container) =>
          (Array.isArray(container["args"]) ? (container["args"] as readonly unknown[]) : []).map(String),
        ),
      )
      .flatMap((argument): [string, string][] => {
        const [, flag, value] = /^--?([a-z-]+)=(.+)$/.exec(argument) ?? [];
        return flag === undefined || value === undefined || value === "0" ? [] : [[flag, value]];
      }),
  );
  const of = (kind: string): JsonObject =>
    Object.fromEntries(
      ["cpu", "memory"].flatMap((resource) => {
        const value = flags.get(`config-reloader-${resource}-${kind}`);
        return value === undefined ? [] : [[resource, value]];
      }),
    );
  return {
    name,
    image: flags.get("prometheus-config-reloader") ?? "",
    resources: { requests: of("request"), limits: of("limit") },
    ports: [{ name: "reloader-web", containerPort: RELOADER_PORT }],
    securityContext: operatorContext,
  };
}
