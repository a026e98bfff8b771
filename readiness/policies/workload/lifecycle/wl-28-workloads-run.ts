import { label } from "../../../../contract";
import { numberOf, objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { add, change, manifest, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import { deployments, ownWorkloads } from "../_own";

const PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";
/** Annotations by which KEDA stops scaling. Source: kedacore/keda-docs, "Scaling Deployments", pause autoscaling, read 2026-11-28. */
const pauses = [
  "autoscaling.keda.sh/paused",
  PAUSED_REPLICAS,
  "autoscaling.keda.sh/paused-scale-in",
  "autoscaling.keda.sh/paused-scale-out",
];

const stopped = (workload: Workload, what: string, consequence: string): Verdict =>
  fail({
    expected: `${workload.label} runs`,
    actual: what,
    message: `${workload.label} in ${workload.region}: ${what}: ${consequence}`,
  });

/** @param waits whether a promotion starts it: until then it has no replicas, or its schedule is suspended or KEDA is paused */
function judgeWorkload(workload: Workload, waits: boolean): Verdict[] {
  const spec = objectOf(workload.object["spec"]);
  const rolling = objectOf(objectOf(spec["updateStrategy"])["rollingUpdate"]);
  const partition = numberOf(rolling["partition"]) ?? 0;
  const scaled = workload.kind === "Deployment" || workload.kind === "StatefulSet";
  return [
    ...(spec["paused"] === true
      ? [stopped(workload, "the rollout is paused", "no new revision reaches its pods")]
      : []),
    ...(spec["suspend"] === true && !waits ? [stopped(workload, "it is suspended", "it never runs")] : []),
    ...(numberOf(spec["parallelism"]) === 0 ? [stopped(workload, "parallelism is 0", "it never runs")] : []),
    ...(partition > 0 ? [stopped(workload, `partition is ${partition}`, "pods below it keep the old revision")] : []),
    ...(textOf(objectOf(spec["updateStrategy"])["type"]) === "OnDelete"
      ? [stopped(workload, "updates wait for pods to be deleted", "no new revision reaches its pods")]
      : []),
    ...(scaled && !waits && (workload.maximumReplicas ?? 1) === 0
      ? [stopped(workload, "it has 0 replicas", "nothing serves")]
      : []),
    ...judgeScaler(workload, waits),
  ];
}

function judgeScaler(workload: Workload, waits: boolean): Verdict[] {
  const { autoscaler } = workload;
  if (autoscaler === undefined) return [];
  const paused = pauses.filter(
    // The promotion takes this one away, and no other.
    (name) => !["false", undefined].includes(autoscaler.annotations[name]) && !(waits && name === PAUSED_REPLICAS),
  );
  const disabled = [autoscaler.scaleUp, autoscaler.scaleDown].some(({ selectPolicy }) => selectPolicy === "Disabled");
  return [
    ...(paused.length > 0
      ? [stopped(workload, `its autoscaler is paused by ${paused.join(", ")}`, "no load changes the number of pods")]
      : []),
    ...(autoscaler.metrics.length === 0
      ? [stopped(workload, "its autoscaler measures nothing", "no load changes the number of pods")]
      : []),
    ...(disabled
      ? [
          stopped(
            workload,
            "its autoscaler has selectPolicy Disabled",
            "the number of pods changes in one direction only",
          ),
        ]
      : []),
  ];
}

/** Writers are stopped in the region that is not the writer: MR-20 judges them. */
const waits = (workload: Workload, platform: Platform): boolean =>
  workload.labels[label.writerOnly] === "true" &&
  platform.clusters.find(({ region }) => region === workload.region)?.role !==
    (platform.environment.writer ?? "primary");

export default policy({
  id: "WL-28",
  severity: "error",
  proves: ["CA-02", "CA-04"],
  title: "No workload and no autoscaler is paused, suspended or scaled to zero",
  because:
    "a paused rollout, scaler or schedule looks healthy: nothing is reported until the next release or the next peak does nothing",
  remedy: "remove paused, suspend, partition and the paused annotations; stop a component by removing it",
  subjects: (platform) => ownWorkloads(platform),
  check: (workload, platform): Verdict | readonly Verdict[] => {
    const held = waits(workload, platform);
    const found = judgeWorkload(workload, held);
    if (found.length > 0) return found;
    return held ? notApplicable("a writer of the region that does not write: MR-20 judges it") : pass("it runs");
  },
  mutants: [
    change("a paused rollout", deployments, set("spec.paused", true)),
    change(
      "no replicas in the region that writes",
      resource(
        "kubernetes_deployment_v1",
        (_b, id, stack) => stack === "storefront-us-east-1" && id.startsWith("worker"),
      ),
      set("spec.replicas", "0"),
    ),
    change(
      "a paused scaler",
      manifest("ScaledObject"),
      set(["metadata", "annotations", "autoscaling.keda.sh/paused"], "true"),
    ),
    change(
      "an autoscaler that never scales up",
      resource("kubernetes_horizontal_pod_autoscaler_v2"),
      set("spec.behavior.scale_up.select_policy", "Disabled"),
    ),
    change(
      "a scaler of the standby that stays paused after the promotion",
      manifest("ScaledObject", (_b, _id, stack) => stack.endsWith("-eu-west-1")),
      set(["metadata", "annotations", "autoscaling.keda.sh/paused"], "true"),
    ),
    change("a scaler that measures nothing", manifest("ScaledObject"), set("spec.triggers", [])),
    change(
      "a scaler that its behaviour switches off",
      manifest("ScaledObject"),
      set("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.selectPolicy", "Disabled"),
    ),
    change(
      "a partition above all pods",
      resource("kubernetes_stateful_set_v1"),
      set("spec.update_strategy.0.rolling_update.0.partition", 5),
    ),
    change(
      "updates on deletion",
      resource("kubernetes_stateful_set_v1"),
      set("spec.update_strategy.0.type", "OnDelete"),
    ),
    change("a job without parallelism", resource("kubernetes_job_v1"), set("spec.parallelism", 0)),
    add("a suspended schedule", "storefront-us-east-1", "kubernetes_cron_job_v1", "nightly", {
      metadata: { name: "nightly", namespace: "storefront" },
      spec: { schedule: "0 3 * * *", suspend: true, job_template: { spec: { template: { spec: {} } } } },
    }),
  ],
  boundary: {
    holds: change(
      "a scaler that says that it is not paused",
      manifest("ScaledObject"),
      set(["metadata", "annotations", "autoscaling.keda.sh/paused"], "false"),
    ),
    breaks: change(
      "a scaler that is paused in one direction",
      manifest("ScaledObject"),
      set(["metadata", "annotations", "autoscaling.keda.sh/paused-scale-out"], "true"),
    ),
  },
});
