import { equals, holds } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { itemsOf } from "../../../permissions/software";
import type { Item } from "../../../inventory/item";
import type { Platform } from "../../../inventory/platform";
import type { Network } from "../../../inventory/facts/aws/networks";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";

const templates = resource("aws_launch_template");
const flowLogs = resource("aws_flow_log");
const privateRoutes = resource("aws_route", (block) => block["nat_gateway_id"] !== undefined);

export default policy({
  id: "NW-09",
  severity: "error",
  proves: ["CA-23", "CA-24"],
  title: "VPCs have flow logs and nodes are in private subnets",
  because:
    "a node with a public address is scanned within minutes, and without flow logs no record shows what talked to what",
  remedy:
    "keep the node groups in the private subnets of the Network construct, and its flow log with traffic type ALL",
  equivalents: ["checkov CKV2_AWS_11", "checkov CKV_AWS_130"],
  subjects: (platform): readonly Item[] => [
    ...platform.networks,
    ...platform.nodeGroups,
    ...itemsOf(platform, "aws_default_security_group"),
  ],
  check: (item, platform) => {
    const network = platform.networks.find((one) => one === item);
    const group = platform.nodeGroups.find((one) => one === item);
    if (network) return logged(network);
    return group ? [...hidden(group, platform), ...unreachable(group)] : closed(item);
  },
  mutants: [
    remove("no flow log", flowLogs),
    change("only what was rejected", flowLogs, set("traffic_type", "REJECT")),
    change("a way in from the internet", privateRoutes, (block) => {
      delete block["nat_gateway_id"];
      block["gateway_id"] = "${aws_internet_gateway.network_internet-gateway_E855E801.id}";
    }),
    change(
      "public addresses of nodes",
      templates,
      set("network_interfaces", [{ associate_public_ip_address: "true" }]),
    ),
    change("SSH to nodes", resource("aws_eks_node_group"), set("remote_access", { ec2_ssh_key: "operators" })),
    change(
      "SSH to nodes of the secondary",
      resource("aws_eks_node_group", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("remote_access", { ec2_ssh_key: "operators" }),
    ),
    change(
      "a default group that is open",
      resource("aws_default_security_group"),
      set("ingress", [{ from_port: 0, to_port: 0, protocol: "-1", cidr_blocks: ["0.0.0.0/0"] }]),
    ),
    change("public addresses", resource("aws_subnet"), set("map_public_ip_on_launch", true)),
  ],
  boundary: {
    holds: change("all flows, each minute", flowLogs, set("max_aggregation_interval", 60)),
    breaks: change("accepted flows only", flowLogs, set("traffic_type", "ACCEPT")),
  },
});

/** Launch template and group may open what the subnets keep closed. */
function unreachable({ resource: group, launchTemplate }: NodeGroup): Verdict[] {
  const addresses = launchTemplate?.resource.blocks("network_interfaces") ?? [];
  return [
    holds(
      !addresses.some(
        (one) => one.text("associate_public_ip_address") === "true" || one.flag("associate_public_ip_address") === true,
      ),
      "no public address of a node (network_interfaces of its launch template)",
      "each node gets one",
    ),
    // Source: EKS API reference, RemoteAccessConfig, read 2026-11-29: without a source group, port 22 is open to the internet.
    holds(!group.has("remote_access"), "no remote access to nodes: Session Manager needs none", "EKS opens port 22"),
  ];
}

/** Whatever names no group is in the default one. */
const closed = ({ resource: group }: Item): Verdict =>
  holds(
    !group.has("ingress") && !group.has("egress"),
    "a default security group without rules",
    "it has some, and everything that names no group gets them",
  );

function logged(network: Network): Verdict {
  const [log] = network.flowLogs;
  return log
    ? equals("ALL", log.text("traffic_type") ?? "ALL", "traffic that the flow log holds")
    : fail({ expected: "a flow log", actual: "none" });
}

function hidden(group: NodeGroup, platform: Platform): Verdict[] {
  if (group.subnets.length === 0) return [unknown("the subnets of the node group are not known before deployment")];
  return group.subnets.map((subnet) => {
    const found = platform.networks.flatMap(({ subnets }) => subnets).find((one) => one.resource === subnet);
    if (!found?.access) return unknown(`no route table says where ${subnet.address} leads`);
    if (found.mapsPublicIp)
      return fail({ expected: "no public addresses", actual: `${found.label} gives each node one` });
    return found.access === "private"
      ? pass(`${found.label} is private`)
      : holds(false, "private subnets", `${found.label} routes to an internet gateway`);
  });
}
