import type { Unknown } from "../unknown";
import { type Json, type JsonObject, isObject } from "../json";
import { isUnresolvedToken } from "../expression";
import { type Follow, hasReferences, perObject, readOnce } from "../references";
import type { Resource } from "../resource";
import type { State } from "../state";
import type { Release } from "../facts/kubernetes/releases";
import { kindOf } from "./kinds";
import type { KubernetesObject, PlacedObject } from "./object";
import { convertFields } from "./shape";

/** Objects that a published chart renders with the values that the release sets. */
export type RenderChart = (release: Release) => readonly KubernetesObject[];

// Arguments of Terraform itself and of the provider's waiting: they are no part of the object.
const notOfTheObject = new Set([
  "//",
  "id",
  "count",
  "for_each",
  "depends_on",
  "provider",
  "lifecycle",
  "timeouts",
  "provisioner",
  "connection",
  "wait_for_rollout",
  "wait_for_completion",
  "wait_for_load_balancer",
  "wait_for_default_service_account",
  "wait_for_service_account_token",
  "wait_until_bound",
  "data_wo_revision",
  "binary_data_wo_revision",
]);

/** Types that change an object of another owner, or only look: nothing of their own to list. */
const withoutObject =
  /^kubernetes_(labels|annotations|env|node_taint|config_map_v1_data|secret_v1_data|token_request_v1|manifest)$/;

export function placedObjects(
  state: State,
  releases: readonly Release[],
  render: RenderChart,
): readonly PlacedObject[] {
  const typed = state.resources
    .filter((resource) => resource.mode === "resource" && resource.type.startsWith("kubernetes_"))
    .flatMap((resource) => typedObject(state, resource) ?? []);
  const manifests = state.ofType("kubernetes_manifest").flatMap((resource) => rawManifest(state, resource));
  const released = releases.flatMap((release) => [
    ...release.manifests.map((object) => placed(withNamespace(object, release), release.resource, "manifest", [])),
    ...render(release).map((object) => placed(object, release.resource, "chart", [])),
  ]);
  return [...typed, ...manifests, ...released].map((object) => ({
    ...object,
    unknowns: [...object.unknowns, ...leftovers(object)],
  }));
}

function typedObject(state: State, resource: Resource): PlacedObject | undefined {
  const kind = kindOf(resource.type);
  if (!kind) {
    if (withoutObject.test(resource.type)) return undefined;
    throw new Error(
      `${resource.stack}/${resource.address}: no conversion for ${resource.type}. Add its kind to readiness/inventory/kubernetes/kinds.ts, or render it through the local chart`,
    );
  }
  const follow: Follow = (text) => {
    const resolved = state.resolve(resource.stack, text);
    return resolved.kind === "known" ? resolved.value : state.expand(resource.stack, text);
  };
  const object = converted(resource.arguments, follow, (followed) => {
    const own = Object.fromEntries(Object.entries(resource.arguments).filter(([name]) => !notOfTheObject.has(name)));
    const read = (value: Json): Json =>
      typeof value === "string" && value.includes("{")
        ? followed(value)
        : isUnresolvedToken(value)
          ? "${unresolved}"
          : value;
    const fields = convertFields(own, kind.fields, "", { read, address: `${resource.stack}/${resource.address}` });
    return defaulted({ apiVersion: kind.apiVersion, kind: kind.kind, metadata: {}, ...fields });
  });
  return placed(object, resource, "typed", []);
}

const converted = readOnce<KubernetesObject>();

/** The namespace `default` that the provider fills in for kinds that have one. */
function defaulted(object: KubernetesObject): KubernetesObject {
  const clusterWide = [
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "StorageClass",
    "PriorityClass",
    "IngressClass",
    "RuntimeClass",
    "CSIDriver",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "APIService",
  ];
  return object.metadata.namespace !== undefined || clusterWide.includes(object.kind)
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: "default" } };
}

function rawManifest(state: State, resource: Resource): readonly PlacedObject[] {
  const manifest = resource.raw("manifest");
  if (!isObject(manifest)) return [];
  return [placed(expandAll(state, resource.stack, manifest) as KubernetesObject, resource, "manifest", [])];
}

function expandAll(state: State, stack: string, value: JsonObject): JsonObject {
  const expand = (entry: Json | undefined): Json | undefined =>
    typeof entry === "string"
      ? state.expand(stack, entry)
      : Array.isArray(entry)
        ? (entry as readonly Json[]).map((one) => expand(one) ?? null)
        : isObject(entry)
          ? expandAll(state, stack, entry)
          : entry;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expand(entry)]));
}

// Kinds of which Helm must not be given a namespace are few; those of our own manifests name theirs when they have one.
function withNamespace(object: KubernetesObject, release: Release): KubernetesObject {
  const clusterWide =
    /^(Namespace|ClusterRole|ClusterRoleBinding|StorageClass|PriorityClass|CustomResourceDefinition|ClusterSecretStore|ClusterExternalSecret|ClusterIssuer|ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding|MutatingAdmissionPolicy|MutatingAdmissionPolicyBinding|MutatingWebhookConfiguration|ValidatingWebhookConfiguration|VolumeSnapshotClass|IngressClass|IngressClassParams|APIService|PersistentVolume)$/;
  if (object.metadata.namespace !== undefined || clusterWide.test(object.kind) || release.namespace === undefined)
    return object;
  return { ...object, metadata: { ...object.metadata, namespace: release.namespace } };
}

function placed(
  object: KubernetesObject,
  resource: Resource,
  origin: PlacedObject["origin"],
  unknowns: readonly Unknown[],
): PlacedObject {
  const { name = "", namespace } = object.metadata;
  return {
    stack: resource.stack,
    address: resource.address,
    constructPath: resource.constructPath,
    label: `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    region: resource.region ?? "",
    origin,
    object,
    resource,
    unknowns,
  };
}

/** Texts of the object that still hold `${address.attribute}`. Only those of existing resources: shells write `${x}` too. */
const leftovers = ({ object, resource }: PlacedObject): readonly Unknown[] =>
  resource.mode === "resource" ? leftoversIn(object) : [];

const leftoversIn = perObject((object: KubernetesObject): readonly Unknown[] => {
  const found: Unknown[] = [];
  const visit = (value: Json | undefined, path: string): void => {
    if (typeof value === "string") {
      if (!value.includes("${")) return;
      const match = /\$\{((?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]*\.[\w-]+[^}]*|unresolved)\}/.exec(value);
      if (match) found.push({ path, reason: `\${${match[1] ?? ""}} is known after deployment` });
    } else if (Array.isArray(value))
      (value as readonly Json[]).forEach((entry, index) => visit(entry, `${path}.${index}`));
    else if (isObject(value))
      for (const [key, entry] of Object.entries(value)) visit(entry, path === "" ? key : `${path}.${key}`);
  };
  if (hasReferences(object)) visit(object, "");
  return found;
});
