import type { Job } from "../../../../config/application/schema";
import {
  RunToCompletion,
  type RunToCompletionProps,
} from "../../../../constructs/kubernetes/workload/run-to-completion";
import { type Arguments, Made } from "../../empty-stack";
import { expectRestricted, surroundings } from "./parts";

const program = { deadlineSeconds: 300, requests: { cpu: "100m", memory: "64Mi" }, limits: { memory: "128Mi" } };
const migration = { ...program, kind: "migration" };
const scheduled = { ...program, kind: "scheduled", schedule: "0 3 * * *" };
const writing = { talksTo: [{ postgres: "orders" }] };
const made = (part: object, props: Partial<RunToCompletionProps> = {}) =>
  new Made(
    (stack) =>
      new RunToCompletion(stack, "run", {
        part: part as Job,
        name: "change",
        ...surroundings,
        dependsOn: [],
        ...props,
      }),
  );
const specOf = (run: Made, type: "job" | "cron_job"): Arguments =>
  run.only(`kubernetes_${type}_v1`)["spec"] as Arguments;
const labelsOf = (object: Arguments) => (object["metadata"] as { readonly labels: Arguments }).labels;

describe("a step before the rollout", () => {
  it("is a Job that Terraform waits for and Kubernetes does not remove", () => {
    const run = made(migration);
    expect(run.only("kubernetes_job_v1")).toMatchObject({ wait_for_completion: true, timeouts: { create: "10m" } });
    expect(specOf(run, "job")).toMatchObject({ active_deadline_seconds: 300, backoff_limit: 2 });
    expect(specOf(run, "job")).not.toHaveProperty("ttl_seconds_after_finished");
    expect(labelsOf(run.only("kubernetes_job_v1"))).toMatchObject({ "plimsoll.dev/step": "migration" });
  });

  it.each(["migration", "seed"])("that is a %s waits in a standby for the promotion, which alone starts it", (kind) => {
    const run = made({ ...program, ...writing, kind }, { acceptsWrites: false });
    expect(run.counts).not.toHaveProperty("kubernetes_job_v1");
    expect(specOf(run, "cron_job")).toMatchObject({ suspend: true });
    expect(labelsOf(run.only("kubernetes_cron_job_v1"))).toMatchObject({ "plimsoll.dev/writer-only": "true" });
    expect(run.only("kubernetes_cron_job_v1")["lifecycle"]).toEqual({ ignore_changes: ["spec[0].suspend"] });
  });
});

describe("a scheduled run", () => {
  it("starts by its schedule in UTC, beside no other run, and its end is kept for three days", () => {
    expect(specOf(made(scheduled), "cron_job")).toMatchObject({
      schedule: "0 3 * * *",
      timezone: "Etc/UTC",
      concurrency_policy: "Forbid",
      job_template: { spec: { active_deadline_seconds: 300, ttl_seconds_after_finished: "259200" } },
    });
    expect(specOf(made(scheduled), "cron_job")).not.toHaveProperty("suspend");
  });

  it("replaces the run before and tries as often as is declared", () =>
    expect(specOf(made({ ...scheduled, whileRunning: "Replace", retries: 0 }), "cron_job")).toMatchObject({
      concurrency_policy: "Replace",
      job_template: { spec: { backoff_limit: 0 } },
    }));

  it("is suspended in a standby only where it writes", () => {
    expect(specOf(made(scheduled, { acceptsWrites: false }), "cron_job")).not.toHaveProperty("suspend");
    expect(specOf(made({ ...scheduled, ...writing }, { acceptsWrites: false }), "cron_job")["suspend"]).toBe(true);
  });
});

describe.each([
  ["a step", migration, "kubernetes_job_v1"],
  ["a scheduled run", scheduled, "kubernetes_cron_job_v1"],
])("the pod of %s", (_, part, type) => {
  const run = made(part);
  it("is not root, changes no file of its image and holds no token", () => {
    expectRestricted(run.only(type));
    expect(run.only("kubernetes_service_account_v1")["automount_service_account_token"]).toBe(false);
  });

  it("reaches DNS alone, by an account and a policy of its own", () => {
    const { ingress, egress } = run.only("kubernetes_network_policy_v1")["spec"] as Arguments;
    expect([ingress, egress]).toMatchObject([undefined, [{ ports: [{ port: "53" }, { port: "53" }] }]]);
    expect(run.only("kubernetes_service_account_v1")).toMatchObject({ metadata: { name: "shop-change" } });
  });
});
