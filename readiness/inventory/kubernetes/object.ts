import type { Json, JsonObject } from "../json";
import type { Unknown } from "../unknown";
import type { Resource } from "../resource";
import type { Subject } from "../subject";

/** A Kubernetes object exactly as the API server takes it. */
export interface KubernetesObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta extends JsonObject {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A Kubernetes object with the cluster it goes to and the Terraform resource that brings it there. */
export interface PlacedObject extends Subject {
  readonly region: string;
  /** `typed`: a kubernetes_* resource; `manifest`: in the values of a local chart; `chart`: rendered by a published chart. */
  readonly origin: "typed" | "manifest" | "chart";
  readonly object: KubernetesObject;
  readonly resource: Resource;
  /** Values in the object that are only known after deployment; there the object holds `${address.attribute}`. */
  readonly unknowns: readonly Unknown[];
}

export type { Json };
