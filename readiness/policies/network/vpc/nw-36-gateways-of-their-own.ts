import type { Resource } from "../../../inventory/resource";
import { itemsOf } from "../../../permissions/software";
import { holds } from "../../../policy/comparison";
import { change, type JsonObject, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const gateways = resource("aws_nat_gateway");
const inSecondary = resource("aws_nat_gateway", (_block, _id, stack) => stack.endsWith("-eu-west-1"));

/** The first gateway's argument for every gateway of a stack. */
const shared = (field: string) => {
  const kept = new Map<string, JsonObject[string]>();
  return (block: JsonObject): void => {
    const place = JSON.stringify(block["provider"] ?? "own");
    if (!kept.has(place)) kept.set(place, structuredClone(block[field] ?? null));
    block[field] = structuredClone(kept.get(place) ?? null);
  };
};

export default policy({
  id: "NW-36",
  severity: "error",
  proves: ["CA-08"],
  title: "Each NAT gateway has an address and a subnet of its own",
  because:
    "AWS refuses the second gateway of an address in the middle of a deployment, and two gateways of one zone are both lost with it",
  remedy: "keep one elastic IP and one public subnet for each NAT gateway of Network",
  subjects: (platform) => itemsOf(platform, "aws_nat_gateway"),
  check: ({ resource: gateway }, platform) => {
    const others = platform.ofType("aws_nat_gateway").filter((one) => one !== gateway && one.region === gateway.region);
    const alone = (found: Resource | undefined, field: string): boolean =>
      found !== undefined && others.every((one) => one.resource(field) !== found);
    const address = gateway.resource("allocation_id");
    const subnet = gateway.resource("subnet_id");
    return [
      holds(
        address?.type === "aws_eip" && alone(address, "allocation_id"),
        "an elastic IP of its own",
        address?.address ?? "none of the stacks",
      ),
      holds(
        subnet?.type === "aws_subnet" && alone(subnet, "subnet_id"),
        "a public subnet of its own",
        subnet?.address ?? "none of the stacks",
      ),
    ];
  },
  mutants: [
    change("one address for all", gateways, shared("allocation_id")),
    change("one address for all of the secondary", inSecondary, shared("allocation_id")),
    change("one subnet for all", gateways, shared("subnet_id")),
    change("an address that is not there", gateways, set("allocation_id", "eipalloc-0123456789abcdef0")),
    change("a subnet that is not there", gateways, set("subnet_id", "subnet-0123456789abcdef0")),
  ],
  boundary: {
    holds: change("another name", gateways, set("tags", { Name: "other" })),
    breaks: change(
      "a subnet by its ARN",
      gateways,
      set("subnet_id", "arn:aws:ec2:us-east-1:210987654321:subnet/subnet-1"),
    ),
  },
});
