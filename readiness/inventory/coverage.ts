import { resourceType } from "../../catalog/resource-types";
import type { Coverage, OpaquePart } from "./platform";
import type { State } from "./state";
import type { Release } from "./facts/kubernetes/releases";
import { kindOf } from "./kubernetes/kinds";

export function coverageOf(state: State, releases: readonly Release[]): Coverage {
  const opaque = new Map<string, { kind: OpaquePart["kind"]; name: string; addresses: string[] }>();
  const add = (kind: OpaquePart["kind"], name: string, address: string): void => {
    const part = opaque.get(`${kind} ${name}`) ?? { kind, name, addresses: [] };
    part.addresses.push(address);
    opaque.set(`${kind} ${name}`, part);
  };
  const unrendered = new Set(
    releases
      .filter((release) => !release.rendered)
      .map((release) => {
        add(
          "chart",
          `${release.chart ?? "unknown chart"} ${release.version ?? ""}`.trim(),
          `${release.stack}/${release.address}`,
        );
        return release.resource;
      }),
  );
  let judged = 0;
  for (const resource of state.resources) {
    const type = resource.mode === "data" ? `data.${resource.type}` : resource.type;
    if (
      resource.type === "helm_release"
        ? !unrendered.has(resource)
        : resourceType(resource.type)?.read === true ||
          kindOf(resource.type) !== undefined ||
          resource.type === "kubernetes_manifest"
    )
      judged += 1;
    else if (resource.type !== "helm_release") add("resource type", type, `${resource.stack}/${resource.address}`);
  }
  return {
    resources: state.resources.length,
    judged,
    opaque: [...opaque.values()]
      .sort((left, right) => (`${left.kind} ${left.name}` < `${right.kind} ${right.name}` ? -1 : 1))
      .map((part) => ({ ...part, addresses: part.addresses.sort() })),
  };
}
