import { label } from "../../contract";
import type { Platform } from "../inventory/platform";
import type { Subject } from "../inventory/subject";
import type { Cluster } from "../inventory/facts/aws/clusters";
import type { NodeGroup } from "../inventory/facts/aws/node-groups";

const POOL_LABEL = label.pool;

/** Node groups of one cluster that carry one pool label: what the configuration calls a pool. */
export interface NodePool extends Subject {
  readonly name: string;
  readonly region: string | undefined;
  readonly cluster: Cluster;
  readonly groups: readonly NodeGroup[];
  readonly onDemand: readonly NodeGroup[];
  readonly spot: readonly NodeGroup[];
}

/** Pools of every cluster; groups without the label are a pool of their own, so that none is left out. */
export function poolsOf(platform: Platform): readonly NodePool[] {
  return platform.clusters.flatMap((cluster) => {
    const names = [...new Set(cluster.nodeGroups.map(poolName))].sort();
    return names.map((name) => poolIn(cluster, name));
  });
}

const poolName = (group: NodeGroup): string => group.labels[POOL_LABEL] ?? group.name ?? group.address;

function poolIn(cluster: Cluster, name: string): NodePool {
  const groups = cluster.nodeGroups.filter((group) => poolName(group) === name);
  const [first] = groups;
  return {
    stack: (first ?? cluster).stack,
    address: (first ?? cluster).address,
    constructPath: (first ?? cluster).constructPath,
    label: `pool ${name} in ${cluster.region ?? "a region that is not known"}`,
    name,
    region: cluster.region,
    cluster,
    groups,
    onDemand: groups.filter(({ capacityType }) => capacityType !== "SPOT"),
    spot: groups.filter(({ capacityType }) => capacityType === "SPOT"),
  };
}

/** Sum of a size over groups; undefined where one of them is not known. */
export function total(groups: readonly NodeGroup[], size: "min" | "max"): number | undefined {
  return groups.reduce<number | undefined>((sum, group) => {
    const own = group[size];
    return sum === undefined || own === undefined ? undefined : sum + own;
  }, 0);
}
