import ipaddr from "ipaddr.js";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import type { NodeGroup } from "../inventory/facts/aws/node-groups";
import type { SecurityGroup, SecurityGroupRule } from "../inventory/facts/aws/security-groups";

/** All addresses of the internet, of version 4. */
export const ANYWHERE = "0.0.0.0/0";

/** Whether all addresses of a network lie in another one. */
export function liesIn(cidr: string, network: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(cidr) || !ipaddr.IPv4.isValidCIDR(network)) return false;
  const [[address, bits], [base, length]] = [ipaddr.IPv4.parseCIDR(cidr), ipaddr.IPv4.parseCIDR(network)];
  return bits >= length && address.match(base, length);
}

/** Other end of a connection: all addresses of a network, or members of a group. */
export type Peer = { readonly cidr: string } | { readonly group: Resource };

const admitsPort = ({ protocol, fromPort, toPort }: SecurityGroupRule, port: number): boolean =>
  (protocol === "tcp" || protocol === "6" || protocol === "-1") && fromPort <= port && port <= toPort;

/** Whether a rule of the groups lets TCP connections of the port pass between them and one of the peers. */
export const admits = (
  groups: readonly SecurityGroup[],
  direction: SecurityGroupRule["direction"],
  port: number,
  ...peers: readonly Peer[]
): boolean =>
  groups
    .flatMap(({ rules }) => rules)
    .filter((rule) => rule.direction === direction && admitsPort(rule, port))
    .some((rule) =>
      peers.some((peer) =>
        "cidr" in peer ? rule.cidrs.some((network) => liesIn(peer.cidr, network)) : rule.groups.includes(peer.group),
      ),
    );

/** Groups of the platform that those resources are. */
export const groupsOf = (resources: readonly Resource[], platform: Platform): readonly SecurityGroup[] =>
  platform.securityGroups.filter(({ resource }) => resources.includes(resource));

/** Groups of a node group's nodes: those of its launch template, and without any the one that EKS makes for the cluster. */
export function nodeSecurityGroups(nodes: NodeGroup, platform: Platform): readonly SecurityGroup[] {
  const template = nodes.launchTemplate?.resource;
  const interfaces = template?.blocks("network_interfaces") ?? [];
  if (template?.has("vpc_security_group_ids") || interfaces.some((one) => one.has("security_groups")))
    return groupsOf(
      [template, ...interfaces].flatMap((one) =>
        ["vpc_security_group_ids", "security_groups"].flatMap((field) => one?.resources(field) ?? []),
      ),
      platform,
    );
  const clusters = platform.clusters.filter(({ nodeGroups }) => nodeGroups.includes(nodes));
  return groupsOf(
    clusters.map(({ resource }) => resource),
    platform,
  );
}
