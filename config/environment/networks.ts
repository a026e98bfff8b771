import ipaddr from "ipaddr.js";
import { z } from "zod";
import { allow } from "../allowed";
import { distinctListOf } from "../application/fields";

/** Whether it is an IPv4 network, written with its own address and not with one of a host in it. */
export const isNetwork = (text: string): boolean =>
  z.cidrv4().safeParse(text).success &&
  ipaddr.IPv4.networkAddressFromCIDR(text).toString() === ipaddr.IPv4.parseCIDR(text)[0].toString();

/** Who reaches the Kubernetes API from outside the VPC. */
export const accessNetworks = distinctListOf(
  allow(
    z.string().refine(isNetwork),
    'an IPv4 network written with its network address, such as "203.0.113.0/24"',
    "its addresses reach the Kubernetes API and the ways in of the organisation, and no others do",
  ),
  (network) => network,
  "rules of security groups and of the load balancer hold each network once",
);

/** Whether two IPv4 networks share an address. Malformed networks overlap nothing: their own error is reported. */
export function overlaps(left: string, right: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(left) || !ipaddr.IPv4.isValidCIDR(right)) return false;
  const [a, b] = [ipaddr.IPv4.parseCIDR(left), ipaddr.IPv4.parseCIDR(right)];
  return a[0].match(b[0], Math.min(a[1], b[1]));
}
