import ipaddr from "ipaddr.js";

export interface SubnetPlan {
  readonly zone: string;
  /** Nodes and pods: a quarter of the network a zone, because prefix delegation takes addresses by blocks of 16. */
  readonly privateCidr: string;
  /** Load balancers and NAT gateways: 1/64 of the network. */
  readonly publicCidr: string;
}

/**
 * Cuts a network into one private and one public subnet per zone.
 *
 * The first three quarters are private, the last quarter holds the public subnets and room for later ones; with more
 * than three zones the private subnets shrink to eighths.
 */
export function planSubnets(cidr: string, zones: readonly string[]): SubnetPlan[] {
  const [address, length] = ipaddr.IPv4.parseCIDR(cidr);
  const base = address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const privateBits = zones.length <= 3 ? 2 : 3;
  const privateSize = 2 ** (32 - length - privateBits);
  const publicSize = 2 ** (32 - length - 6);
  const publicBase = base + 2 ** (32 - length) - 2 ** (32 - length - 2);
  return zones.map((zone, index) => ({
    zone,
    privateCidr: `${dotted(base + index * privateSize)}/${length + privateBits}`,
    publicCidr: `${dotted(publicBase + index * publicSize)}/${length + 6}`,
  }));
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
