import { label } from "../../../../contract";
import { stepCommitments } from "../../../../catalog/claims/commitments";
import type { Platform } from "../../../inventory/platform";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../../policy/comparison";
import {
  add,
  change,
  remove,
  resource,
  together,
  update,
  type JsonObject,
  type Mutation,
} from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { forClaim, type Verdict } from "../../../policy/verdict";
import { replicated } from "../../../policy-terms/scope";
import { deployments } from "../../../policy-terms/targets";
import { written } from "../../../policy-terms/required-value";

const STEP = label.step;
/** Values of a Job's label plimsoll.dev/step, in the order in which they run. */
const steps = ["migration", "seed"];

const stepOf = (job: Workload): number => steps.indexOf(job.labels[STEP] ?? "");
const ofOneApplication = (job: Workload, other: Workload): boolean =>
  other.region === job.region && other.namespace === job.namespace;

const isStep = (workload: Workload): boolean => workload.kind === "Job" && stepOf(workload) >= 0;

const promisingNamespaces = ({ commitments, namespaces }: Platform): readonly Namespace[] =>
  namespaces.filter(({ name }) => stepCommitments(commitments, name).length > 0);

const promisedSteps = ({ name = "", region }: Namespace, platform: Platform): Verdict[] =>
  stepCommitments(platform.commitments, name).map(({ claim, step }) => {
    const there = platform.workloads.some(
      (workload) =>
        stepOf(workload) >= 0 &&
        workload.region === region &&
        workload.namespace === name &&
        workload.labels[STEP] === step,
    );
    return forClaim(
      claim,
      holds(
        there,
        `${claim} promises a ${step} before the pods of ${name} start`,
        there ? "it is there" : "there is none",
        { field: "jobs" },
      ),
    );
  });

/** What must not start before the job is done: the pods of its application, and the steps after it. */
const waiting = (job: Workload, platform: Platform): readonly Workload[] => [
  ...replicated(platform).filter((other) => ofOneApplication(job, other)),
  ...platform.workloads.filter(
    (other) => other.kind === "Job" && ofOneApplication(job, other) && stepOf(other) > stepOf(job),
  ),
];

export default policy({
  id: "WL-11",
  severity: "error",
  title: "A migration completes before any pod of the release starts",
  because:
    "a pod that meets the old schema fails or writes what the new one cannot read, and a failed migration must stop the release",
  remedy:
    "let each Deployment of the application depend on the migration Job, and keep wait_for_completion of the Job on",
  proves: ["FG-05", "XB-18"],
  subjects: (platform): readonly (Workload | Namespace)[] => [
    ...platform.workloads.filter(isStep),
    ...promisingNamespaces(platform),
  ],
  check: (job, platform) =>
    !("pod" in job)
      ? promisedSteps(job, platform)
      : [
          // The provider waits by default, and fails the deployment with the Job.
          equals(
            true,
            job.resource.has("wait_for_completion") ? job.resource.flag("wait_for_completion") : true,
            "the deployment waits until the job has completed",
          ),
          written(
            job,
            job.job?.activeDeadlineSeconds,
            "activeDeadlineSeconds",
            "seconds after which a hanging migration fails",
          ),
          written(job, job.job?.backoffLimit, "backoffLimit", "retries after which the migration has failed"),
          ...waiting(job, platform).map((other) =>
            holds(
              platform.after(other.resource).includes(job.resource),
              `${other.label} starts after ${job.label}`,
              "nothing orders them",
            ),
          ),
        ],
  mutants: [
    remove(
      "a promised migration is gone",
      resource("kubernetes_job_v1", (_block, id) => id.startsWith("migration")),
    ),
    remove(
      "a promised seed is gone",
      resource("kubernetes_job_v1", (_block, id) => id.startsWith("seed")),
    ),
    together("the pods do not wait", migration("", {}, {})),
    together("a migration that is started and not awaited", migration("", { wait_for_completion: false }, {}), waits()),
    together("a migration that may hang", migration("", {}, { active_deadline_seconds: null }), waits()),
    together("a migration that is retried without end", migration("", {}, { backoff_limit: null }), waits()),
  ],
  boundary: {
    holds: together("every Deployment depends on the job", migration("", {}, {}), waits()),
    breaks: together("all but one do", migration("", {}, {}), waits(/^(?!api)/)),
  },
});

function waits(ids = /./): Mutation {
  const target = { ...deployments, where: (_: JsonObject, id: string) => ids.test(id) };
  return change(
    "they wait for the job",
    target,
    update("depends_on", (list) => [...(Array.isArray(list) ? list : []), "kubernetes_job_v1.migration"]),
  );
}

function migration(name: string, block: JsonObject, spec: JsonObject): Mutation {
  const labels = { [STEP]: "migration" };
  const template = {
    metadata: { labels },
    spec: { restart_policy: "Never", container: [{ name: "main", image: "migration" }] },
  };
  return add(name, /^storefront-/, "kubernetes_job_v1", "migration", {
    metadata: { name: "migration", namespace: "storefront", labels },
    ...block,
    spec: { active_deadline_seconds: 600, backoff_limit: 2, ttl_seconds_after_finished: 3600, ...spec, template },
  });
}
