import { instanceTypes } from "../../../catalog/instance-types";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";

export type Purchase = "onDemand" | "spot";

/** vCPUs that the node groups of a cluster may start at the same time. */
export interface VcpuDemand {
  readonly purchase: Purchase;
  readonly vcpus: number;
  readonly arithmetic: string;
  /** Groups whose size, or whose types, are not known; sorted. */
  readonly unknown: readonly string[];
}

/** Families that share the two quotas of standard instances. Source: Amazon EC2 user guide, "EC2 instance type quotas", read 2026-11-21. */
const standardFamily = /^[acdhimrtz]\d/;

/**
 * Nodes that EKS starts beside a group's maximum while it replaces the nodes: up to two a zone, or the nodes replaced at a time.
 * Source: Amazon EKS user guide, managed-node-update-behavior, "Scale up phase", read 2026-11-21.
 */
const surgeOf = ({ zones, resource }: NodeGroup): number =>
  Math.max(2 * zones.length, resource.number("update_config.max_unavailable") ?? 1);

/** Every group at its maximum, all of them being updated: one apply changes the launch template of all. */
export function vcpuDemand({ nodeGroups }: Cluster, purchase: Purchase): VcpuDemand {
  const groups = nodeGroups.filter(({ capacityType }) => (capacityType === "SPOT") === (purchase === "spot"));
  const parts = groups.map((group) => {
    const name = group.name ?? group.address;
    const types = group.instanceTypes.map((type) => instanceTypes().get(type));
    // The autoscaling group may choose any of its types.
    const largest = Math.max(0, ...types.map((type) => type?.vcpu ?? 0));
    const foreign = group.instanceTypes.filter((type) => !instanceTypes().has(type) || !standardFamily.test(type));
    const missing =
      group.max === undefined
        ? [`${name}: its maximum is only known after deployment`]
        : foreign.length > 0 || types.length === 0
          ? [
              `${name}: ${foreign.sort().join(", ") || "no instance type"} is not in the catalogue, or counts against another quota`,
            ]
          : [];
    const nodes = (group.max ?? 0) === 0 ? 0 : (group.max ?? 0) + surgeOf(group);
    return {
      missing,
      vcpus: nodes * largest,
      arithmetic:
        nodes === 0 ? undefined : `${name} (${group.max} + ${surgeOf(group)} while nodes are replaced) × ${largest}`,
    };
  });
  const vcpus = parts.reduce((sum, part) => sum + part.vcpus, 0);
  return {
    purchase,
    vcpus,
    arithmetic: parts.flatMap(({ arithmetic }) => arithmetic ?? []).join(" + ") || "no nodes",
    unknown: parts.flatMap(({ missing }) => missing).sort(),
  };
}
