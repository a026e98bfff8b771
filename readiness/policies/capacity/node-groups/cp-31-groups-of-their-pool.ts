import { label } from "../../../../contract";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { atLeast, atMost, equals, holds } from "../../../policy/comparison";
import { change, type JsonObject, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

/** Labels that pods choose a pool by. */
const { pool: POOL, capacity: CAPACITY } = label;

/** What nodes start with: the template's kubelet, disk and tags belong to one pool and capacity type. */
function judgeTemplate({ resource: group, launchTemplate }: NodeGroup, pool: string): Verdict[] {
  const template = launchTemplate?.resource;
  if (template === undefined)
    return [
      fail({ expected: "a launch template of the platform", actual: group.expanded("launch_template.id") ?? "none" }),
    ];
  return [
    holds(
      template.expanded("name")?.endsWith(`-${pool}`) === true,
      `the launch template of ${pool}`,
      template.expanded("name") ?? template.address,
    ),
    holds(
      group.resource("launch_template.version") === template,
      "a version of the same template",
      group.expanded("launch_template.version") ?? "none",
    ),
    equals(group.region, template.region, "region of its launch template"),
  ];
}

const groups = resource("aws_eks_node_group");
const inSecondary = resource("aws_eks_node_group", (_block, _id, stack) => stack.endsWith("-eu-west-1"));
const spot = resource("aws_eks_node_group", (block) => block["capacity_type"] === "SPOT");
const kind = (from: string, to: string) => (block: JsonObject) =>
  set(
    "launch_template",
    JSON.parse(JSON.stringify(block["launch_template"]).replaceAll(from, to)) as JsonObject,
  )(block);
const sized = (name: string, value: number) => set(`scaling_config.${name}`, value);

export default policy({
  id: "CP-31",
  severity: "error",
  proves: ["CA-08", "FL-25"],
  title: "Each node group starts nodes of its own pool, in its own zone, within its size",
  because:
    "nodes of another pool's template have its disk and reserved memory, so less fits than was computed, and the autoscaler is promised what does not come",
  remedy: "make node groups with NodePool, which names template, labels and zone from one pool",
  subjects: (platform) => platform.nodeGroups,
  check: (group): readonly Verdict[] => {
    const { labels, zones, resource: written, min, max, desired } = group;
    const pool = `${labels[POOL] ?? ""}-${labels[CAPACITY] ?? ""}`;
    return [
      equals(
        `${[pool, ...zones].join("-")}-`,
        written.expanded("node_group_name_prefix"),
        "prefix of its name, against its labels and the zone of its subnet",
      ),
      equals(
        group.capacityType === "SPOT" ? "spot" : "on-demand",
        labels[CAPACITY],
        `label ${CAPACITY}, against its capacity type`,
      ),
      ...judgeTemplate(group, pool),
      atLeast(min, desired ?? min, "nodes at the first deployment"),
      atMost(max, desired ?? min, "nodes at the first deployment"),
    ];
  },
  mutants: [
    change("the template of another capacity type", spot, kind("spot", "on-demand")),
    change("another template, in the secondary", inSecondary, kind("_on-demand-template", "_spot-template")),
    change("a template by id", groups, set("launch_template.id", "lt-0123456789abcdef0")),
    change("a version by number", groups, set("launch_template.version", "3")),
    change("the label of another pool", groups, set(["labels", POOL], "other")),
    change("spot nodes that call themselves on-demand", spot, set(["labels", CAPACITY], "on-demand")),
    change(
      "a name of another zone, in the secondary",
      inSecondary,
      set("node_group_name_prefix", "general-on-demand-eu-west-1z-"),
    ),
    change("more at first than at most", groups, sized("desired_size", 1000)),
  ],
  boundary: {
    holds: change("as many as at most", groups, (block) => {
      sized("max_size", 9)(block);
      sized("desired_size", 9)(block);
    }),
    breaks: change("one more", groups, (block) => {
      sized("max_size", 9)(block);
      sized("desired_size", 10)(block);
    }),
  },
});
