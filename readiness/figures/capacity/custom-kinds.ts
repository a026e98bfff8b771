import { addOnKinds, chartKinds, type CustomKind, type KindOwner } from "../../../catalog/charts/crd-owners";
import { objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Release } from "../../inventory/facts/kubernetes/releases";

/** A CustomResourceDefinition in a region with what brings it. */
export interface OwnedKind extends CustomKind {
  readonly owner: string;
  readonly resource: Resource;
}

/** Kinds that a region's releases, add-ons and own manifests bring. */
export function ownedKinds(platform: Platform, region: string): readonly OwnedKind[] {
  return [
    ...platform.releases.filter((release) => release.region === region && !release.local).flatMap(kindsOfRelease),
    ...platform.addOns
      .filter(({ resource }) => resource.region === region)
      .flatMap(({ name, resource }) => owned(addOnKinds(name ?? ""), `add-on ${name ?? ""}`, resource)),
    ...platform.objects
      .filter(
        (placed) =>
          placed.region === region && placed.object.kind === "CustomResourceDefinition" && placed.origin !== "chart",
      )
      .map(({ object, resource, label }): OwnedKind => {
        const spec = objectOf(object["spec"]);
        return {
          name: object.metadata.name ?? "",
          group: textOf(spec["group"]) ?? "",
          kind: textOf(objectOf(spec["names"])["kind"]) ?? "",
          versions: objectsOf(spec["versions"])
            .filter((version) => version["served"] !== false)
            .map((version) => textOf(version["name"]) ?? ""),
          owner: label,
          resource,
        };
      }),
  ];
}

function kindsOfRelease(release: Release): OwnedKind[] {
  const kinds = chartKinds(release.chart ?? "");
  if (kinds === undefined || (kinds.installation === "crds-folder" && release.skipsCrds)) return [];
  const written = kinds.switch?.path.split(".").reduce<unknown>((at, key) => objectOf(at)[key], release.values);
  return (written ?? kinds.switch?.default ?? true) === true
    ? owned(kinds, `release ${release.name ?? release.address} of chart ${release.chart ?? ""}`, release.resource)
    : [];
}

const owned = (kinds: KindOwner | undefined, owner: string, resource: Resource): OwnedKind[] =>
  (kinds?.crds ?? []).map((kind) => ({ ...kind, owner, resource }));
