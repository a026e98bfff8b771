import { holds } from "../../../policy/comparison";
import { add, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

export default policy({
  id: "DE-31",
  severity: "error",
  title: "A Job that Terraform manages has no TTL",
  because:
    "Kubernetes removes a finished Job with a TTL, Terraform finds it gone, and the next apply runs migrations and seeds once more",
  remedy: "leave out ttl_seconds_after_finished: the Job stays until a release replaces it",
  proves: [],
  beyond: "a nightly plan shows drift only when nothing vanishes by itself (terraform-provider-kubernetes#2531)",
  subjects: (platform) => platform.ofType("kubernetes_job", "kubernetes_job_v1"),
  check: (job) => {
    const path = "spec.ttl_seconds_after_finished";
    const seconds = job.raw(path);
    return holds(seconds === undefined || seconds === null, "no TTL", `${String(seconds)} s`, { field: path });
  },
  mutants: [
    withJob("a job that is removed after an hour", { ttl_seconds_after_finished: "3600" }),
    withJob("a job that is removed at once", { ttl_seconds_after_finished: "0" }),
  ],
  boundary: {
    holds: withJob("a job without a TTL", {}),
    breaks: withJob("a job that is removed after ten years", { ttl_seconds_after_finished: "315360000" }),
  },
});

function withJob(name: string, spec: JsonObject) {
  const container = [{ name: "main", image: "migration" }];
  const template = { metadata: { labels: { job: "migration" } }, spec: { restart_policy: "Never", container } };
  return add(name, /^storefront-/, "kubernetes_job_v1", "migration", {
    metadata: { name: "migration", namespace: "storefront" },
    spec: { active_deadline_seconds: 600, backoff_limit: 2, ...spec, template },
  });
}
