import { recoveryAllowances } from "../../../../catalog/recovery-allowances";
import { goSeconds } from "../../../../models/duration";
import { numberOf, objectOf } from "../../../inventory/json";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { atLeast, atMost, oneOf } from "../../../policy/comparison";
import { add, change, resource, set, unset, type JsonObject, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

const { nodeReadySeconds, imagePullSeconds } = recoveryAllowances;
/** A pod that finds no room waits for a node and for its image, and its job's deadline runs meanwhile. */
const leastSeconds = nodeReadySeconds + imagePullSeconds;
/** Source: Terraform registry, kubernetes_job_v1, "Timeouts", provider 2.38, read 2026-11-29. */
const UNSET_WAIT = "1m";

/** Terraform gives up before the job does: the next plan makes the job again beside the one that still runs. */
function waited({ resource: job }: Workload, deadline: number): Verdict[] {
  if (job.type !== "kubernetes_job_v1" || job.flag("wait_for_completion") === false) return [];
  return ["create", "update"].map((step) => {
    const written = job.text(`timeouts.${step}`) ?? UNSET_WAIT;
    const seconds = goSeconds(written);
    return seconds === undefined
      ? unknown(`timeouts.${step} ${written} is no duration`, `timeouts.${step}`)
      : atLeast(deadline, seconds, `seconds that Terraform waits (timeouts.${step}), against the deadline`);
  });
}

/** A step that no pod does, or several at once. */
function runsOnce({ object, kind, pod }: Workload): Verdict[] {
  const spec = objectOf(object["spec"]);
  const job = kind === "CronJob" ? objectOf(objectOf(spec["jobTemplate"])["spec"]) : spec;
  const [completions, parallelism] = [numberOf(job["completions"]) ?? 1, numberOf(job["parallelism"]) ?? 1];
  return [
    completions < 1 || parallelism < 1
      ? fail({
          expected: "one pod that completes",
          actual: `completions ${completions}, parallelism ${parallelism}`,
          message: "the job counts as complete, or stays pending, without having run a pod",
        })
      : pass(`${completions} completions`),
    oneOf(["Never", "OnFailure"], pod.restartPolicy ?? "Always", "restartPolicy that the API takes for a job"),
    atMost(1, parallelism, "pods of a run at once: two of them do the same work side by side"),
  ];
}

export default policy({
  id: "WL-44",
  severity: "error",
  proves: ["FG-05", "XB-18"],
  title: "Jobs have the time to start and end, run once, and are waited for",
  because:
    "the deadline runs while the pod waits for a node and its image: a job that it ends never did its work, and every deployment stops there",
  remedy: `give deadlineSeconds of the job ${leastSeconds} seconds for a node and the image, and those of its work; leave completions, parallelism and timeouts to the component`,
  subjects: (platform) =>
    platform.workloads.filter(({ kind, origin }) => (kind === "Job" || kind === "CronJob") && origin !== "chart"),
  check: (workload) => {
    const deadline = workload.job?.activeDeadlineSeconds;
    // One without any deadline is WL-09's and WL-11's.
    const timed =
      deadline === undefined
        ? []
        : [
            atLeast(leastSeconds, deadline, "seconds of the deadline, against those of a new node and its image", {
              field: "deadlineSeconds",
              arithmetic: `${nodeReadySeconds} s for a node + ${imagePullSeconds} s for the image`,
            }),
            ...waited(workload, deadline),
          ];
    return [...timed, ...runsOnce(workload)];
  },
  mutants: [
    change("a second", resource("kubernetes_job_v1"), set("spec.active_deadline_seconds", 1)),
    change(
      "a second, in the secondary",
      resource("kubernetes_cron_job_v1", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.job_template.spec.active_deadline_seconds", 1),
    ),
    scheduled("a schedule with half a minute", { active_deadline_seconds: 30 }),
    change("Terraform gives up first", resource("kubernetes_job_v1"), set("timeouts.create", "30s")),
    change("Terraform's own patience", resource("kubernetes_job_v1"), unset("timeouts")),
    change(
      "a pod that is started again without end",
      resource("kubernetes_job_v1"),
      set("spec.template.spec.restart_policy", "Always"),
    ),
    change("complete without a run", resource("kubernetes_job_v1"), set("spec.completions", 0)),
    change("five at once", resource("kubernetes_job_v1"), (block) => {
      set("spec.completions", 5)(block);
      set("spec.parallelism", 5)(block);
    }),
    scheduled("two runs of a schedule side by side", { parallelism: 2 }),
  ],
  boundary: {
    holds: scheduled("the time of a node and an image", { active_deadline_seconds: leastSeconds }),
    breaks: scheduled("a second less", { active_deadline_seconds: leastSeconds - 1 }),
  },
});

function scheduled(name: string, job: JsonObject): Mutation {
  const template = {
    metadata: { labels: { job: "nightly" } },
    spec: { restart_policy: "Never", container: [{ name: "main", image: "nightly" }] },
  };
  return add(name, /^storefront-/, "kubernetes_cron_job_v1", "nightly", {
    metadata: { name: "nightly", namespace: "storefront" },
    spec: {
      schedule: "0 3 * * *",
      job_template: { metadata: {}, spec: { active_deadline_seconds: 600, backoff_limit: 2, ...job, template } },
    },
  });
}
