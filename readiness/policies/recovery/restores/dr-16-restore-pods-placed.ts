import { label } from "../../../../contract";
import { numberOf, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Taint } from "../../../inventory/facts/aws/node-groups";
import type { Toleration } from "../../../inventory/facts/kubernetes/pods";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { claimsOf } from "../../../figures/capacity/workloads";
import { applicationNamespaces, veleroReleases } from "../_velero";

const admission = manifest("MutatingAdmissionPolicy");

const keepsVolumes = (platform: Platform): readonly Workload[] =>
  applicationNamespaces(platform)
    .flatMap(({ workloads }) => workloads)
    .filter((workload) => claimsOf(platform, workload).length > 0);

/** Taints of the groups that the workload's pods are placed on. */
function taintsOf(workload: Workload, platform: Platform): readonly Taint[] {
  const groups = platform.nodeGroups.filter(
    ({ region, labels }) =>
      region === workload.region &&
      Object.entries(workload.pod.nodeSelector).every(([key, value]) => labels[key] === value),
  );
  return groups.flatMap(({ taints }) => taints.filter(({ effect }) => effect === "NoSchedule"));
}

const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerations.some(
    ({ key, operator, value, effect }) =>
      (key === undefined || key === taint.key) &&
      (operator === "Exists" || value === taint.value) &&
      (effect === undefined || effect === taint.effect),
  );

/** Whether an admission policy adds a toleration of the taint to the pods with which Velero fills volumes. */
function admits({ object }: PlacedObject, taint: Taint, platform: Platform, region: string): boolean {
  const spec = objectOf(object["spec"]);
  const text = JSON.stringify(spec["mutations"] ?? []);
  const chosen = JSON.stringify(objectOf(spec["matchConstraints"]));
  const bound = platform.objects.some(
    (one) =>
      one.region === region &&
      one.object.kind === "MutatingAdmissionPolicyBinding" &&
      textOf(objectOf(one.object["spec"])["policyName"]) === object.metadata.name,
  );
  const onPods = objectsOf(objectOf(spec["matchConstraints"])["resourceRules"]).some(
    ({ resources, operations }) =>
      JSON.stringify(resources).includes('"pods"') && JSON.stringify(operations).includes('"CREATE"'),
  );
  return (
    bound &&
    onPods &&
    chosen.includes('"velero.io/data-download"') &&
    text.includes(`key: \\"${taint.key}\\"`) &&
    text.includes('operator: \\"Exists\\"')
  );
}

export default policy({
  id: "DR-16",
  severity: "error",
  proves: ["FL-21", "CA-10"],
  title: "Pods that fill restored volumes can run on the nodes of their applications",
  because:
    "Velero pins the pod that fills a volume to the node of the pod that waits for it and copies no toleration of ours: on a tainted node it stays Pending, and the restore fails after 30 minutes",
  remedy:
    "let Velero's node agent tolerate the taints of dedicated pools, and add the toleration to its restore pods by the MutatingAdmissionPolicy of the ServicesStack",
  subjects: keepsVolumes,
  check: (workload, platform) => {
    const taints = taintsOf(workload, platform);
    if (taints.length === 0) return notApplicable("its nodes have no taint");
    const agent = platform.releases.find(({ chart, region }) => chart === "velero" && region === workload.region);
    const agentTolerates = objectsOf(objectOf(agent?.values["nodeAgent"])["tolerations"]).map((one): Toleration => ({
      key: textOf(one["key"]),
      operator: textOf(one["operator"]) ?? "Equal",
      value: textOf(one["value"]),
      effect: textOf(one["effect"]),
      seconds: numberOf(one["tolerationSeconds"]),
    }));
    const policies = platform.objects.filter(
      ({ region, object }) => region === workload.region && object.kind === "MutatingAdmissionPolicy",
    );
    return taints.flatMap((taint) => [
      holds(
        tolerates(agentTolerates, taint),
        `Velero's node agent tolerates ${taint.key}=${taint.value}`,
        agentTolerates.map(({ key, operator }) => `${key ?? "every key"} ${operator}`).join(", ") || "no toleration",
      ),
      holds(
        policies.some((one) => admits(one, taint, platform, workload.region)),
        `an admission policy that lets restore pods tolerate ${taint.key}=${taint.value}`,
        policies.map(({ object }) => object.metadata.name ?? "").join(", ") || "none",
      ),
    ]);
  },
  mutants: [
    change("the agent tolerates nothing", veleroReleases, set("values.0.nodeAgent.tolerations", [])),
    change("the agent tolerates another taint", veleroReleases, set("values.0.nodeAgent.tolerations.0.key", "gpu")),
    remove("no admission policy", admission),
    remove("an admission policy without a binding", manifest("MutatingAdmissionPolicyBinding")),
    change("an admission policy for other pods", admission, set("spec.matchConstraints.objectSelector", {})),
    change(
      "an admission policy for updates",
      admission,
      set("spec.matchConstraints.resourceRules.0.operations", ["UPDATE"]),
    ),
  ],
  boundary: {
    holds: change(
      "the agent tolerates everything",
      veleroReleases,
      set("values.0.nodeAgent.tolerations", [{ operator: "Exists" }]),
    ),
    breaks: change(
      "a toleration of another key",
      admission,
      update("spec.mutations.0.jsonPatch.expression", (text) => String(text).replaceAll(label.pool, `${label.pool}s`)),
    ),
  },
});
