import ipaddr from "ipaddr.js";

/** Whether two IPv4 networks share an address. Malformed networks overlap nothing: their own error is reported. */
export function overlaps(left: string, right: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(left) || !ipaddr.IPv4.isValidCIDR(right)) return false;
  const [a, b] = [ipaddr.IPv4.parseCIDR(left), ipaddr.IPv4.parseCIDR(right)];
  return a[0].match(b[0], Math.min(a[1], b[1]));
}
