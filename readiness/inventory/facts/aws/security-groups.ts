import type { Item } from "../../item";
import type { Resource } from "../../resource";

/** One direction of a security group's rules, with what it admits. */
export interface SecurityGroupRule {
  readonly resource: Resource;
  readonly direction: "ingress" | "egress";
  /** Lowest and highest port; all ports where neither is written or the protocol is -1. */
  readonly fromPort: number;
  readonly toPort: number;
  /** tcp, udp, icmp …, -1 for all. */
  readonly protocol: string | undefined;
  readonly cidrs: readonly string[];
  /** Groups that it names; a cluster stands for the group that EKS makes for it. */
  readonly groups: readonly Resource[];
  readonly prefixLists: readonly string[];
}

/** A security group, or the cluster that EKS makes one for. */
export interface SecurityGroup extends Item {
  readonly region: string | undefined;
  readonly vpc: Resource | undefined;
  readonly rules: readonly SecurityGroupRule[];
}
