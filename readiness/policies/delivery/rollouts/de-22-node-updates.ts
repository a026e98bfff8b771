import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { atMost } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";

/** Largest share of a group that an update may remove at once: a third, as the loss of a zone does. */
const MOST_PERCENT = 33;

function judgeGroup({ resource: group, max }: NodeGroup): Verdict[] {
  const [nodes, percent] = [
    group.number("update_config.max_unavailable"),
    group.number("update_config.max_unavailable_percentage"),
  ];
  const largest = Math.max(1, Math.floor(((max ?? 1) * MOST_PERCENT) / 100));
  return [
    ...(percent === undefined
      ? []
      : [atMost(MOST_PERCENT, percent, "percent of the nodes that an update replaces at once")]),
    // EKS replaces one node at a time where nothing is written.
    ...(percent === undefined
      ? [
          atMost(largest, nodes ?? 1, "nodes that an update replaces at once", {
            arithmetic: `${MOST_PERCENT} % of ${max ?? 1}`,
          }),
        ]
      : []),
  ];
}

const groups = resource("aws_eks_node_group");
const update = (config: { max_unavailable?: number; max_unavailable_percentage?: number }) =>
  set("update_config", config);

export default policy({
  id: "DE-22",
  severity: "error",
  proves: ["CA-01", "CA-02"],
  title: "An update of a node group replaces at most a third of its nodes at once",
  because:
    "an update of all nodes at once evicts every pod of the pool, and the capacity figures count on two thirds of it",
  remedy: "set update_config.max_unavailable to 1",
  subjects: (platform) => platform.nodeGroups,
  check: judgeGroup,
  mutants: [
    change("all nodes at once", groups, update({ max_unavailable_percentage: 100 })),
    change("fifty nodes at once", groups, update({ max_unavailable: 50 })),
  ],
  boundary: {
    holds: change("a third", groups, update({ max_unavailable_percentage: 33 })),
    breaks: change("more than a third", groups, update({ max_unavailable_percentage: 34 })),
  },
});
