import type { ObjectItem } from "./object-item";

export interface StorageClass extends ObjectItem {
  readonly isDefault: boolean;
  readonly provisioner: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly reclaimPolicy: string;
  readonly bindingMode: string;
  readonly expandable: boolean;
}
