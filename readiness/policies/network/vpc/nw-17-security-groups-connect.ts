import type { Platform } from "../../../inventory/platform";
import type { LoadBalancer, TargetGroup } from "../../../inventory/facts/aws/load-balancers";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import { equals, holds } from "../../../policy/comparison";
import { add, change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { admits, ANYWHERE, groupsOf, nodeSecurityGroups } from "../../../policy-terms/security-groups";
import { publicBalancers } from "../_routing";

const cidrOf = (subnet: { text(path: string): string | undefined }): string =>
  subnet.text("cidr_block") ?? "a network that is not known";

/** Ports of pods that the load balancer sends requests and health checks to. */
function targetPorts(groups: readonly TargetGroup[]): readonly number[] {
  const checked = groups.flatMap(({ healthCheck }) => Number(healthCheck.port)).filter((port) => !Number.isNaN(port));
  return [...new Set([...groups.flatMap(({ port }) => port ?? []), ...checked])].sort((a, b) => a - b);
}

/** One verdict for all ports that a way is closed on, not one each. */
function opened(closed: readonly number[], from: string, to: string, rule: string): Verdict {
  return closed.length === 0
    ? pass(`${from} reaches ${to}`)
    : fail({
        expected: `${from} reaches ${to} on ${closed.join(", ")}/TCP`,
        actual: `no ${rule} admits it`,
        message: `${from} does not reach ${to} on ${closed.join(", ")}/TCP: no ${rule} admits it, and every request there ends in a timeout`,
      });
}

function toNodes(balancer: LoadBalancer, nodes: NodeGroup, ports: readonly number[], platform: Platform): Verdict[] {
  const own = groupsOf(balancer.securityGroups, platform);
  const theirs = nodeSecurityGroups(nodes, platform);
  const pods = nodes.subnets.map(cidrOf);
  const outward = ports.filter((port) =>
    pods.some((cidr) => !admits(own, "egress", port, { cidr }, ...theirs.map(({ resource: group }) => ({ group })))),
  );
  const inward = ports.filter((port) =>
    balancer.subnets
      .map(cidrOf)
      .some((cidr) => !admits(theirs, "ingress", port, { cidr }, ...own.map(({ resource: group }) => ({ group })))),
  );
  return [
    opened(outward, balancer.label, `pods of ${nodes.label}`, "egress rule of its security groups"),
    opened(inward, balancer.label, `pods of ${nodes.label}`, "ingress rule of the nodes' security groups"),
  ];
}

const inSecondary =
  (where: (block: { [key: string]: unknown }) => boolean) => (block: object, _: string, stack: string) =>
    stack.endsWith("eu-west-1") && where({ ...block });
const ingress = "aws_vpc_security_group_ingress_rule";
const egress = "aws_vpc_security_group_egress_rule";
const fromInternet = (port: number) =>
  resource(ingress, (block, _, stack) => stack.startsWith("ingress-") && block["from_port"] === port);
const toPods = resource(egress, (_, __, stack) => stack.startsWith("ingress-"));
const toNodesRules = resource(
  ingress,
  (block, _, stack) => stack.startsWith("ingress-") && "referenced_security_group_id" in block,
);

export default policy({
  id: "NW-17",
  severity: "error",
  proves: ["CA-08", "CA-24", "FL-28"],
  title: "Security groups connect customers, load balancer and pods",
  because:
    "one missing rule is a timeout for every customer, and one that admits part of the internet makes Route 53's checkers, which ask from everywhere, take the region for dead",
  remedy:
    "keep the rules of IngressLoadBalancer: 80 and 443 from everywhere, and each port of a routed component to the pods' networks and into the nodes' group",
  subjects: publicBalancers,
  check: (balancer, platform) => {
    const own = groupsOf(balancer.securityGroups, platform);
    if (own.length === 0)
      return fail({
        expected: "security groups of the stacks",
        actual: "none: the VPC's default group admits no source",
      });
    const closed = [443, 80].filter((port) => !admits(own, "ingress", port, { cidr: ANYWHERE }));
    const subnets = platform.networks.flatMap((network) => network.subnets);
    const hidden = balancer.subnets.filter(
      (subnet) => subnets.find((one) => one.resource === subnet)?.access !== "public",
    );
    const ports = targetPorts(balancer.targetGroups);
    return [
      opened(closed, "the internet", balancer.label, "ingress rule for 0.0.0.0/0"),
      equals(
        [],
        hidden.map((subnet) => subnet.address),
        "subnets of the load balancer without a route to the internet",
      ),
      ...platform.nodeGroups
        .filter(({ region }) => region === balancer.region)
        .flatMap((nodes) => toNodes(balancer, nodes, ports, platform)),
      holds(
        own.every(({ vpc }) => vpc === own[0]?.vpc),
        "security groups of one network",
        "several",
      ),
    ];
  },
  mutants: [
    remove("no source may connect", fromInternet(443)),
    remove("no plain HTTP to redirect", fromInternet(80)),
    change("one network only", fromInternet(443), set("cidr_ipv4", "203.0.113.0/24")),
    change(
      "one network only, in the secondary",
      resource(
        ingress,
        inSecondary((block) => block["from_port"] === 443),
      ),
      set("cidr_ipv4", "198.51.100.0/24"),
    ),
    change("UDP", fromInternet(443), set("ip_protocol", "udp")),
    remove("no way to the pods", toPods),
    change("one zone's pods only", toPods, set("cidr_ipv4", "10.64.0.0/18")),
    change("the port above", toPods, (block) => {
      block["from_port"] = Number(block["from_port"]) + 1;
      block["to_port"] = Number(block["to_port"]) + 1;
    }),
    remove("nodes admit no source", toNodesRules),
    change("nodes admit another group", toNodesRules, set("referenced_security_group_id", "sg-0123456789abcdef0")),
    change(
      "rules of another group, in the secondary",
      resource(
        ingress,
        inSecondary((block) => "referenced_security_group_id" in block),
      ),
      set("security_group_id", "sg-0123456789abcdef0"),
    ),
    change(
      "nodes with a group of their own",
      resource("aws_launch_template"),
      set("vpc_security_group_ids", ["${aws_security_group.other.id}"]),
    ),
    change("no group", resource("aws_lb"), set("security_groups", [])),
    change(
      "no route to the internet",
      resource("aws_route", (block) => "gateway_id" in block),
      set("destination_cidr_block", "192.0.2.0/24"),
    ),
    change("a health check of a port of its own", resource("aws_lb_target_group"), set("health_check.port", "9090")),
  ],
  boundary: {
    holds: add("rules beside those that are there", /^ingress-/, ingress, "more", {
      security_group_id: "${aws_security_group.load-balancer_security-group_80A0008E.id}",
      cidr_ipv4: "0.0.0.0/0",
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 444,
    }),
    breaks: change("half of the internet", fromInternet(443), set("cidr_ipv4", "0.0.0.0/1")),
  },
});
