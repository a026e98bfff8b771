import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const groups = resource("aws_default_security_group");
const inSecondary = resource("aws_default_security_group", (_block, _id, stack) => stack.endsWith("-eu-west-1"));

const defaultGroupOf = (platform: Platform, network: Platform["networks"][number]) =>
  platform.ofType("aws_default_security_group").find((one) => one.resource("vpc_id") === network.resource);

export default policy({
  id: "NW-35",
  severity: "error",
  proves: ["CA-23"],
  title: "The default security group of each network admits nothing",
  because:
    "AWS lets its members reach each other on every port: what is made without a group of its own, by hand or by a controller, is open to all others like it",
  remedy: "keep the DefaultSecurityGroup of Network, which Terraform empties",
  equivalents: ["checkov CKV2_AWS_12", "AWS Config vpc-default-security-group-closed"],
  subjects: (platform) => platform.networks,
  check: (network, platform) => {
    const group = defaultGroupOf(platform, network);
    return group === undefined
      ? fail({ expected: "an aws_default_security_group of this network", actual: "none: AWS's own rules stay" })
      : ["ingress", "egress"].map((way) =>
          holds(!group.has(way), `no ${way}`, JSON.stringify(group.raw(way) ?? "none")),
        );
  },
  mutants: [
    remove("AWS's own rules", groups),
    remove("AWS's own rules in the secondary", inSecondary),
    change("the group of another network", groups, set("vpc_id", "vpc-0123456789abcdef0")),
    change(
      "members reach each other",
      groups,
      set("ingress", [{ protocol: "-1", self: true, from_port: 0, to_port: 0 }]),
    ),
    change(
      "members reach everything",
      groups,
      set("egress", [{ protocol: "-1", cidr_blocks: ["0.0.0.0/0"], from_port: 0, to_port: 0 }]),
    ),
  ],
  boundary: {
    holds: change("no rules, written out", groups, set("ingress", [])),
    breaks: change("one rule", groups, set("ingress", [{ protocol: "tcp", self: true, from_port: 443, to_port: 443 }])),
  },
});
