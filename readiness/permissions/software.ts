import { type PermissionNeed, type SoftwareNeeds, softwareNeeds } from "../../catalog/permissions/needs";
import { accountKey, accountsInUse } from "./accounts";
import { perPlatform } from "../figures/per-platform";
import type { Item } from "../inventory/item";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import type { Subject } from "../inventory/subject";

/** Software of the platform that calls AWS, with the role that it has. */
export interface Software extends Subject {
  /** For example `velero in eu-west-1`. */
  readonly who: string;
  readonly region: string;
  readonly needs: readonly PermissionNeed[];
  /** Undefined: the role is not part of the platform. */
  readonly role: Resource | undefined;
  readonly kind: SoftwareNeeds["kind"] | "application";
  /** Release, add-on, node group, cluster, function or workload. */
  readonly item: Item;
}

/** A role whose software declares nothing. */
export interface Undeclared extends Subject {
  readonly undeclared: string;
}

type Found = Pick<Software, "item" | "region" | "role">;

const regionOf = (item: Item): string => item.resource.region ?? "";

/** Where software of each kind is found. */
const finders: Readonly<Record<SoftwareNeeds["kind"], (needs: SoftwareNeeds, platform: Platform) => readonly Found[]>> =
  {
    chart: ({ name, account }, platform) =>
      platform.releases.filter(({ chart }) => chart === name).flatMap((item) => byAccount(item, account, platform)),
    "add-on": ({ name, account }, platform) =>
      platform.addOns.filter((one) => one.name === name).flatMap((item) => byAccount(item, account, platform)),
    node: (_needs, platform) =>
      platform.nodeGroups.map((item) => ({
        item,
        region: regionOf(item),
        role: item.resource.resource("node_role_arn"),
      })),
    "control-plane": (_needs, platform) =>
      platform.clusters.map((item) => ({ item, region: regionOf(item), role: item.resource.resource("role_arn") })),
    "flow-log": (_needs, platform) =>
      itemsOf(platform, "aws_flow_log")
        .filter(({ resource }) => resource.has("iam_role_arn"))
        .map((item) => ({ item, region: regionOf(item), role: item.resource.resource("iam_role_arn") })),
    function: ({ name }, platform) =>
      itemsOf(platform, "aws_lambda_function")
        .filter(({ resource }) => resource.text("function_name")?.endsWith(`-${name}`))
        .map((item) => ({ item, region: regionOf(item), role: item.resource.resource("role") })),
  };

/** Pod Identity gives a role to a service account; without an association there is none to judge here. */
function byAccount(item: Item, account: SoftwareNeeds["account"], platform: Platform): readonly Found[] {
  const region = regionOf(item);
  return platform.podIdentities
    .filter(
      (one) => one.region === region && one.namespace === account?.namespace && one.serviceAccount === account?.name,
    )
    .map(({ role }) => ({ item, region, role }));
}

export const itemsOf = (platform: Platform, type: string): readonly Item[] =>
  platform.ofType(type).map((resource) => ({
    stack: resource.stack,
    address: resource.address,
    constructPath: resource.constructPath,
    label: resource.label,
    resource,
    unknowns: [],
  }));

/** Nodes of one role need the same: they count once. */
const softwareIn = perPlatform((platform: Platform): readonly Software[] => [
  ...softwareNeeds.flatMap((declared) => {
    const found = finders[declared.kind](declared, platform);
    const roles = new Set(found.map(({ role }) => role));
    const each = declared.kind === "node" ? found.filter(({ role }) => roles.delete(role)) : found;
    return each.map((one) => ({
      ...subjectOf(one.item),
      ...one,
      ...declared,
      who: `${declared.name} in ${one.region}`,
    }));
  }),
  ...applications(platform),
]);

/** Software of the platform and what it needs. */
export const softwareOf = (platform: Platform): readonly Software[] => softwareIn(platform);

/** Components that declare AWS permissions of their own and have a role for them. */
function applications(platform: Platform): readonly Software[] {
  return platform.workloads.flatMap((workload) => {
    const declared = workload.component?.awsPermissions ?? [];
    const association = platform.podIdentities.find(
      (one) =>
        one.region === workload.region &&
        one.namespace === workload.namespace &&
        one.serviceAccount === workload.pod.serviceAccount,
    );
    if (declared.length === 0 || association === undefined) return [];
    const needs = declared.map(({ actions, resources }) => ({
      actions,
      resources,
      on: "any" as const,
      otherwise: "its calls are refused",
    }));
    return [
      {
        ...subjectOf(workload),
        who: `${workload.namespace}/${workload.name} in ${workload.region}`,
        region: workload.region,
        needs,
        role: association.role,
        kind: "application" as const,
        item: workload,
      },
    ];
  });
}

/** Roles of pods and functions for which no software declares what it needs. */
export function undeclaredIn(platform: Platform): readonly Undeclared[] {
  const declared = softwareOf(platform);
  const used = accountsInUse(platform);
  const associations = platform.podIdentities
    .filter((one) => used.has(accountKey(one.region, one.namespace, one.serviceAccount)))
    .filter(({ role }) => !declared.some((one) => one.role === role))
    .map((one) => ({ ...subjectOf(one), undeclared: `${one.namespace ?? ""}/${one.serviceAccount ?? ""}` }));
  const functions = itemsOf(platform, "aws_lambda_function")
    .filter(({ resource }) => !declared.some(({ item }) => item.resource === resource))
    .map((one) => ({ ...subjectOf(one), undeclared: one.resource.text("function_name") ?? one.label }));
  return [...associations, ...functions];
}

const subjectOf = ({ stack, address, constructPath, label }: Subject): Subject => ({
  stack,
  address,
  constructPath,
  label,
});
