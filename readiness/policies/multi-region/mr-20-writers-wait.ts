import { label } from "../../../contract";
import { isObject, objectOf, textsOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../policy/comparison";
import { change, changeEnvironment, manifest, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";
import { ownWorkloads } from "../../policy-terms/scope";

const LABEL = label.writerOnly;
const PAUSED = "autoscaling.keda.sh/paused-replicas";
const inStandby = (type: string, application: string) =>
  resource(
    type,
    (_, id, stack) => stack === `${application}-eu-west-1` && /^(migration|worker)_(deployment|schedule)/.test(id),
  );
const isJob = ({ kind }: Workload): boolean => kind === "Job" || kind === "CronJob";

/** Jobs and workers that reach a store; a Service's pods answer reads in the standby too. */
const writers = (platform: Platform): readonly Workload[] =>
  ownWorkloads(platform).filter(
    (one) =>
      one.component?.talksTo.some((to) => isObject(to) && ("postgres" in to || "redis" in to)) === true &&
      (isJob(one) || one.services.every(({ ports }) => ports.length === 0)),
  );

export default policy({
  id: "MR-20",
  severity: "error",
  proves: ["CA-09", "FG-05", "XB-18"],
  title: "Writers run only in the region whose stores accept writes",
  because:
    "a migration or a queue worker that meets a read-only replica fails, and stops the deployment of the standby with it",
  remedy:
    "make it with Workload or RunToCompletion, which stop it by the region's writer switch; after a promotion set `writer` in the environment's file",
  subjects: writers,
  check: (workload, platform) => {
    const { role } = platform.stacks.find(({ name }) => name === workload.stack) ?? {};
    const writes = role === (platform.environment.writer ?? "primary");
    return [
      equals("true", workload.labels[LABEL] ?? "not set", `label ${LABEL}, by which the promotion finds it`),
      ...(writes ? started(workload) : stopped(workload)),
    ];
  },
  mutants: [
    change(
      "the promotion does not find the worker",
      inStandby("kubernetes_deployment_v1", "orders"),
      unset(["metadata", "labels", LABEL]),
    ),
    change(
      "a worker that runs in the standby",
      inStandby("kubernetes_deployment_v1", "storefront"),
      set("spec.replicas", "4"),
    ),
    change(
      "a worker that an apply stops after the promotion",
      inStandby("kubernetes_deployment_v1", "storefront"),
      unset("lifecycle"),
    ),
    change(
      "an autoscaler that starts the worker",
      manifest("ScaledObject", (_, __, stack) => stack === "orders-eu-west-1"),
      unset(["metadata", "annotations", PAUSED]),
    ),
    change(
      "a migration that runs by its schedule",
      inStandby("kubernetes_cron_job_v1", "ledger"),
      set("spec.suspend", false),
    ),
    change(
      "a migration that an apply suspends after the promotion",
      inStandby("kubernetes_cron_job_v1", "ledger"),
      set("lifecycle.ignore_changes", ["metadata"]),
    ),
    changeEnvironment("the other region is the writer", (environment) => {
      environment.writer = "secondary";
    }),
  ],
  boundary: {
    holds: change("a worker of no pods", inStandby("kubernetes_deployment_v1", "storefront"), set("spec.replicas", 0)),
    breaks: change("a worker of one pod", inStandby("kubernetes_deployment_v1", "storefront"), set("spec.replicas", 1)),
  },
});

/** The first count as written: of an autoscaler's target too. */
const writtenReplicas = ({ object }: Workload): number => Number(objectOf(object["spec"])["replicas"] ?? 1);

function started(workload: Workload): Verdict[] {
  if (isJob(workload)) return [holds(workload.job?.suspended !== true, "the job is not suspended", "suspended")];
  return [holds(writtenReplicas(workload) > 0, "the region that writes has pods of it", "0 replicas")];
}

function stopped(workload: Workload): Verdict[] {
  const ignored = textsOf(workload.resource.raw("lifecycle.ignore_changes"));
  const leaves = (field: string): Verdict =>
    holds(
      ignored.includes(field),
      `Terraform leaves ${field} to the promotion`,
      ignored.join(", ") || "it ignores nothing",
    );
  if (workload.kind === "Job")
    return [
      fail({ expected: "a suspended CronJob, which a promotion runs", actual: "a Job that runs with the deployment" }),
    ];
  if (workload.kind === "CronJob")
    return [
      holds(workload.job?.suspended === true, "suspended until the promotion", "it runs by its schedule"),
      leaves("spec[0].suspend"),
    ];
  return [
    equals(0, writtenReplicas(workload), "pods until the promotion"),
    leaves("spec[0].replicas"),
    ...(workload.autoscaler?.object.kind === "ScaledObject"
      ? [equals("0", workload.autoscaler.annotations[PAUSED] ?? "not set", `KEDA's annotation ${PAUSED}`)]
      : []),
  ];
}
