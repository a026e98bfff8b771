import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atLeast } from "../../policy/comparison";
import { change, remove, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, unknown, type Verdict } from "../../policy/verdict";
import { absentWorkloads, asPromised, promisesOf, type AbsentWorkload } from "../../policy-terms/promised";
import { replicasField, replicated, singletonByDesign, tierOf } from "../../policy-terms/scope";
import { autoscalers, deployments, named } from "../../policy-terms/targets";

const isAbsent = (subject: Workload | AbsentWorkload): subject is AbsentWorkload => "absent" in subject;

/** Charts serve every application: two of each, whatever tier their labels say. */
function required(workload: Workload, tier: number | undefined): number | undefined {
  if (workload.origin === "chart") return 2;
  return tier === undefined ? undefined : tier === 1 ? 3 : 2;
}

export default policy({
  id: "AV-01",
  severity: "error",
  title: "A workload has at least two replicas, three in tier 1, and its committed count",
  because:
    "with one replica each drain, rollout and crash is an outage; with two, the loss of a zone leaves one that must carry everything",
  remedy: "raise scale.min (or replicas) of the component",
  proves: ["CA-02", "CA-18", "FL-01", "FF-01"],
  equivalents: ["kube-score deployment-replicas", "kube-linter minimum-three-replicas"],
  subjects: (platform): readonly (Workload | AbsentWorkload)[] => [
    ...replicated(platform),
    ...absentWorkloads(platform),
  ],
  check: (subject, platform): Verdict | Verdict[] => {
    if (isAbsent(subject)) return fail({ expected: subject.absent, actual: "there is no such workload" });
    const field = replicasField(subject);
    const needed = required(subject, tierOf(subject, platform));
    return (
      singletonByDesign(subject) ?? [
        needed === undefined
          ? unknown("the tier is not declared", "tier")
          : atLeast(needed, subject.minimumReplicas, "replicas at the minimum", { field }),
        ...asPromised(
          promisesOf(platform, subject, "replicas").filter(({ figure }) => figure === "replicas.min"),
          {
            "replicas.min": {
              value: subject.minimumReplicas,
              field,
              undecided:
                subject.minimumReplicas === undefined ? "the number of replicas is known after deployment" : undefined,
            },
          },
        ),
      ]
    );
  },
  mutants: [
    change("the autoscaler goes down to two", autoscalers, set("spec.min_replicas", 2)),
    change("the autoscaler's minimum is left to Kubernetes, which takes one", autoscalers, unset("spec.min_replicas")),
    change("one worker", named("kubernetes_deployment_v1", "worker"), set("spec.replicas", "1")),
    change(
      "three workers instead of the four that are promised",
      named("kubernetes_deployment_v1", "worker"),
      set("spec.replicas", "3"),
    ),
    remove("a promised component is gone", named("kubernetes_deployment_v1", "worker")),
    remove("nothing runs", deployments),
  ],
  boundary: {
    holds: change(
      "the promised number, written as a number",
      named("kubernetes_deployment_v1", "worker"),
      set("spec.replicas", 4),
    ),
    breaks: change("one less than tier 1 and the promise ask", autoscalers, set("spec.min_replicas", 2)),
  },
});
