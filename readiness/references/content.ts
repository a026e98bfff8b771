import { perPlatform } from "../figures/per-platform";
import { isObject, objectOf, objectsOf, textOf } from "../inventory/json";
import type { PlacedObject } from "../inventory/kubernetes/object";
import type { Platform } from "../inventory/platform";

/** What makes a ConfigMap or Secret, and the keys that it will have; undefined: keys that are only known in the cluster. */
export interface Content {
  readonly from: PlacedObject;
  readonly keys: readonly string[] | undefined;
}

/** ConfigMaps that Kubernetes itself puts into every namespace. Source: Kubernetes, RootCAConfigMap publisher, read 2026-11-28. */
const everywhere: Readonly<Record<string, readonly string[]>> = { "ConfigMap kube-root-ca.crt": ["ca.crt"] };

const keyOf = (region: string, namespace: string, kind: string, name: string): string =>
  `${region} ${namespace} ${kind} ${name}`;

const contents = perPlatform((platform: Platform): ReadonlyMap<string, Content> => {
  const found = new Map<string, Content>();
  for (const placed of platform.objects) {
    const made = madeBy(placed);
    if (made === undefined) continue;
    const { kind, name, keys } = made;
    found.set(keyOf(placed.region, placed.object.metadata.namespace ?? "", kind, name), { from: placed, keys });
  }
  return found;
});

/** ConfigMaps and Secrets themselves, and objects whose controller makes one. */
function madeBy(placed: PlacedObject): { kind: string; name: string; keys: readonly string[] | undefined } | undefined {
  const { object } = placed;
  const name = object.metadata.name ?? "";
  const fields = (...names: readonly string[]): readonly string[] =>
    names.flatMap((field) => Object.keys(objectOf(object[field])));
  if (object.kind === "ConfigMap") return { kind: "ConfigMap", name, keys: fields("data", "binaryData") };
  if (object.kind === "Secret") return { kind: "Secret", name, keys: fields("data", "stringData") };
  const spec = objectOf(object["spec"]);
  // cert-manager API reference, CertificateSpec.secretName: the three keys of a TLS secret.
  if (object.kind === "Certificate" && object.apiVersion.startsWith("cert-manager.io/"))
    return { kind: "Secret", name: textOf(spec["secretName"]) ?? "", keys: ["ca.crt", "tls.crt", "tls.key"] };
  if (object.kind !== "ExternalSecret") return undefined;
  const target = objectOf(spec["target"]);
  return {
    kind: "Secret",
    name: textOf(target["name"]) ?? name,
    keys: keysOfExternal(spec, objectOf(target["template"])),
  };
}

/** A template with data decides the keys alone, unless it merges; whole secrets (`dataFrom`) have keys that only the store knows. */
function keysOfExternal(
  spec: ReturnType<typeof objectOf>,
  template: ReturnType<typeof objectOf>,
): readonly string[] | undefined {
  const read = objectsOf(spec["data"]).map((entry) => textOf(entry["secretKey"]) ?? "");
  const templated = isObject(template["data"]) ? Object.keys(template["data"]) : undefined;
  if (template["templateFrom"] !== undefined) return undefined;
  if (templated !== undefined && template["mergePolicy"] !== "Merge") return templated;
  return objectsOf(spec["dataFrom"]).length > 0 ? undefined : [...read, ...(templated ?? [])];
}

/** The ConfigMap or Secret of that name in a namespace; undefined: nothing makes it. */
export function contentOf(
  platform: Platform,
  region: string,
  namespace: string,
  kind: "ConfigMap" | "Secret",
  name: string,
): { readonly keys: readonly string[] | undefined } | undefined {
  const known = everywhere[`${kind} ${name}`];
  return known ? { keys: known } : contents(platform).get(keyOf(region, namespace, kind, name));
}
