import type { Item } from "../../item";
import type { JsonObject } from "../../json";
import type { KubernetesObject } from "../../kubernetes/object";
import type { Resource } from "../../resource";
import type { Unknown } from "../../unknown";

export interface Release extends Item {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly chart: string | undefined;
  readonly repository: string | undefined;
  readonly version: string | undefined;
  /** A chart of the project that renders the manifests in its values as they are. */
  readonly local: boolean;
  /** All values documents merged, later over earlier, then `set`. */
  readonly values: JsonObject;
  readonly valuesUnknown: Unknown | undefined;
  /** Dotted path of every leaf in `values`, sorted; a list counts as one leaf. */
  readonly setPaths: readonly string[];
  readonly dependsOn: readonly Resource[];
  readonly createsNamespace: boolean;
  readonly skipsCrds: boolean;
  readonly atomic: boolean;
  readonly manifests: readonly KubernetesObject[];
  /** Rendered objects of the chart are known. */
  readonly rendered: boolean;
}
