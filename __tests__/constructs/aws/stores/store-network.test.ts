import { StoreNetwork } from "../../../../constructs/aws/stores/store-network";
import { Made } from "../../empty-stack";

describe("the network of stores", () => {
  const subnets = ["a", "b", "c"].map((zone, index) => ({ id: `subnet-${zone}`, cidr: `10.65.${index}.0/24`, zone }));
  const ranges = subnets.map(({ cidr }) => cidr);
  let network: StoreNetwork | undefined;
  const made = new Made((stack) => {
    network = new StoreNetwork(stack, "network", {
      name: "acme",
      vpcId: "vpc",
      subnets,
      declaration: { file: "here.ts" },
    });
  });
  const rulesOf = (type: string, group: string) =>
    made
      .all(`aws_vpc_security_group_${type}_rule`)
      .filter((rule) => JSON.stringify(rule["security_group_id"]).includes(group))
      .map((rule) => [rule["from_port"], rule["to_port"], rule["cidr_ipv4"]]);

  it("spreads stores over every private subnet", () => {
    for (const type of ["aws_db_subnet_group", "aws_elasticache_subnet_group"])
      expect(made.only(type)["subnet_ids"]).toEqual(subnets.map(({ id }) => id));
  });

  it("lets the private subnets alone reach stores, each at its one port", () => {
    expect(rulesOf("ingress", "_databases_")).toEqual(ranges.map((range) => [5432, 5432, range]));
    expect(rulesOf("ingress", "_caches_")).toEqual(ranges.map((range) => [6379, 6379, range]));
    expect(made.all("aws_vpc_security_group_ingress_rule")).toHaveLength(2 * subnets.length);
  });

  it("lets functions reach stores, HTTPS and nothing else, and nothing reach them", () => {
    const outward = rulesOf("egress", "_functions_").map(([from, , range]) => `${String(from)} ${String(range)}`);
    expect(outward.sort()).toEqual(
      [...ranges.flatMap((range) => [`5432 ${range}`, `6379 ${range}`]), "443 0.0.0.0/0"].sort(),
    );
    expect(rulesOf("ingress", "_functions_")).toEqual([]);
    expect(network?.functionGroupId).toBeDefined();
  });
});
