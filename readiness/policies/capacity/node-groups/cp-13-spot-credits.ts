import { instanceTypes } from "../../../../catalog/instance-types";
import type { LaunchTemplate } from "../../../inventory/facts/aws/node-groups";
import { equals } from "../../../policy/comparison";
import { change, remove, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../../policy/verdict";
import { undecided } from "../../../policy-terms/required-value";

const templates = resource("aws_launch_template");
const defaults = resource("aws_ec2_default_credit_specification");
const inSecondary = resource("aws_ec2_default_credit_specification", (_, __, stack) => stack.endsWith("eu-west-1"));
/** What EC2 takes for T3, T3a and T4g where the template says nothing. Source: EC2 API RunInstances CreditSpecification, read 2026-11-21. */
const EC2_DEFAULT = "unlimited";

/** Credits that the state shows and that EC2 never receives (terraform-provider-aws issue 30674, read 2026-11-29). */
function judgeSent({ resource: template, label }: LaunchTemplate): Verdict {
  const written = template.has("credit_specification");
  const sent = template.has("instance_type");
  return written && !sent
    ? fail({
        expected: `instance_type beside credit_specification in ${label}, or neither: the provider sends the credits only with it`,
        actual: `credit_specification ${template.text("credit_specification.cpu_credits") ?? "without a value"}, no instance_type`,
      })
    : pass(`${label}: ${written ? "its credits are sent" : "no credits of its own"}`);
}

export default policy({
  id: "CP-13",
  severity: "warning",
  title: "Burstable nodes run on standard CPU credits that reach AWS",
  because:
    "with unlimited credits a busy node costs more than a larger one, and a launch template without an instance type never sends its credit specification",
  remedy:
    "keep the default credit specification of the ClusterStack, or name one instance type and its credits in the launch template",
  proves: ["CA-06"],
  subjects: (platform) => platform.nodeGroups,
  environments: ["production", "staging", "development"],
  check: (group) => {
    const missing = group.instanceTypes.filter((type) => !instanceTypes().has(type));
    const burstable = group.instanceTypes.filter((type) => instanceTypes().get(type)?.burstable === true);
    if (burstable.length === 0)
      return missing.length > 0
        ? unknown(`whether ${missing.join(", ")} are burstable is not in the catalogue`, "spot.instanceTypes")
        : notApplicable("none of its types is burstable");
    const template = group.launchTemplate;
    const reason = template && undecided(template, "credit_specification");
    if (reason !== undefined) return unknown(`CPU credits: ${reason}`);
    const field = "spot.instanceTypes";
    return [
      ...(template === undefined ? [] : [judgeSent(template)]),
      equals("standard", group.cpuCredits ?? EC2_DEFAULT, `CPU credits of ${burstable.sort().join(", ")}`, { field }),
    ];
  },
  mutants: [
    change("unlimited credits", defaults, set("cpu_credits", "unlimited")),
    remove("what EC2 takes by itself", defaults),
    change("the default of another family", defaults, set("instance_family", "t4g")),
    together(
      "credits of a launch template without an instance type",
      remove("", defaults),
      change("", templates, set("credit_specification", { cpu_credits: "standard" })),
    ),
    change(
      "credits that are never sent, beside the default of the account",
      templates,
      set("credit_specification", { cpu_credits: "standard" }),
    ),
    remove("no default in the secondary", inSecondary),
  ],
  boundary: {
    holds: together(
      "credits of a launch template with its instance type",
      remove("", defaults),
      change("", templates, (block) => {
        set("credit_specification", { cpu_credits: "standard" })(block);
        set("instance_type", "t3.medium")(block);
      }),
    ),
    breaks: together(
      "the same, unlimited",
      remove("", defaults),
      change("", templates, (block) => {
        set("credit_specification", { cpu_credits: "unlimited" })(block);
        set("instance_type", "t3.medium")(block);
      }),
    ),
  },
});
