import { capacityOf } from "../../../figures/capacity/capacity";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { fits, missingFacts, undecided } from "../../../policy-terms/capacity/capacity-verdicts";
import { autoscalers, ofApplication, onDemandGroups, spotGroups } from "../../../policy-terms/targets";

export default policy({
  id: "CP-02",
  severity: "error",
  title: "All pods at maximum replicas can be scheduled after the loss of any zone",
  because: "a zone can fail at the peak: pods that then find no node are an outage although two zones work",
  remedy:
    "raise onDemand.max (each zone gets its share), list three or more instance types in spot so that its group can move to the zones that are left, or lower scale.max",
  proves: ["CA-05"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const capacity = capacityOf(platform).find(({ subject }) => subject === cluster);
    if (capacity === undefined) return [];
    if (capacity.unknown.length > 0) return missingFacts(capacity.unknown);
    const judgement = capacity.judgement();
    const losses = judgement.scenarios.filter(({ lostZone }) => lostZone !== undefined);
    if (losses.length === 0) return [...undecided(judgement), notApplicable("the cluster has no zone to lose")];
    return fits(losses, "every pod at the maximum has a node", { platform, cluster, fixes: capacity.fixes });
  },
  mutants: [
    change("all nodes in one zone", onDemandGroups, (block) => {
      set("scaling_config.max_size", /a-$/.test(String(block["node_group_name_prefix"])) ? 6 : 0)(block);
      set("scaling_config.min_size", /a-$/.test(String(block["node_group_name_prefix"])) ? 3 : 0)(block);
    }),
    change("no Spot nodes beside the floor", spotGroups, set("scaling_config.max_size", 0)),
    change("Spot nodes of one zone only", spotGroups, (block) => {
      if (!/a-$/.test(String(block["node_group_name_prefix"]))) set("scaling_config.max_size", 0)(block);
    }),
    change("an autoscaler that goes to 30", autoscalers, set("spec.max_replicas", 30)),
  ],
  boundary: {
    holds: change(
      "the autoscaler ends one replica earlier",
      ofApplication("storefront", "kubernetes_horizontal_pod_autoscaler_v2"),
      set("spec.max_replicas", 19),
    ),
    breaks: change("one zone without Spot nodes", spotGroups, (block) => {
      if (/b-$/.test(String(block["node_group_name_prefix"]))) set("scaling_config.max_size", 0)(block);
    }),
  },
});
