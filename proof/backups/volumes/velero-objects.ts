import type { Release } from "../../../readiness/inventory/facts/kubernetes/releases";
import { type JsonObject, objectOf, objectsOf } from "../../../readiness/inventory/json";
import { repositoryPasswordSecret } from "../../../catalog/charts/velero/access";
import type { KubernetesObject } from "../../kubernetes/kubernetes-api";

export const { namespace } = repositoryPasswordSecret;
/** Names that the chart gives (chart velero 12.1.0: the release's name and the key of `configMaps`). */
export const configMaps = {
  nodeAgent: "velero-node-agent",
  repository: "velero-backup-repository",
  maintenance: "velero-repo-maintenance",
} as const;
const ACCOUNT = "velero-server";
const IMAGE = "example.invalid/velero:1.18.3";

const named = (apiVersion: string, kind: string, name: string, more: JsonObject): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...more,
});

/** What every pod of Velero inherits: its account, the values' variables, and a folder that it may write. */
const pod = (values: JsonObject, container: string, more: JsonObject): JsonObject => ({
  serviceAccountName: ACCOUNT,
  containers: [
    {
      name: container,
      image: IMAGE,
      env: [
        { name: "VELERO_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
        { name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        ...objectsOf(objectOf(values["configuration"])["extraEnvVars"]),
      ],
      volumeMounts: [{ name: "scratch", mountPath: "/scratch" }],
      ...more,
    },
  ],
  volumes: [{ name: "scratch", emptyDir: {} }],
});

/**
 * What the chart makes of the release's values for the movement of data. The server and the agents run as processes here: of
 * their workloads only what Velero reads off them for its own pods is sent, and the Deployment has no pod.
 */
export function dataMovementObjects({ values }: Release): readonly KubernetesObject[] {
  const own = objectOf(values["configMaps"]);
  const { repositoryConfigData } = objectOf(objectOf(values["configuration"])["repositoryMaintenanceJob"]);
  const maintenance = objectOf(repositoryConfigData)["global"] ?? {};
  const workload = (name: string, container: string): JsonObject => ({
    selector: { matchLabels: { name } },
    template: { metadata: { labels: { name, role: name } }, spec: pod(values, container, {}) },
  });
  return [
    named("v1", "ServiceAccount", ACCOUNT, {}),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: ACCOUNT },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace }],
    },
    named("v1", "ConfigMap", configMaps.nodeAgent, { data: objectOf(own["node-agent"])["data"] ?? {} }),
    named("v1", "ConfigMap", configMaps.repository, { data: objectOf(own["backup-repository"])["data"] ?? {} }),
    named("v1", "ConfigMap", configMaps.maintenance, { data: { global: JSON.stringify(maintenance) } }),
    named("apps/v1", "Deployment", "velero", { spec: { replicas: 0, ...workload("velero", "velero") } }),
    named("apps/v1", "DaemonSet", "node-agent", { spec: workload("node-agent", "node-agent") }),
  ];
}

/** What External Secrets makes of the one value that both regions have. */
export const repositoryPassword = (password: string): KubernetesObject =>
  named("v1", "Secret", repositoryPasswordSecret.name, { stringData: { [repositoryPasswordSecret.key]: password } });
