import { change, changeEnvironment, set, together } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { resource } from "../../policy/target";
import { withinBudget } from "../../policy-terms/capacity/cost-verdicts";
import { onDemandGroups } from "../../policy-terms/targets";

const field = "budget.usdPerMonth";

export default policy({
  id: "CO-01",
  severity: "error",
  // The emulated environment costs nothing, answers no checker and has no cluster to ask for access.
  environments: ["production", "staging", "development"],
  title: "An ordinary month costs no more than the budget",
  because: "a cost that is not computed in advance appears on the bill after a month",
  remedy:
    "models.cost in report.json lists every line with its arithmetic: take out what is not needed, choose a cheaper type, or raise budget.usdPerMonth where no report promises it",
  proves: ["CA-17"],
  equivalents: ["infracost --budget"],
  subjects: () => [wholePlatform],
  check: (_, platform) => {
    const { usdPerMonth } = platform.environment.budget;
    return withinBudget(platform, usdPerMonth, "steady", field);
  },
  mutants: [
    together(
      "twice the nodes, each of twice the memory",
      change("", onDemandGroups, set("instance_types", ["m5a.large"])),
      change("", onDemandGroups, set("scaling_config.min_size", 2)),
    ),
    change("disks of 1000 GiB", resource("aws_launch_template"), set("block_device_mappings.ebs.volume_size", 1000)),
    changeEnvironment("a smaller budget", (environment) => {
      environment.budget.usdPerMonth = 500;
    }),
  ],
  boundary: {
    holds: change("disks of 29 GiB", resource("aws_launch_template"), set("block_device_mappings.ebs.volume_size", 29)),
    breaks: change(
      "disks of 500 GiB",
      resource("aws_launch_template"),
      set("block_device_mappings.ebs.volume_size", 500),
    ),
  },
});
