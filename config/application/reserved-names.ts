/** Stacks of a region, `<name>-<region>`, and of all regions; __tests__/config/reserved-names.test.ts holds them against the platform. */
const stacks = [
  "alarm-delivery",
  "alerting",
  "audit",
  "certificates",
  "cluster",
  "crds",
  "data",
  "dns",
  "edge",
  "entry-alarms",
  "ingress",
  "monitoring",
  "network",
  "platform",
  "state",
  "stores",
];

/** Namespaces of the platform, and those that every cluster has: Kubernetes documentation, Namespaces, "Initial namespaces". */
const namespaces = [
  "default",
  "external-secrets",
  "keda",
  "kube-node-lease",
  "kube-public",
  "kube-system",
  "monitoring",
  "node-agents",
  "reloader",
  "restore-test",
  "velero",
];

/** What else has this name in the cluster or in the output; undefined where nothing has. */
export function ownerOfName(name: string): string | undefined {
  if (name.startsWith("kube-")) return "Kubernetes keeps names that begin with kube- for its own namespaces";
  if (namespaces.includes(name)) return "a namespace of the cluster has this name";
  return stacks.includes(name) ? "a stack of the platform has this name" : undefined;
}
