import type { Platform } from "../../../inventory/platform";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import { atLeast, atMost, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, changeStack, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { nodeAllocatable } from "../../../policy-terms/capacity/node-room";
import { placesOf } from "../../../policy-terms/capacity/placement";
import { spotGroups } from "../../../policy-terms/targets";
import { podDiskMiB } from "../../../../models/capacity";

const RESOURCES = "k8s.io/cluster-autoscaler/node-template/resources";
const tag = (name: string) => ["tags", `${RESOURCES}/${name}`];
const autoscalerRole = resource("aws_iam_role_policy", (block) =>
  JSON.stringify(block).includes("eks:DescribeNodegroup"),
);

type Requested = "ephemeralRequestMiB" | "memoryRequestMiB" | "cpuRequestMillis";

/** Largest request among the pods that the group may be given. */
function largestRequest(group: NodeGroup, amount: Requested, platform: Platform): number {
  const pods = platform.workloads.filter(
    (workload) =>
      workload.region === group.region && placesOf(workload, platform).some((place) => place.group === group),
  );
  return Math.max(
    0,
    ...pods.map(({ containers }) => containers.reduce((sum, container) => sum + (container[amount] ?? 0), 0)),
  );
}

/** Least that a node of the group really offers. */
function least(group: NodeGroup, amount: "cpuMillis" | "memoryMiB"): number | undefined {
  const rooms = group.instanceTypes.map((type) => nodeAllocatable(group, type)?.[amount]);
  return rooms.some((room) => room === undefined) ? undefined : Math.min(...rooms.map((room) => room ?? 0));
}

function seen(group: NodeGroup, platform: Platform): Verdict[] {
  const written = (name: string): string | undefined => group.tags[`${RESOURCES}/${name}`];
  const diskMiB = memoryMiB(written("ephemeral-storage"));
  const sizes = (group.launchTemplate?.volumes ?? []).flatMap(({ sizeGiB }) => sizeGiB ?? []);
  if (diskMiB === undefined)
    return [
      fail({
        expected: `the tag ${RESOURCES}/ephemeral-storage: the autoscaler knows no disk of a node that does not exist yet`,
        actual: written("ephemeral-storage") ?? "none",
      }),
    ];
  return [
    atLeast(
      largestRequest(group, "ephemeralRequestMiB", platform),
      diskMiB,
      "MiB of disk that the autoscaler sees, against the largest pod",
    ),
    atMost(
      sizes.length === 0 ? undefined : podDiskMiB(Math.min(...sizes)),
      diskMiB,
      "MiB of disk that the autoscaler sees, against the nodes'",
    ),
    ...(["cpu", "memory"] as const).flatMap((name) => {
      if (written(name) === undefined) return [notApplicable(`${name}: the autoscaler takes that of the machine`)];
      const tagged = name === "cpu" ? cpuMillis(written(name)) : memoryMiB(written(name));
      const requested = largestRequest(group, name === "cpu" ? "cpuRequestMillis" : "memoryRequestMiB", platform);
      return [
        atMost(
          least(group, name === "cpu" ? "cpuMillis" : "memoryMiB"),
          tagged,
          `${name} that the autoscaler sees, against the nodes'`,
        ),
        atLeast(requested, tagged, `${name} that the autoscaler sees, against the largest pod's request`),
      ];
    }),
  ];
}

export default policy({
  id: "CP-20",
  severity: "error",
  proves: ["CA-05", "CA-06"],
  title: "The autoscaler sees what a node of an empty group would offer, and where",
  because:
    "pods that request disk fit no node of an empty group whose disk is unknown, and a group of several zones counts as its first: capacity that the peak relies on never starts",
  remedy:
    "keep the node-template tags and the one zone of each group as NodePool makes them, and eks:DescribeNodegroup in the autoscaler's role",
  subjects: (platform) => platform.nodeGroups.filter(({ min, max }) => min === undefined || min !== max),
  check: (group, platform) => [
    holds(group.zones.length === 1, `one zone of ${group.label}`, group.zones.join(", ") || "none that is known"),
    holds(
      platform.iamStatements.some(
        ({ effect, actions, resource: role }) =>
          effect === "Allow" && actions.includes("eks:DescribeNodegroup") && role.region === group.region,
      ),
      "a role that may call eks:DescribeNodegroup, which gives labels, taints and tags",
      "none",
    ),
    ...(group.min === 0 ? seen(group, platform) : []),
  ],
  mutants: [
    change("no tag for the disk", spotGroups, unset(tag("ephemeral-storage"))),
    change("less disk than a pod requests", spotGroups, set(tag("ephemeral-storage"), "64Mi")),
    change("more disk than there is", spotGroups, set(tag("ephemeral-storage"), "500Gi")),
    change("less memory than a pod requests", spotGroups, set(tag("memory"), "64Mi")),
    change("more memory than there is", spotGroups, set(tag("memory"), "64Gi")),
    change("more CPU than there is", spotGroups, set(tag("cpu"), "16")),
    changeStack("Spot groups of three zones", /^cluster-/, (terraform) => {
      const groups = Object.values(asObject(asObject(terraform["resource"])["aws_eks_node_group"])).map(asObject);
      const subnets = [...new Set(groups.flatMap(({ subnet_ids }) => (Array.isArray(subnet_ids) ? subnet_ids : [])))];
      for (const group of groups) if (group["capacity_type"] === "SPOT") group["subnet_ids"] = subnets;
    }),
    change(
      "the autoscaler may not ask for the group",
      autoscalerRole,
      update("policy.Statement.Action", (actions) =>
        Array.isArray(actions) ? actions.filter((action) => action !== "eks:DescribeNodegroup") : actions,
      ),
    ),
    change(
      "no tag for the disk in the secondary",
      resource(
        "aws_eks_node_group",
        (block, __, stack) => stack.endsWith("eu-west-1") && block["capacity_type"] === "SPOT",
      ),
      unset(tag("ephemeral-storage")),
    ),
  ],
  boundary: {
    holds: change(
      "as much disk as there is, in GiB",
      spotGroups,
      set(tag("ephemeral-storage"), `${podDiskMiB(30) / 1024}Gi`),
    ),
    breaks: change("one MiB more", spotGroups, set(tag("ephemeral-storage"), `${podDiskMiB(30) + 1}Mi`)),
  },
});
