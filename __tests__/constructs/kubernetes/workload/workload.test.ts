import type { Component } from "../../../../config/application/schema";
import { Workload, type WorkloadProps } from "../../../../constructs/kubernetes/workload/workload";
import { Made } from "../../empty-stack";
import { expectRestricted, surroundings } from "./parts";

const base = {
  replicas: 3,
  keepAvailable: 2,
  metrics: "none",
  requests: { cpu: "100m", memory: "64Mi" },
  limits: { memory: "128Mi" },
  probes: { liveness: { http: "/live", port: "http" }, readiness: { http: "/ready" } },
};
const service = { ...base, kind: "service", port: 8080 };
const worker = { ...base, kind: "worker", ports: { http: 8080 }, talksTo: [{ redis: "jobs" }] };
const stateful = { ...worker, talksTo: [], volumes: { data: { path: "/data", sizeGiB: 8 } } };
const made = (part: object, props: Partial<WorkloadProps> = {}, tier = 1) =>
  new Made(
    (stack) =>
      new Workload(stack, "workload", {
        part: part as Component,
        name: "api",
        ...surroundings,
        callers: [],
        dependsOn: [],
        ownership: { ...surroundings.ownership, tier },
        ...props,
      }),
  );
const deploymentOf = (workload: Made) => workload.only("kubernetes_deployment_v1");

describe("a workload", () => {
  it("of a service is a Deployment behind a Service that only the cluster reaches", () => {
    expect(made(service).counts).toEqual({
      kubernetes_deployment_v1: 1,
      kubernetes_network_policy_v1: 1,
      kubernetes_service_account_v1: 1,
      kubernetes_service_v1: 1,
    });
    expect(made(service).only("kubernetes_service_v1")).toMatchObject({
      spec: { type: "ClusterIP", port: [{ name: "http", port: 8080, target_port: "http" }] },
    });
    expect(made(worker).counts).not.toHaveProperty("kubernetes_service_v1");
  });

  it.each([
    ["deployment", service],
    ["stateful_set", stateful],
  ])("has pods in its %s that are not root, change no file of their image and hold no token", (kind, part) => {
    const workload = made(part);
    expectRestricted(workload.only(`kubernetes_${kind}_v1`));
    expect(workload.only("kubernetes_service_account_v1")["automount_service_account_token"]).toBe(false);
  });

  it("gets a token and a role only by rules of the Kubernetes API", () => {
    const workload = made({ ...service, kubernetes: [{ group: "", resources: ["pods"], verbs: ["list"] }] });
    expect(JSON.stringify(deploymentOf(workload)["spec"])).toContain('"automount_service_account_token":true');
    expect(workload.counts).toMatchObject({ kubernetes_role_v1: 1, kubernetes_role_binding_v1: 1 });
  });

  it.each([
    [1, "0"],
    [2, "25%"],
  ])("of tier %d replaces pods slowly, with %s of them missing at most", (tier, max_unavailable) =>
    expect(deploymentOf(made(service, {}, tier))["spec"]).toMatchObject({
      min_ready_seconds: 10,
      strategy: { type: "RollingUpdate", rolling_update: { max_surge: "10%", max_unavailable } },
    }),
  );

  it("has its replicas, or leaves them to its autoscaler", () => {
    expect(deploymentOf(made(service))).toMatchObject({ spec: { replicas: "3" } });
    expect(deploymentOf(made(service))).not.toHaveProperty("lifecycle");
    const scaled = made({ ...service, replicas: undefined, scale: { min: 2, max: 9, cpuPercent: 70 } });
    expect(scaled.only("kubernetes_horizontal_pod_autoscaler_v2")).toMatchObject({ spec: { min_replicas: 2 } });
    expect(deploymentOf(scaled)["lifecycle"]).toEqual({ ignore_changes: ["spec[0].replicas"] });
  });

  it("that writes is stopped in a standby, and keeps how many the promotion starts", () => {
    const stopped = deploymentOf(made(worker, { acceptsWrites: false }));
    expect(stopped).toMatchObject({
      metadata: {
        labels: { "plimsoll.dev/writer-only": "true" },
        annotations: { "plimsoll.dev/replicas-as-writer": "3" },
      },
      spec: { replicas: "0" },
      lifecycle: { ignore_changes: ["spec[0].replicas"] },
    });
    // A service answers reads there.
    const answering = deploymentOf(made({ ...service, talksTo: worker.talksTo }, { acceptsWrites: false }));
    expect(answering).toMatchObject({ spec: { replicas: "3" } });
  });

  it.each([true, false])("that works on a queue is scaled by it, and not in a standby: writer %j", (acceptsWrites) => {
    const scale = { min: 2, max: 9, queue: { redis: "jobs", list: "jobs:new", perPod: 5 } };
    const queueConnection = { connectionSecret: "acme/jobs", address: "jobs.cache:6379", secretStore: "aws" };
    const workload = made({ ...worker, replicas: undefined, scale }, { acceptsWrites, queueConnection });
    expect(workload.counts).not.toHaveProperty("kubernetes_horizontal_pod_autoscaler_v2");
    const paused = JSON.stringify(workload.only("helm_release")).includes("paused-replicas");
    expect(paused).toBe(!acceptsWrites);
  });

  it("with volumes is a StatefulSet that keeps what its pods wrote", () => {
    const workload = made(stateful);
    expect(workload.counts).not.toHaveProperty("kubernetes_deployment_v1");
    expect(workload.only("kubernetes_stateful_set_v1")["spec"]).toMatchObject({
      persistent_volume_claim_retention_policy: [{ when_deleted: "Retain", when_scaled: "Retain" }],
      volume_claim_template: [{ spec: { resources: { requests: { storage: "8Gi" } } } }],
    });
    expect(workload.only("kubernetes_service_v1")).toMatchObject({ spec: { cluster_ip: "None" } });
  });

  it("starts its pods again with a new secret, and an apply does not start them once more", () => {
    const deployment = deploymentOf(made(service, { secretName: "keys" }));
    expect(deployment).toMatchObject({ metadata: { annotations: { "secret.reloader.stakater.com/reload": "keys" } } });
    expect(deployment["lifecycle"]).toEqual({
      ignore_changes: [expect.stringContaining("last-reloaded-from") as unknown],
    });
  });
});
