import ipaddr from "ipaddr.js";
import { z } from "zod";
import { instanceTypes } from "../../catalog/instance-types";
import { allow, settings, violation } from "../allowed";
import { distinctListOf, listOf } from "../application/fields";
import { nearest } from "../nearest";
import { integer, oneOf } from "./fields";
import { isNetwork } from "./networks";

const cidr = allow(
  z.string().refine((value) => {
    if (!isNetwork(value)) return false;
    const [network, length] = ipaddr.IPv4.parseCIDR(value);
    return length >= 16 && length <= 18 && network.range() === "private";
  }),
  "a private IPv4 network from /16 to /18, written with its network address",
  "a VPC takes at most /16, and three zones of prefix-delegated pod addresses need at least /18",
);

const isUsable = (type: string): boolean => instanceTypes().get(type)?.architecture === "amd64";

/** One instance type; of a mistyped one, the nearest that can be used is said. */
const instanceType = z.string().superRefine((type, context) => {
  if (isUsable(type)) return;
  const near = nearest(type, [...instanceTypes().keys()].filter(isUsable));
  context.issues.push(
    violation([], type, {
      allowed: `amd64 instance types of catalog/instance-types.json${near === undefined ? "" : ` (did you mean ${near}?)`}`,
      because: "capacity and cost are computed from their facts, and the node image is x86-64",
    }),
  );
});

const nodeGroup = settings({
  instanceTypes: distinctListOf(instanceType, (type) => type, "a group asks for each type once"),
  min: allow(integer(0, 100), "0 to 100 nodes", "the autoscaler never goes below it"),
  max: allow(integer(1, 100), "1 to 100 nodes", "the autoscaler never goes above it"),
});

const pool = settings({
  /** Fixed base capacity that Spot interruptions never touch. */
  onDemand: nodeGroup,
  /** Additional capacity at a discount. @default none - the pool is on-demand only */
  spot: nodeGroup.optional(),
  /** Pods need a toleration of `plimsoll.dev/pool=<name>:NoSchedule` to be placed here. @default false */
  dedicated: z.boolean().optional(),
  diskGiB: allow(
    integer(20, 1000),
    "20 to 1000 GiB",
    "AL2023 with images needs 20, and a larger root disk holds state that a node must not hold",
  ),
});

/** A region with its network and its pools of nodes. */
export const region = settings({
  name: allow(
    oneOf(["us-east-1", "eu-west-1"]),
    "us-east-1 or eu-west-1",
    "prices, support dates and instance facts of the catalogue cover these two",
  ),
  cidr,
  zones: listOf(
    allow(
      z.string().regex(/^[a-z]{2}-[a-z]+-\d[a-f]$/),
      "the name of an availability zone, such as us-east-1a",
      "a subnet is made in each zone listed",
    ),
    6,
  ),
  /** What AWS has granted the account in the region; no resource says it. */
  vcpuQuota: settings({
    onDemand: allow(
      integer(1, 100_000),
      "1 to 100000 vCPUs",
      "it is what Service Quotas shows as applied for running on-demand standard instances",
    ),
    spot: allow(
      integer(0, 100_000),
      "0 to 100000 vCPUs",
      "it is what Service Quotas shows as applied for standard Spot requests",
    ),
  }),
  pools: z.record(z.string().regex(/^[a-z][a-z0-9-]{1,20}$/), pool),
});
