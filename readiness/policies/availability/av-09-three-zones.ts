import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import type { Network } from "../../inventory/facts/aws/networks";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import { atLeast, equals } from "../../policy/comparison";
import { change, remove, set, update } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { resource } from "../../policy/target";
import { unknown, type Verdict } from "../../policy/verdict";
import { poolsOf, type NodePool } from "../../policy-terms/pools";
import { onDemandGroups } from "../../policy-terms/targets";

const ZONES = 3;
const subjectOf = ({ stack, address, constructPath, label }: Subject): Subject => ({
  stack,
  address,
  constructPath,
  label,
});

/** Network or pool, with what is to be said of it. */
interface Zonal extends Subject {
  readonly verdicts: readonly Verdict[];
}

/** A zone that is not known yet may be the third one. */
function over(zones: readonly (string | undefined)[], what: string): Verdict {
  const known = [...new Set(zones.filter((zone) => zone !== undefined))].sort();
  if (known.length < ZONES && zones.includes(undefined))
    return unknown(
      `${what}: beside ${known.join(", ") || "none"}, zones that are only known after deployment`,
      "zones",
    );
  return atLeast(ZONES, known.length, what, { field: "zones", arithmetic: known.join(", ") || "none" });
}

function ofNetwork(network: Network): Zonal {
  const nodes = network.subnets.filter(({ access }) => access === "private");
  const elsewhere = nodes
    .filter(({ natZone, zone }) => natZone !== zone)
    .map(({ label }) => label)
    .sort();
  return {
    ...subjectOf(network),
    verdicts: [
      over(
        network.natGateways.map(({ zone }) => zone),
        "zones with a NAT gateway",
      ),
      over(
        nodes.map(({ zone }) => zone),
        "zones with a private subnet",
      ),
      equals([], elsewhere, "private subnets whose way out leads through another zone, or nowhere"),
    ],
  };
}

const zonesOrUnknown = ({ zones, unknowns }: NodeGroup): readonly (string | undefined)[] =>
  zones.length === 0 && unknowns.length > 0 ? [undefined] : zones;

/** A group of no node at its maximum is not there. */
function ofPool(pool: NodePool): Zonal {
  const usable = pool.onDemand.filter(({ max }) => max === undefined || max > 0);
  return {
    ...subjectOf(pool),
    verdicts: [over(usable.flatMap(zonesOrUnknown), `zones in which pool ${pool.name} can have on-demand nodes`)],
  };
}

const firstZone = (block: { [key: string]: unknown }): boolean =>
  /-[a-z]+-\d[a]-$/.test(String(block["node_group_name_prefix"]));

export default policy({
  id: "AV-09",
  severity: "error",
  title: "Node pools and NAT gateways span three zones",
  because:
    "with fewer zones the loss of one removes half of the nodes and every NAT gateway that other zones route through",
  remedy: "list three zones of the region in zones: each gets a subnet, a NAT gateway and a node group",
  proves: ["CA-01", "CA-24", "FF-01"],
  subjects: (platform: Platform): readonly Zonal[] => [
    ...platform.networks.map(ofNetwork),
    ...poolsOf(platform).map(ofPool),
  ],
  check: (zonal) => zonal.verdicts,
  mutants: [
    remove("one zone without on-demand nodes", { ...onDemandGroups, where: firstZone }),
    change(
      "a zone whose group stays empty",
      { ...onDemandGroups, where: firstZone },
      set("scaling_config.max_size", 0),
    ),
    remove(
      "one NAT gateway less",
      resource("aws_nat_gateway", (_, id) => /(us-east|eu-west)-1a/.test(id)),
    ),
    change(
      "private subnets lean on a NAT gateway of another network",
      resource("aws_route", (block) => block["nat_gateway_id"] !== undefined),
      set("nat_gateway_id", "nat-0123456789abcdef0"),
    ),
    change(
      "all subnets in two zones",
      resource("aws_subnet"),
      update("availability_zone", (zone) => String(zone).replace(/c$/, "b")),
    ),
  ],
  boundary: {
    holds: change(
      "one node at most in the first zone",
      { ...onDemandGroups, where: firstZone },
      set("scaling_config", { min_size: 0, desired_size: 0, max_size: 1 }),
    ),
    breaks: change(
      "no node in the first zone",
      { ...onDemandGroups, where: firstZone },
      set("scaling_config", { min_size: 0, desired_size: 0, max_size: 0 }),
    ),
  },
});
