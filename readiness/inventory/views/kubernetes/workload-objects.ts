import { annotation } from "../../../../contract";
import { memoryMiB } from "../../../../models/quantity";
import type { Workload } from "../../facts/kubernetes/workload-graph";
import { flagOf, type JsonObject, numberOf, objectOf, objectsOf, textMapOf, textOf, textsOf } from "../../json";
import type { KubernetesObject } from "../../kubernetes/object";
import { selectorOf } from "../../kubernetes/selector";
import { perObject } from "../../references";
import { componentOf } from "./component-facts";
import { containersOf, podSpecOf } from "./pods";
import { networkRulesOf } from "./single-objects";

/** What makes pods. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] as const;

/** What the object alone says of a workload; most objects are the same in many inventories. */
export const workloadObject = perObject((object: KubernetesObject) => {
  const kind = workloadKinds.find((name) => name === object.kind) ?? "Deployment";
  const spec = objectOf(object["spec"]);
  const jobSpec = kind === "CronJob" ? objectOf(objectOf(spec["jobTemplate"])["spec"]) : spec;
  const template = objectOf(jobSpec["template"]);
  const pod = objectOf(template["spec"]);
  const strategy = objectOf(spec["strategy"] ?? spec["updateStrategy"]);
  const rolling = objectOf(strategy["rollingUpdate"]);
  const scaled = kind === "Deployment" || kind === "StatefulSet";
  return {
    kind,
    scaled,
    replicas: scaled
      ? spec["replicas"] === undefined
        ? 1
        : (numberOf(textMapOf(object.metadata.annotations)[annotation.replicasAsWriter]) ?? numberOf(spec["replicas"]))
      : kind === "DaemonSet"
        ? undefined
        : (numberOf(jobSpec["parallelism"]) ?? 1),
    podLabels: textMapOf(objectOf(template["metadata"])["labels"]),
    podAnnotations: textMapOf(objectOf(template["metadata"])["annotations"]),
    selector: selectorOf(spec["selector"]),
    strategy: {
      type: textOf(strategy["type"]),
      maxSurge: countOrPercent(rolling["maxSurge"]),
      maxUnavailable: countOrPercent(rolling["maxUnavailable"]),
    },
    progressDeadlineSeconds: numberOf(spec["progressDeadlineSeconds"]) ?? (kind === "Deployment" ? 600 : undefined),
    minReadySeconds: numberOf(spec["minReadySeconds"]) ?? 0,
    pod: podSpecOf(pod),
    containers: containersOf(pod, "containers"),
    component: componentOf(textMapOf(object.metadata.annotations)[annotation.component]),
    job: kind === "Job" || kind === "CronJob" ? jobOf(kind === "CronJob" ? spec : {}, jobSpec) : undefined,
    volumeClaimTemplates: objectsOf(spec["volumeClaimTemplates"]).map((claim) => ({
      name: textOf(objectOf(claim["metadata"])["name"]) ?? "",
      storageClass: textOf(objectOf(claim["spec"])["storageClassName"]),
      storageMiB: memoryMiB(textMapOf(objectOf(objectOf(claim["spec"])["resources"])["requests"])["storage"]),
    })),
  };
});

function jobOf(cron: JsonObject, job: JsonObject): NonNullable<Workload["job"]> {
  return {
    suspended: flagOf(cron["suspend"]) === true,
    schedule: textOf(cron["schedule"]),
    concurrencyPolicy: textOf(cron["concurrencyPolicy"]),
    timeZone: textOf(cron["timeZone"]),
    startingDeadlineSeconds: numberOf(cron["startingDeadlineSeconds"]),
    successfulHistory: numberOf(cron["successfulJobsHistoryLimit"]),
    failedHistory: numberOf(cron["failedJobsHistoryLimit"]),
    activeDeadlineSeconds: numberOf(job["activeDeadlineSeconds"]),
    ttlSeconds: numberOf(job["ttlSecondsAfterFinished"]),
    backoffLimit: numberOf(job["backoffLimit"]),
  };
}

export function countOrPercent(value: unknown): number | string | undefined {
  return typeof value === "number" ? value : typeof value === "string" ? (numberOf(value) ?? value) : undefined;
}

export const networkPolicyObject = perObject((object: KubernetesObject) => {
  const spec = objectOf(object["spec"]);
  const types = textsOf(spec["policyTypes"]);
  return {
    podSelector: selectorOf(spec["podSelector"]),
    isolatesIngress: types.length === 0 || types.includes("Ingress"),
    isolatesEgress: types.length === 0 ? spec["egress"] !== undefined : types.includes("Egress"),
    ingress: networkRulesOf(spec["ingress"], "from"),
    egress: networkRulesOf(spec["egress"], "to"),
  };
});

export const disruptionBudgetObject = perObject((object: KubernetesObject) => {
  const spec = objectOf(object["spec"]);
  return {
    selector: selectorOf(spec["selector"]),
    selectsNothing: spec["selector"] === undefined,
    minAvailable: countOrPercent(spec["minAvailable"]),
    maxUnavailable: countOrPercent(spec["maxUnavailable"]),
    unhealthyPods: textOf(spec["unhealthyPodEvictionPolicy"]) ?? "IfHealthyBudget",
  };
});
