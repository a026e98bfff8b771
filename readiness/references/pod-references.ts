import { type Json, type JsonObject, objectOf, objectsOf, textOf } from "../inventory/json";
import type { Workload } from "../inventory/facts/kubernetes/workload-graph";

/** A ConfigMap or Secret that a pod reads. */
export interface ContentReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** Keys that are read by name; empty: all of them. */
  readonly keys: readonly string[];
  /** Where the pod names it, for example `env DB_URL of container api`. */
  readonly where: string;
}

const reference = (
  kind: ContentReference["kind"],
  source: JsonObject,
  name: Json | undefined,
  keys: readonly (string | undefined)[],
  where: string,
): readonly ContentReference[] =>
  source["optional"] === true || textOf(name) === undefined
    ? []
    : [{ kind, name: textOf(name) ?? "", keys: keys.filter((key) => key !== undefined), where }];

/** Every ConfigMap and Secret without which a pod of the workload does not start. */
export function contentReferences({ pod }: Workload): readonly ContentReference[] {
  const { spec } = pod;
  const containers = [...objectsOf(spec["initContainers"]), ...objectsOf(spec["containers"])];
  return [
    ...containers.flatMap(ofContainer),
    ...objectsOf(spec["volumes"]).flatMap(ofVolume),
    ...objectsOf(spec["imagePullSecrets"]).flatMap((entry) =>
      reference("Secret", entry, entry["name"], [], "imagePullSecrets"),
    ),
  ];
}

function ofContainer(container: JsonObject): readonly ContentReference[] {
  const of = `container ${textOf(container["name"]) ?? ""}`;
  const variables = objectsOf(container["env"]).flatMap((entry) => {
    const from = objectOf(entry["valueFrom"]);
    const where = `variable ${textOf(entry["name"]) ?? ""} of ${of}`;
    const [map, secret] = [objectOf(from["configMapKeyRef"]), objectOf(from["secretKeyRef"])];
    return [
      ...reference("ConfigMap", map, map["name"], [textOf(map["key"])], where),
      ...reference("Secret", secret, secret["name"], [textOf(secret["key"])], where),
    ];
  });
  const whole = objectsOf(container["envFrom"]).flatMap((entry) => {
    const [map, secret] = [objectOf(entry["configMapRef"]), objectOf(entry["secretRef"])];
    return [
      ...reference("ConfigMap", map, map["name"], [], `envFrom of ${of}`),
      ...reference("Secret", secret, secret["name"], [], `envFrom of ${of}`),
    ];
  });
  return [...variables, ...whole];
}

const itemKeys = (source: JsonObject): (string | undefined)[] =>
  objectsOf(source["items"]).map((item) => textOf(item["key"]));

function ofVolume(volume: JsonObject): readonly ContentReference[] {
  const where = `volume ${textOf(volume["name"]) ?? ""}`;
  const [map, secret] = [objectOf(volume["configMap"]), objectOf(volume["secret"])];
  const csi = objectOf(objectOf(volume["csi"])["nodePublishSecretRef"]);
  const projected = objectsOf(objectOf(volume["projected"])["sources"]).flatMap((source) => {
    const [ownMap, ownSecret] = [objectOf(source["configMap"]), objectOf(source["secret"])];
    return [
      ...reference("ConfigMap", ownMap, ownMap["name"], itemKeys(ownMap), where),
      ...reference("Secret", ownSecret, ownSecret["name"], itemKeys(ownSecret), where),
    ];
  });
  return [
    ...reference("ConfigMap", map, map["name"], itemKeys(map), where),
    ...reference("Secret", secret, secret["secretName"], itemKeys(secret), where),
    ...reference("Secret", csi, csi["name"], [], where),
    ...projected,
  ];
}
