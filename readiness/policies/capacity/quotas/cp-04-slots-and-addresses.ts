import { slotsWithoutAddress } from "../../../../models/capacity";
import { capacityOf } from "../../../figures/capacity/capacity";
import { change, resource, set, together, type Edit } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { atMost } from "../../../policy/comparison";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { missingFacts } from "../../../policy-terms/capacity/capacity-verdicts";
import { nodeGroups } from "../../../policy-terms/targets";

const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);
const privateSubnets = resource("aws_subnet", (block) => block["map_public_ip_on_launch"] !== true);

const ofLength =
  (length: number): Edit =>
  (block) =>
    set("cidr_block", String(block["cidr_block"]).replace(/\/\d+$/, `/${length}`))(block);

export default policy({
  id: "CP-04",
  severity: "error",
  title: "Subnets hold an address for every pod slot and node of their zone",
  because:
    "a pod that is scheduled and gets no address stays in ContainerCreating: the scheduler does not know, and no other node is tried",
  remedy: "switch on prefix delegation of vpc-cni, lower max pods, or give the region a larger network",
  proves: ["CA-05"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const capacity = capacityOf(platform).find(({ subject }) => subject === cluster);
    if (capacity === undefined) return [];
    if (capacity.unknown.length > 0) return missingFacts(capacity.unknown);
    const slots = slotsWithoutAddress(capacity.cluster).map(({ pool, pods, addresses }): Verdict =>
      fail({
        expected: `pool ${pool}: at most ${addresses} pods, one for each address of its interfaces`,
        actual: `max pods ${pods}`,
        field: "pools.general",
      }),
    );
    const zoneless = capacity.cluster.pools
      .filter(({ zones }) => zones.length === 0)
      .map(({ name }): Verdict =>
        fail({ expected: `pool ${name} has a subnet`, actual: "its subnets lie in no known zone", field: "zones" }),
      );
    const zones = capacity.judgement().scenarios.flatMap(({ name, addresses }) =>
      addresses.map((use) =>
        atMost(use.available, use.needed, `addresses of zone ${use.zone}, ${name}`, {
          field: "cidr",
          arithmetic: `${use.nodes} nodes with their pods in ${use.subnets.length} subnets`,
        }),
      ),
    );
    return [...(slots.length > 0 ? slots : [pass("every pod slot has an address")]), ...zoneless, ...zones];
  },
  mutants: [
    together(
      "single addresses on small interfaces, and slots for prefixes",
      change("", nodeGroups, set("instance_types", ["t3.small"])),
      change(
        "",
        addOn("vpc-cni"),
        set("configuration_values", JSON.stringify({ env: { ENABLE_PREFIX_DELEGATION: "false" } })),
      ),
    ),
    change("subnets of a few addresses", privateSubnets, ofLength(28)),
  ],
  boundary: {
    holds: change("subnets of 507 addresses", privateSubnets, ofLength(23)),
    breaks: change("subnets of 251 addresses", privateSubnets, ofLength(24)),
  },
});
