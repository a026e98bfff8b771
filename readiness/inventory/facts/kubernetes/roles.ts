import type { ObjectItem } from "./object-item";

export interface Role extends ObjectItem {
  readonly clusterWide: boolean;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames: readonly string[];
    readonly nonResourceUrls: readonly string[];
    readonly verbs: readonly string[];
  }[];
}
