import { takeoversOf } from "../../figures/capacity/capacity";
import { change, remove, removeStack, set } from "../../policy/mutation";
import { policy, wholePlatform } from "../../policy/policy";
import { fail, unknown } from "../../policy/verdict";
import { fits, missingFacts, undecided } from "../../policy-terms/capacity/capacity-verdicts";
import { resource } from "../../policy/target";

const inSecondary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));
const inPrimary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("us-east-1"));

export default policy({
  id: "MR-02",
  severity: "error",
  title: "The secondary at its maximum schedules the primary's peak, minus any zone too",
  because: "a region fails under load: a standby that is too small turns a failover into a second outage",
  remedy: "give the pools of regions.secondary the maxima of the primary's, or lower scale.max",
  proves: ["CA-07", "CA-09"],
  subjects: (platform) => [
    ...takeoversOf(platform).map(({ subject }) => subject),
    ...(takeoversOf(platform).length === 0 && platform.clusters.length > 0 ? [wholePlatform] : []),
  ],
  whenAbsent: () => unknown("the platform has no cluster, so nothing can take over"),
  check: (subject, platform) => {
    const takeover = takeoversOf(platform).find((one) => one.subject === subject);
    if (takeover === undefined)
      return fail({
        expected: "a primary cluster and a secondary that stands by",
        actual: `clusters of the roles ${platform.clusters
          .map(({ role }) => role ?? "unknown")
          .sort()
          .join(", ")}`,
      });
    if (takeover.unknown.length > 0) return missingFacts(takeover.unknown);
    const judgement = takeover.judgement();
    return [
      ...undecided(judgement),
      ...fits(judgement.scenarios, `${takeover.secondary.region} carries the peak of ${takeover.primary.region}`, {
        platform,
        cluster: takeover.secondary.subject,
        fixes: takeover.fixes,
      }),
    ];
  },
  mutants: [
    change("a small standby", inSecondary("aws_eks_node_group"), set("scaling_config.max_size", 1)),
    remove(
      "a standby without Spot nodes",
      resource(
        "aws_eks_node_group",
        (block, _, stack) => stack.endsWith("eu-west-1") && block["capacity_type"] === "SPOT",
      ),
    ),
    change(
      "a primary that grows alone",
      inPrimary("kubernetes_horizontal_pod_autoscaler_v2"),
      set("spec.max_replicas", 60),
    ),
    removeStack("no standby at all", "cluster-eu-west-1"),
  ],
  boundary: {
    holds: change(
      "a primary that ends one replica earlier",
      resource("kubernetes_horizontal_pod_autoscaler_v2", (_, __, stack) => stack === "storefront-us-east-1"),
      set("spec.max_replicas", 19),
    ),
    breaks: change(
      "a standby with one zone without Spot nodes",
      resource(
        "aws_eks_node_group",
        (block, _, stack) =>
          stack.endsWith("eu-west-1") &&
          block["capacity_type"] === "SPOT" &&
          String(block["node_group_name_prefix"]).endsWith("1b-"),
      ),
      set("scaling_config.max_size", 0),
    ),
  },
});
