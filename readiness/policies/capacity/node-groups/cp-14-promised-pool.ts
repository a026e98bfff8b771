import { label } from "../../../../contract";
import type { Commitment } from "../../../../catalog/claims/commitments";
import type { Platform } from "../../../inventory/platform";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { change, each, remove, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";
import { undecided } from "../../../policy-terms/required-value";
import { asPromised, type Found, platformPromises } from "../../../policy-terms/promised";
import { poolsOf, total, type NodePool } from "../../../policy-terms/pools";
import { nodeGroups, onDemandGroups, spotGroups } from "../../../policy-terms/targets";

const POOL = "general";
const promises = (platform: Platform): readonly Commitment[] => platformPromises(platform, `pools.${POOL}`);

const undecidedIn = (groups: readonly NodeGroup[], fragment: string): string | undefined =>
  groups.map((group) => undecided(group, fragment)).find((reason) => reason !== undefined);

const figures = (pool: NodePool, field: string): Record<string, Found> => ({
  [`pools.${POOL}.min`]: {
    value: total(pool.groups, "min"),
    field: `${field}.onDemand.min`,
    undecided: undecidedIn(pool.groups, "min_size"),
  },
  [`pools.${POOL}.max`]: {
    value: total(pool.groups, "max"),
    field: `${field}.onDemand.max`,
    undecided: undecidedIn(pool.groups, "max_size"),
  },
  [`pools.${POOL}.instanceType`]: {
    value: [...new Set(pool.onDemand.flatMap(({ instanceTypes }) => instanceTypes))].sort().join(", "),
    field: `${field}.onDemand.instanceTypes`,
    undecided: undecidedIn(pool.onDemand, "instance_types"),
  },
});

export default policy({
  id: "CP-14",
  severity: "error",
  title: "The general node pool has its committed size and instance type",
  because:
    "the report's figures of cost and capacity are those of this pool; another one makes them untrue without a word",
  remedy:
    "set onDemand and spot of the general pool so that their sums are the promised fewest and most nodes, on the promised type",
  proves: ["CA-01"],
  subjects: (platform) => (promises(platform).length > 0 ? platform.clusters : []),
  check: (cluster, platform) => {
    const role = platform.stacks.find(({ name }) => name === cluster.stack)?.role ?? "primary";
    const field = `regions.${role}.pools.${POOL}`;
    const pool = poolsOf(platform).find((candidate) => candidate.cluster === cluster && candidate.name === POOL);
    if (pool) return asPromised(promises(platform), figures(pool, field));
    return fail({
      expected: `${promises(platform).map(({ claim }) => claim)[0] ?? ""} promises a pool ${POOL} in ${cluster.region ?? "each region"}`,
      actual: "there is none",
      field,
    });
  },
  mutants: [
    change(
      "two nodes at night",
      {
        ...onDemandGroups,
        where: (block) => block["capacity_type"] !== "SPOT" && /a-$/.test(String(block["node_group_name_prefix"])),
      },
      set("scaling_config.min_size", 0),
    ),
    change("fifteen Spot nodes", spotGroups, set("scaling_config.max_size", 5)),
    change("a larger type", onDemandGroups, set("instance_types", ["t3.large"])),
    change("a second type", onDemandGroups, set("instance_types", ["t3.medium", "t3a.medium"])),
    change("a pool of another name", nodeGroups, set(["labels", label.pool], "common")),
    remove("no nodes at all", nodeGroups),
  ],
  boundary: {
    holds: change("one node more on demand in each zone, three less on Spot", nodeGroups, (block) => {
      const spot = block["capacity_type"] === "SPOT";
      const first = /a-$/.test(String(block["node_group_name_prefix"]));
      each(set("scaling_config.max_size", spot ? (first ? 1 : 0) : 3))(block);
    }),
    breaks: change("one node less", spotGroups, set("scaling_config.max_size", 1)),
  },
});
