import type { Kind } from "./kind";
import { access } from "./kinds-of-access";
import { admission } from "./kinds-of-admission";
import { namespaces } from "./kinds-of-namespaces";
import { network } from "./kinds-of-network";
import { scheduling } from "./kinds-of-scheduling";
import { storage } from "./kinds-of-storage";
import { workloads } from "./kinds-of-workloads";

/** Every kind that can be converted, by its resource type without `kubernetes_` and `_v1`. A new one belongs into the file of its subject. */
const kinds: Readonly<Record<string, Kind>> = {
  ...workloads,
  ...namespaces,
  ...network,
  ...storage,
  ...scheduling,
  ...access,
  ...admission,
};

/** The kind that a resource type stands for; types with and without the suffix `_v1` have the same arguments. */
export function kindOf(resourceType: string): Kind | undefined {
  const name = resourceType.replace(/^kubernetes_/, "");
  return resourceType.startsWith("kubernetes_") ? kinds[name.replace(/_v1$/, "")] : undefined;
}

/** Every resource type that can be converted, sorted. */
export const convertibleTypes: readonly string[] = Object.keys(kinds)
  .map((name) => `kubernetes_${/_v\d$/.test(name) ? name : `${name}_v1`}`)
  .sort();
