import { featureCommitments, type FeatureCommitment } from "../../../../catalog/claims/commitments";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { contains } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { forClaim } from "../../../policy/verdict";
import { featuresOf } from "../../../policy-terms/promised-features";
import { ownServices } from "../../../policy-terms/scope";
import { CONTAINER, ofApplication, POD } from "../../../policy-terms/targets";

const promises = ({ namespace, name }: Workload, { commitments }: Platform): readonly FeatureCommitment[] =>
  featureCommitments(commitments, namespace, name);

/** Setting of the application's file that gives the feature. */
const fieldOf = (feature: FeatureCommitment["feature"]): string => (feature === "rights" ? "kubernetes" : feature);

const server = ofApplication("mirror", "kubernetes_stateful_set_v1", "server");

export default policy({
  id: "WL-15",
  severity: "error",
  title: "Components have the features their reports commit to",
  because:
    "a feature that a report promises and that was taken out is missed on the day it is needed: nothing else depends on it",
  remedy:
    "declare nodes, probes, scale, volumes, pool, registries, kubernetes or secrets of the component, flags or entry of the application, as the report promises; a promise changes in its report first, then in catalog/claims/commitments.json",
  proves: [
    "CA-03",
    "CA-08",
    "FF-05",
    "FG-12",
    "FG-13",
    "FG-20",
    "FL-01",
    "FL-04",
    "FL-09",
    "FL-11",
    "FL-12",
    "FL-13",
    "FL-31",
  ],
  subjects: (platform) => ownServices(platform).filter((workload) => promises(workload, platform).length > 0),
  check: (workload, platform) =>
    promises(workload, platform).map(({ claim, feature, needs }) =>
      forClaim(
        claim,
        contains(needs, featuresOf(workload, platform, feature), `${claim} promises ${feature}`, {
          field: fieldOf(feature),
        }),
      ),
    ),
  mutants: [
    change("pods that may share a node", server, unset(`${POD}.affinity.pod_anti_affinity`)),
    change("no startup probe", server, unset(`${CONTAINER}.startup_probe`)),
    change(
      "no scaling on memory",
      ofApplication("mirror", "kubernetes_horizontal_pod_autoscaler_v2"),
      unset("spec.metric.1"),
    ),
    change("nothing is kept", server, unset("spec.volume_claim_template")),
    change("nodes of any pool", server, unset(`${POD}.node_selector`)),
    change("no toleration", server, unset(`${POD}.toleration`)),
    remove("no role in Amazon's registry", ofApplication("mirror", "aws_iam_role_policy")),
    change("no token for Google's registry", server, set(`${POD}.volume`, [{ name: "google", empty_dir: {} }])),
    remove(
      "RBAC rules of no subject",
      resource("kubernetes_cluster_role_binding_v1", (_, __, stack) => stack.startsWith("operator-")),
    ),
    remove(
      "a switch less",
      resource("kubernetes_config_map_v1", (_, __, stack) => stack.startsWith("orders-")),
    ),
    change(
      "a secret that the pods no longer read",
      ofApplication("orders", "kubernetes_deployment_v1", "api"),
      unset(`${CONTAINER}.env`),
    ),
    remove("no way from the load balancer", ofApplication("mirror", "helm_release")),
  ],
  boundary: {
    holds: change("one toleration more", server, (block) =>
      set(`${POD}.toleration.1`, { key: "spare", operator: "Exists" })(block),
    ),
    breaks: change("apart where the scheduler likes", server, (block) => {
      unset(`${POD}.affinity.pod_anti_affinity.required_during_scheduling_ignored_during_execution`)(block);
    }),
  },
});
