import { numberOf, objectOf, textOf } from "../../readiness/inventory/json";
import type { DeployedStack } from "../stack-folder";
import { importCommands } from "./account-checks";
import type { Check } from "./check";

const bodiesOf = ({ terraform }: DeployedStack, type: string) =>
  Object.entries(objectOf(objectOf(terraform["resource"])[type]));

/**
 * The control plane and functions of a destroyed environment write their last lines after Terraform has deleted the log
 * group, and AWS makes it anew: no deny on the cluster's role prevents it (terraform-aws-eks issues 2446 and 2763).
 */
export const logGroupsFree: Check = {
  id: "log-groups",
  title: "No log group of a destroyed environment is in the way of a new one",
  stage: "clusters",
  notEmulated: "an emulated control plane writes no log",
  run: async ({ account, stacks, deployed }) => {
    const due = stacks.filter(({ name }) => !deployed.has(name));
    const regions = [...new Set(due.map(({ region }) => region))];
    const gaps = regions.map(async (region) => {
      const wanted = due
        .filter((stack) => stack.region === region)
        .flatMap((stack) =>
          bodiesOf(stack, "aws_cloudwatch_log_group").flatMap(([id, body]) => {
            const group = textOf(objectOf(body)["name"]);
            return group === undefined || group.includes("${")
              ? []
              : [{ group, address: `${stack.name}/aws_cloudwatch_log_group.${id}` }];
          }),
        );
      if (wanted.length === 0) return [];
      const there = new Set(await account.logGroups(region));
      return wanted
        .filter(({ group }) => there.has(group))
        .map(({ group, address }) => ({
          what: `log group ${group} in ${region}`,
          found: "it exists and is in no state",
          expected: "none, or the one in the state: AWS refuses a second one of its name",
          supply: [
            "adopt it with its lines:",
            ...importCommands(address, group),
            `or delete it: aws logs delete-log-group --region ${region} --log-group-name ${group}`,
          ],
        }));
    });
    return (await Promise.all(gaps)).flat();
  },
};

interface NodeGroup {
  readonly cluster: string;
  readonly name: string;
}

/** Names that EKS gave the node groups of a stack, by the name of their resource. */
function nodeGroupsIn(state: string | undefined): ReadonlyMap<string, NodeGroup> {
  const resources = (JSON.parse(state ?? "{}") as { resources?: readonly unknown[] }).resources ?? [];
  return new Map(
    resources.map(objectOf).flatMap(({ type, name, instances }): [string, NodeGroup][] => {
      const attributes = objectOf(objectOf(Array.isArray(instances) ? instances[0] : undefined)["attributes"]);
      const [cluster, group] = [textOf(attributes["cluster_name"]), textOf(attributes["node_group_name"])];
      return type === "aws_eks_node_group" && cluster !== undefined && group !== undefined
        ? [[textOf(name) ?? "", { cluster, name: group }]]
        : [];
    }),
  );
}

/**
 * The autoscaler owns the desired size, so Terraform sends the one that it finds. EKS refuses a minimum above it
 * (terraform-aws-eks issue 3306): whoever raises the minimum raises the size first.
 */
export const sizesReachMinimum: Check = {
  id: "node-groups",
  title: "Each node group has at least as many nodes as its new minimum",
  stage: "clusters",
  notEmulated: "an emulated node group has no size of its own",
  run: async ({ account, stacks, deployed, stateOf }) => {
    const clusters = stacks.filter(({ layer, name }) => layer === "cluster" && deployed.has(name));
    const gaps = clusters.map(async (stack) => {
      const groups = nodeGroupsIn(await stateOf(stack));
      const found = bodiesOf(stack, "aws_eks_node_group").map(async ([id, body]) => {
        const group = groups.get(id);
        const size = objectOf(objectOf(body)["scaling_config"]);
        const [min, max] = [numberOf(size["min_size"]), numberOf(size["max_size"])];
        if (group === undefined || min === undefined || max === undefined) return [];
        const desired = await account.desiredNodes(stack.region, group.cluster, group.name);
        if (desired === undefined || desired >= min) return [];
        return [
          {
            what: `node group ${group.name} of ${group.cluster}`,
            found: `${desired} nodes desired, below the new minimum of ${min}`,
            expected: `at least ${min}: EKS refuses a minimum above the desired size, which Terraform leaves to the autoscaler`,
            supply: [
              `aws eks update-nodegroup-config --region ${stack.region} --cluster-name ${group.cluster} --nodegroup-name ${group.name} --scaling-config minSize=${min},maxSize=${max},desiredSize=${min}`,
            ],
          },
        ];
      });
      return (await Promise.all(found)).flat();
    });
    return (await Promise.all(gaps)).flat();
  },
};
