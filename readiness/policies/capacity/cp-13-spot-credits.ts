import { instanceTypes } from "../../../catalog/instance-types";
import { equals } from "../../policy/comparison";
import { change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { resource } from "../../policy/target";
import { notApplicable, unknown } from "../../policy/verdict";
import { spotGroups } from "../../policy-terms/targets";
import { undecided } from "../../policy-terms/required-value";

const spotTemplates = resource("aws_launch_template", (block) => /-spot$/.test(String(block["name"])));
/** What EC2 takes for T3, T3a and T4g where the template says nothing. Source: EC2 API RunInstances CreditSpecification, read 2026-11-21. */
const EC2_DEFAULT = "unlimited";

export default policy({
  id: "CP-13",
  severity: "warning",
  title: "Burstable Spot nodes use standard CPU credits",
  because:
    "a Spot node does not live long enough to earn back what it borrows: with unlimited credits a busy one costs more than on-demand",
  remedy: 'set credit_specification.cpu_credits to "standard" in the launch template of the Spot group',
  proves: ["CA-06"],
  subjects: (platform) => platform.nodeGroups.filter(({ capacityType }) => capacityType === "SPOT"),
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
    return equals("standard", template?.cpuCredits ?? EC2_DEFAULT, `CPU credits of ${burstable.sort().join(", ")}`, {
      field: "spot.instanceTypes",
    });
  },
  mutants: [
    change("unlimited credits", spotTemplates, set("credit_specification.cpu_credits", "unlimited")),
    change("what EC2 takes by itself", spotTemplates, unset("credit_specification")),
    change("no launch template", spotGroups, unset("launch_template")),
  ],
  boundary: {
    holds: change(
      "no burstable type, so that credits do not matter",
      spotGroups,
      set("instance_types", ["c5.large", "c6i.large", "m5.large"]),
    ),
    breaks: change("null credits", spotTemplates, set("credit_specification", null)),
  },
});
