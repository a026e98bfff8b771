import { holds } from "../../../policy/comparison";
import { change, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const kinds = ["aws_db_parameter_group", "aws_elasticache_parameter_group"] as const;
const groups = resource("aws_db_parameter_group");
const ofCaches = resource("aws_elasticache_parameter_group");
const inSecondary = resource("aws_db_parameter_group", (_block, _id, stack) => stack.endsWith("-eu-west-1"));

export default policy({
  id: "DR-60",
  severity: "error",
  proves: [],
  beyond: "an upgrade of PostgreSQL or Valkey is an ordinary change of a supported system, and would stop half-way",
  title: "Parameters of a new engine version are made before those of the old one are deleted",
  because:
    "a parameter group belongs to one family and AWS deletes none that is in use: with Terraform's own order, or with one name for both, the deployment of a major upgrade stops (terraform-provider-aws issue 6448)",
  remedy: "set lifecycle.create_before_destroy, and write the family into the name",
  subjects: (platform) => platform.ofType(...kinds),
  check: (group) => {
    const [name, family] = [group.text("name") ?? group.text("name_prefix") ?? "", group.text("family") ?? "none"];
    return [
      holds(group.flag("lifecycle.create_before_destroy") === true, "create_before_destroy", "destroyed first"),
      holds(name.includes(family), `a name with its family ${family}`, name || "none"),
    ];
  },
  mutants: [
    change("destroyed first", groups, set("lifecycle.create_before_destroy", false)),
    change("no lifecycle", ofCaches, unset("lifecycle")),
    change("no lifecycle in the secondary", inSecondary, unset("lifecycle")),
    change("one name for all versions", groups, set("name", "orders")),
    change("another version's name", ofCaches, set("family", "valkey9")),
    change("no name", groups, unset("name")),
  ],
  boundary: {
    holds: change(
      "a longer name",
      groups,
      update("name", (name) => `${String(name)}-b`),
    ),
    breaks: change(
      "a letter less",
      groups,
      update("name", (name) => String(name).slice(0, -1)),
    ),
  },
});
