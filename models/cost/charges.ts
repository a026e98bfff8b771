import {
  byScenario,
  inScenario,
  type BillableKind,
  type BillableResource,
  type DeclaredUsage,
  type Of,
  type Traffic,
} from "./billable";
import { charge, type Charge, hourly, hoursPerMonth } from "./charge";
import { dataCharges } from "./data-charges";

/** What a kind of resource is billed for. */
export type ChargeRule<Kind extends BillableKind> = (resource: Of<Kind>, usage: DeclaredUsage) => readonly Charge[];
export type ChargeRules = { readonly [Kind in BillableKind]: ChargeRule<Kind> };

/** gp3 includes these in the price of its storage. */
const includedIops = 3000;
const includedThroughputMiBps = 125;

const spot = ({ instanceTypes, spotCount }: Of<"node-pool">, { spotDiscount }: DeclaredUsage): Charge => {
  const [first, ...others] = instanceTypes;
  const market = spotDiscount === undefined ? "spot" : "on-demand";
  const base = {
    component: `spot ${instanceTypes.join(" or ")}`,
    priceIds: [`ec2.${first}.${market}`, ...others.map((type) => `ec2.${type}.${market}`)] as const,
    quantity: byScenario((scenario) => inScenario(spotCount, scenario) * hoursPerMonth),
  };
  return spotDiscount === undefined
    ? { ...base, assumption: "spot at the most expensive 30-day mean of the pool's types" }
    : {
        ...base,
        discount: spotDiscount,
        assumption: `spot planned at ${Math.round(spotDiscount * 100)} % off the most expensive on-demand price of the pool's types`,
      };
};

const creditPrice = (type: string): string => `ec2.${type.startsWith("t4g.") ? "t4g" : "t3"}.surplus-cpu-credit`;

const computeCharges = {
  "eks-control-plane": ({ support }) => [
    hourly(`control plane, ${support} support`, `eks.control-plane.${support}`, 1),
  ],
  "node-pool": (pool, usage) => [
    hourly(`on-demand ${pool.instanceTypes[0]}`, `ec2.${pool.instanceTypes[0]}.on-demand`, pool.onDemandCount),
    spot(pool, usage),
    charge("surplus CPU credits", creditPrice(pool.instanceTypes[0]), pool.surplusCreditVcpuHours ?? 0),
  ],
  "gp3-volume": ({ count, sizeGiB, iops = includedIops, throughputMiBps = includedThroughputMiBps }) => [
    charge("gp3 storage", "ebs.gp3.storage", count, sizeGiB),
    charge("gp3 IOPS above 3000", "ebs.gp3.iops", count, Math.max(0, iops - includedIops)),
    charge(
      "gp3 throughput above 125 MiB/s",
      "ebs.gp3.throughput",
      count,
      Math.max(0, throughputMiBps - includedThroughputMiBps),
    ),
  ],
} satisfies Partial<ChargeRules>;

const networkCharges = {
  "nat-gateway": ({ count, processedGb, connectivity }) => [
    hourly("NAT gateway", "nat-gateway.hour", count),
    charge("NAT data", "nat-gateway.data", processedGb),
    hourly("public IPv4", "vpc.public-ipv4", connectivity === "public" ? count : 0),
  ],
  "public-ipv4": ({ count }) => [hourly("public IPv4", "vpc.public-ipv4", count)],
  "load-balancer": ({ type, capacityUnits, publicAddresses }) => [
    hourly(`${type} load balancer`, `elb.${type}.hour`, 1),
    hourly("capacity units", type === "application" ? "elb.application.lcu" : "elb.network.nlcu", capacityUnits),
    hourly("public IPv4", "vpc.public-ipv4", publicAddresses),
  ],
  "interface-endpoint": ({ zones, processedGb }) => [
    hourly("interface endpoint", "vpc.interface-endpoint.hour", zones),
    charge("interface endpoint data", "vpc.interface-endpoint.data", processedGb),
  ],
} satisfies Partial<ChargeRules>;

const rules: ChargeRules = { ...computeCharges, ...networkCharges, ...dataCharges };

/** Every charge of a resource; charges of zero units are left out, except what is listed as free. */
export const chargesOf = (resource: BillableResource, usage: DeclaredUsage): readonly Charge[] => {
  const rule = rules[resource.kind] as ChargeRule<BillableKind>;
  return rule(resource, usage).filter(
    ({ quantity }) => Math.max(quantity.steady, quantity.peak, quantity.failover) > 0,
  );
};

/** A GB that crosses zones is billed on leaving one and on entering the other. */
const directions = { "inter-zone": 2, "inter-region": 1, internet: 1 } as const;

export const trafficCharge = ({ path, gb }: Traffic): Charge =>
  charge(`${path} traffic`, `data-transfer.${path}`, gb, directions[path]);
