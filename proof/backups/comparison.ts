import { type JsonObject, objectOf } from "../../readiness/inventory/json";
import type { KubernetesApi, KubernetesObject } from "../kubernetes/kubernetes-api";

/** What controllers and the API server write, and what Velero adds: no two clusters agree in it. */
const OWN_METADATA = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "managedFields",
  "ownerReferences",
  "resourceVersion",
  "selfLink",
  "uid",
]);
const VELERO_LABEL = /^velero\.io\//;
/** Fields that the cluster chooses for itself, by kind; a claim of a restored volume has a selector of Velero's. */
const CHOSEN: Readonly<Record<string, readonly string[]>> = {
  Service: ["clusterIP", "clusterIPs"],
  PersistentVolumeClaim: ["volumeName", "selector"],
};
/** Annotations that controllers of the cluster write, and one of Velero's on a claim whose data it moved. */
const WRITTEN =
  /^(backup\.velero\.io|pv\.kubernetes\.io|volume\.(beta\.)?kubernetes\.io|deployment\.kubernetes\.io|control-plane\.)/;

/** Objects that every cluster makes in every namespace, with content of its own. */
const OF_THE_CLUSTER = new Set(["ConfigMap kube-root-ca.crt"]);

/** `Kind name` → what its author wrote, of all objects of a namespace that a backup lists. */
export type Content = ReadonlyMap<string, string>;

/** Names of a backup's objects in a namespace, by `apiVersion/Kind`. */
export function listedIn(list: Readonly<Record<string, readonly string[]>>, namespace: string): Map<string, string[]> {
  return new Map(
    Object.entries(list).flatMap(([kind, names]): [string, string[]][] => {
      const own = names.filter((name) => name.startsWith(`${namespace}/`));
      return own.length === 0 ? [] : [[kind, own.map((name) => name.slice(namespace.length + 1))]];
    }),
  );
}

/** The objects that a backup lists, as a cluster has them now. */
export async function contentOf(
  api: KubernetesApi,
  namespace: string,
  listed: ReadonlyMap<string, readonly string[]>,
): Promise<Content> {
  const content = new Map<string, string>();
  for (const [kind, names] of listed) {
    const { apiVersion, name: kindName } = partsOf(kind);
    const there = await api.list(apiVersion, kindName, namespace);
    for (const object of there.filter(({ metadata }) => names.includes(metadata.name))) {
      const own = `${kindName} ${object.metadata.name}`;
      if (!OF_THE_CLUSTER.has(own)) content.set(own, JSON.stringify(authored(object)));
    }
  }
  return content;
}

export function partsOf(kind: string): { readonly apiVersion: string; readonly name: string } {
  const at = kind.lastIndexOf("/");
  return { apiVersion: kind.slice(0, at), name: kind.slice(at + 1) };
}

/** What of an object its author decides. */
function authored(object: KubernetesObject): JsonObject {
  const metadata = objectOf(object.metadata);
  const rest = without(object as unknown as JsonObject, (field) => field === "metadata" || field === "status");
  const spec = objectOf(rest["spec"]);
  const chosen = new Set(CHOSEN[object.kind] ?? []);
  return sorted({
    ...rest,
    ...(rest["spec"] === undefined ? {} : { spec: without(spec, (field) => chosen.has(field)) }),
    metadata: {
      ...without(metadata, (field) => OWN_METADATA.has(field) || field === "labels" || field === "annotations"),
      labels: without(objectOf(metadata["labels"]), (name) => VELERO_LABEL.test(name)),
      annotations: without(objectOf(metadata["annotations"]), (name) => WRITTEN.test(name)),
    },
  });
}

const without = (object: JsonObject, drops: (field: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !drops(field)));

function sorted<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  ) as Value;
}

/** Objects of `wanted` that are missing from `found`, or are there otherwise. */
export function differences(wanted: Content, found: Content): readonly string[] {
  return [...wanted].flatMap(([name, text]) => {
    const other = found.get(name);
    if (other === undefined) return [`${name}: not restored`];
    return other === text ? [] : [`${name}: ${firstDifference(text, other)}`];
  });
}

function firstDifference(left: string, right: string): string {
  const at = [...left].findIndex((letter, index) => letter !== right[index]);
  const part = (text: string): string => text.slice(Math.max(0, at - 60), at + 120);
  return `backed up …${part(left)}…, restored …${part(right)}…`;
}
