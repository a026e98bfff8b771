import { annotation, label } from "../../../../contract";
import { capacityOf } from "../../../figures/capacity/capacity";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fits, missingFacts, undecided } from "../../../policy-terms/capacity/capacity-verdicts";
import { autoscalers, deployments, nodeGroups, ofApplication, spotGroups } from "../../../policy-terms/targets";

export default policy({
  id: "CP-01",
  severity: "error",
  title: "All pods at maximum replicas can be scheduled (all zones up)",
  because: "an autoscaler whose last pods find no node promises capacity that does not exist",
  remedy: "raise onDemand.max or spot.max of the pool, choose larger instance types, or lower scale.max",
  proves: ["CA-04", "CA-05"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const capacity = capacityOf(platform).find(({ subject }) => subject === cluster);
    if (capacity === undefined) return [];
    if (capacity.unknown.length > 0) return missingFacts(capacity.unknown);
    const judgement = capacity.judgement();
    return [
      ...undecided(judgement),
      ...fits(
        judgement.scenarios.filter(({ lostZone }) => lostZone === undefined),
        "every pod at the maximum has a node",
        { platform, cluster, fixes: capacity.fixes },
      ),
    ];
  },
  mutants: [
    change("an autoscaler that goes to 60", autoscalers, set("spec.max_replicas", 60)),
    change(
      "pods of twice the size",
      deployments,
      set("spec.template.spec.container.resources.requests.memory", "1536Mi"),
    ),
    change("a rollout of everything at once", deployments, set("spec.strategy.rolling_update.max_surge", "400%")),
    change(
      "an operator that makes more pods than there are nodes for",
      ofApplication("operator", "kubernetes_deployment_v1"),
      set(["metadata", "annotations", annotation.component, "creates", "cells", "maximum"], 1000),
    ),
    change("nodes of half the size", nodeGroups, set("instance_types", ["t3.small"])),
    change("one node in each group", nodeGroups, set("scaling_config.max_size", 1)),
    change(
      "pods that select a pool that is not there",
      deployments,
      set("spec.template.spec.node_selector", { [label.pool]: "none" }),
    ),
    change(
      "nodes whose taint no pod tolerates",
      nodeGroups,
      set("taint", [{ key: "reserved", value: "yes", effect: "NO_SCHEDULE" }]),
    ),
  ],
  boundary: {
    holds: change("one Spot node less", spotGroups, set("scaling_config.max_size", 3)),
    breaks: change("a single Spot node and one on demand in each zone", nodeGroups, set("scaling_config.max_size", 1)),
  },
});
