import { type SoftwareNeeds, softwareNeeds } from "../../catalog/permissions/needs";
import { cataloguedPods } from "../figures/capacity/catalogued-pods";
import { perPlatform } from "../figures/per-platform";
import type { Item } from "../inventory/item";
import { type Json, objectOf, textOf } from "../inventory/json";
import type { Platform } from "../inventory/platform";
import type { Release } from "../inventory/facts/kubernetes/releases";
import type { Subject } from "../inventory/subject";

/** Pods that call AWS, and the service account that they run with. */
export interface AwsPods extends Subject {
  readonly who: string;
  readonly region: string;
  readonly namespace: string;
  readonly account: string;
  /** What brings the pods: it has to come after the association. */
  readonly item: Item;
  /** What is lost without a role. */
  readonly otherwise: string;
}

export const accountKey = (region: string | undefined, namespace: string | undefined, account: string | undefined) =>
  `${region ?? ""} ${namespace ?? ""}/${account ?? ""}`;

/** Every pod that needs a role: those of charts and add-ons of the catalogue, and of components that declare permissions. */
export const awsPodsOf = perPlatform((platform: Platform): readonly AwsPods[] => [
  ...softwareNeeds.flatMap((declared) => podsOf(declared, platform)),
  ...platform.workloads
    .filter(({ component }) => (component?.awsPermissions.length ?? 0) > 0)
    .map((workload) => ({
      ...subjectOf(workload),
      who: `${workload.namespace}/${workload.name}`,
      region: workload.region,
      namespace: workload.namespace,
      account: workload.pod.serviceAccount ?? "default",
      item: workload,
      otherwise: "its calls of AWS are refused",
    })),
]);

function podsOf(declared: SoftwareNeeds, platform: Platform): readonly AwsPods[] {
  const { account, kind, name, needs } = declared;
  if (account === undefined) return [];
  const items: readonly (Item & Partial<Release>)[] =
    kind === "chart"
      ? platform.releases.filter(({ chart }) => chart === name)
      : platform.addOns.filter((one) => one.name === name);
  return items.map((item) => ({
    ...subjectOf(item),
    who: name,
    region: item.resource.region ?? "",
    namespace: kind === "chart" ? (item.namespace ?? account.namespace) : account.namespace,
    account: (item.values && written(item.values, declared.accountValue)) ?? account.name,
    item,
    otherwise: needs[0]?.otherwise ?? "its calls of AWS are refused",
  }));
}

const written = (values: Json | undefined, path: string | undefined): string | undefined =>
  path === undefined
    ? undefined
    : textOf(path.split(".").reduce<Json | undefined>((at, step) => objectOf(at)[step], values));

/** Service accounts that a pod of any kind runs with. */
export const accountsInUse = perPlatform((platform: Platform): ReadonlySet<string> => {
  const catalogued = cataloguedPods(platform).objects.map(({ region, object }) =>
    accountKey(
      region,
      object.metadata.namespace,
      textOf(objectOf(objectOf(objectOf(object["spec"])["template"])["spec"])["serviceAccountName"]),
    ),
  );
  return new Set([
    ...awsPodsOf(platform).map(({ region, namespace, account }) => accountKey(region, namespace, account)),
    ...platform.workloads.map(({ region, namespace, pod }) => accountKey(region, namespace, pod.serviceAccount)),
    ...catalogued,
  ]);
});

const subjectOf = ({ stack, address, constructPath, label }: Subject): Subject => ({
  stack,
  address,
  constructPath,
  label,
});
