import type { KubernetesObject, PlacedObject } from "../../kubernetes/object";
import { perObject } from "../../references";
import { textMapOf, textOf } from "../../json";
import type { ObjectItem } from "../../facts/kubernetes/object-item";

export function objectItem(placed: PlacedObject): ObjectItem {
  return {
    stack: placed.stack,
    address: placed.address,
    constructPath: placed.constructPath,
    label: placed.label,
    resource: placed.resource,
    unknowns: placed.unknowns,
    region: placed.region,
    origin: placed.origin,
    object: placed.object,
    ...identityOf(placed.object),
  };
}

const identityOf = perObject(({ metadata }: KubernetesObject) => ({
  namespace: textOf(metadata.namespace) ?? "",
  name: textOf(metadata.name) ?? "",
  labels: textMapOf(metadata.labels),
  annotations: textMapOf(metadata.annotations),
}));

/** Objects are in the same place if they meet in one cluster and namespace. */
export function together(left: ObjectItem, right: ObjectItem): boolean {
  return left.region === right.region && left.namespace === right.namespace;
}
