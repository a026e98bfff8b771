import { overlaps } from "../../../../config/environment/networks";
import { holds } from "../../../policy/comparison";
import { change, type Mutation, resource, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, unknown } from "../../../policy/verdict";

const networks = resource("aws_vpc");
const secondary = resource("aws_vpc", (_, __, stack) => stack.includes("eu-west-1"));

/** The secondary's network where the primary's is 10.0.0.0/16. */
const secondaryBeside = (name: string, cidr: string): Mutation =>
  together(
    name,
    change("", networks, set("cidr_block", "10.0.0.0/16")),
    change("", secondary, set("cidr_block", cidr)),
  );

export default policy({
  id: "NW-10",
  severity: "error",
  proves: ["CA-24"],
  title: "The networks of the regions do not overlap",
  because:
    "regions with the same addresses can never be peered, and every later change of a network rebuilds its cluster",
  remedy: "give each region its own network in config/organisation.ts",
  subjects: (platform) => platform.networks,
  check: (network, platform) => {
    if (network.cidr === undefined) return unknown("the network's addresses are not known before deployment", "cidr");
    const own = network.cidr;
    const others = platform.networks.filter((other) => other !== network);
    if (others.length === 0) return notApplicable("there is one network only");
    return others.map((other) =>
      other.cidr === undefined
        ? unknown(`the addresses of ${other.label} are not known before deployment`, "cidr")
        : holds(
            !overlaps(own, other.cidr),
            "networks without a common address",
            `${own} and ${other.cidr} of ${other.label}`,
            { field: "cidr" },
          ),
    );
  },
  mutants: [
    change("the same network twice", networks, set("cidr_block", "10.0.0.0/16")),
    secondaryBeside("one inside the other", "10.0.128.0/17"),
  ],
  boundary: {
    holds: secondaryBeside("half of the next network", "10.1.0.0/17"),
    breaks: secondaryBeside("one that begins one network earlier", "10.0.0.0/15"),
  },
});
