import { platformCharts } from "../../catalog/charts";
import { type Json, isObject, objectOf, textOf } from "../inventory/json";
import type { PlacedObject } from "../inventory/kubernetes/object";
import type { Platform } from "../inventory/platform";
import type { Release } from "../inventory/facts/kubernetes/releases";
import type { Resource } from "../inventory/resource";

/** Name of the Secret that an ExternalSecret writes. */
export const secretOf = ({ object }: PlacedObject): string =>
  textOf(objectOf(objectOf(object["spec"])["target"])["name"]) ?? object.metadata.name ?? "";

/** One place that names a Secret, and whether a pod starts without it. */
export interface SecretUse {
  /** Resource of Terraform that brings the place. */
  readonly carrier: Resource;
  readonly where: string;
  readonly optional: boolean;
}

type Place = Pick<SecretUse, "carrier" | "where">;

/** Volumes, projected sources, variables and authentications that name the Secret, at any depth. */
function usesWithin(value: Json | undefined, secret: string, place: Place): SecretUse[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => usesWithin(one, secret, place));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const block = objectOf(entry);
    const named =
      (key === "secret" && (block["secretName"] === secret || block["name"] === secret)) ||
      ((key === "secretKeyRef" || key === "secretRef") && block["name"] === secret);
    const references = key === "secretTargetRef" && JSON.stringify(entry).includes(JSON.stringify(secret));
    return [
      ...(named || references ? [{ ...place, optional: block["optional"] === true }] : []),
      ...usesWithin(entry, secret, place),
    ];
  });
}

/** Values that the chart hands to its pods as required Secrets, by name or as a list of names. */
function usesOfChart({ chart, values, label, resource }: Release, secret: string): SecretUse[] {
  const paths = platformCharts.find((one) => one.chart === chart)?.requiredSecrets ?? [];
  return paths
    .filter((path) => {
      const value = path.split(".").reduce<Json | undefined>((at, step) => objectOf(at)[step], values);
      return value === secret || (Array.isArray(value) && value.includes(secret));
    })
    .map((path) => ({ carrier: resource, where: `${label}, value ${path},`, optional: false }));
}

/** Objects and charts of its namespace that read the Secret of an ExternalSecret. */
export function usesOf(external: PlacedObject, platform: Platform): readonly SecretUse[] {
  const { namespace } = external.object.metadata;
  const secret = secretOf(external);
  const inNamespace = platform.objects.filter(
    ({ region, object }) =>
      region === external.region && object.metadata.namespace === namespace && object.kind !== "ExternalSecret",
  );
  const releases = platform.releases.filter(
    (release) => release.region === external.region && release.namespace === namespace && !release.local,
  );
  return [
    ...inNamespace.flatMap(({ object, label, resource }) =>
      usesWithin(object["spec"], secret, { where: label, carrier: resource }),
    ),
    ...releases.flatMap((release) => [
      ...usesWithin(release.values, secret, { where: release.label, carrier: release.resource }),
      ...usesOfChart(release, secret),
    ]),
  ];
}
