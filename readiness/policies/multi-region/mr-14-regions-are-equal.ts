import { stackPairs } from "../../figures/parity/regional-parity";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass } from "../../policy/verdict";

const inRegion = (region: string) => (type: string) => resource(type, (_, __, stack) => stack.endsWith(region));
const secondary = inRegion("eu-west-1");
const primary = inRegion("us-east-1");

export default policy({
  id: "MR-14",
  severity: "error",
  proves: ["CA-07", "CA-09", "FL-28"],
  title: "Stacks of both regions are equal but for declared differences",
  because: "a setting that only one region has fails there alone: in the standby it is found at the failover",
  remedy:
    "set both regions from the same application and environment, or declare the difference in catalog/regional-differences.json with its reason",
  subjects: (platform) =>
    stackPairs(platform).map((pair) => {
      const stack = (pair.secondary ?? pair.primary)?.name ?? "";
      return { ...pair, stack, address: stack, constructPath: stack, label: `Stack ${stack}` };
    }),
  check: ({ primary: one, secondary: other, differences, compared }) => {
    if (!one || !other)
      return fail({
        expected: "a stack in each region",
        actual: `only ${(one ?? other)?.name ?? "none"} exists`,
      });
    if (differences.length === 0) return pass(`${compared} resources are equal in ${one.name} and ${other.name}`);
    return differences.map((difference) =>
      fail({
        expected: `as in ${one.name}: ${difference.primary}`,
        actual: `${difference.address} in ${other.name}: ${difference.secondary}`,
        place: { constructPath: difference.constructPath, field: "" },
      }),
    );
  },
  mutants: [
    change(
      "another health check path in the secondary",
      secondary("aws_lb_target_group"),
      set("health_check.path", "/nope"),
    ),
    change(
      "another health check path in the primary",
      primary("aws_lb_target_group"),
      set("health_check.path", "/nope"),
    ),
    remove("no route table association in the secondary", secondary("aws_route_table_association")),
    change(
      "no private endpoint in the secondary",
      secondary("aws_eks_cluster"),
      set("vpc_config.endpoint_private_access", false),
    ),
    change("a role of another trust", secondary("aws_iam_role"), set("max_session_duration", 7200)),
  ],
  boundary: {
    holds: change("a larger pool in the secondary", secondary("aws_eks_node_group"), set("scaling_config.max_size", 9)),
    breaks: change(
      "another disk class",
      secondary("aws_launch_template"),
      set("block_device_mappings.0.ebs.iops", 4000),
    ),
  },
});
