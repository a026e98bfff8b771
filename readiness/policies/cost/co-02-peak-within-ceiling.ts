import { change, changeEnvironment, set } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { withinBudget } from "../../policy-terms/capacity/cost-verdicts";
import { onDemandGroups, spotGroups } from "../../policy-terms/targets";

const field = "budget.ceilingUsdPerMonth";

export default policy({
  id: "CO-02",
  severity: "warning",
  // The emulated environment costs nothing, answers no checker and has no cluster to ask for access.
  environments: ["production", "staging", "development"],
  title: "A month at peak and a month in failover cost no more than the ceiling",
  because: "autoscalers spend without asking: the ceiling is what the owner agreed to for the worst month",
  remedy: "lower the maxima of the pools, or raise budget.ceilingUsdPerMonth and agree with who pays",
  proves: ["CA-17"],
  subjects: () => [wholePlatform],
  check: (_, platform) => {
    const { ceilingUsdPerMonth } = platform.environment.budget;
    return [
      withinBudget(platform, ceilingUsdPerMonth, "peak", field),
      withinBudget(platform, ceilingUsdPerMonth, "failover", field),
    ];
  },
  mutants: [
    change("pools of sixty nodes", onDemandGroups, set("scaling_config.max_size", 20)),
    changeEnvironment("a ceiling at the ordinary month", (environment) => {
      environment.budget.ceilingUsdPerMonth = 2000;
    }),
  ],
  boundary: {
    holds: change("one Spot node in each group", spotGroups, set("scaling_config.max_size", 1)),
    breaks: change("thirty nodes on demand in each zone", onDemandGroups, set("scaling_config.max_size", 30)),
  },
});
