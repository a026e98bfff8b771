import type { Item } from "../../item";
import type { KubernetesObject, PlacedObject } from "../../kubernetes/object";

/** An item that is read from a Kubernetes object; `resource` is the Terraform resource that carries it. */
export interface ObjectItem extends Item {
  readonly region: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly object: KubernetesObject;
  /** `chart`: rendered from a chart, so its construct sets values, not fields. */
  readonly origin: PlacedObject["origin"];
}
