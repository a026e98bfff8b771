import { App, TerraformStack } from "cdktf";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keda } from "../../catalog/charts/keda/chart";
import type { ApplicationLiteral } from "../../config/application/schema";
import { ScaledObject } from "../../constructs/kubernetes/workload/scaled-object";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { judge } from "../../readiness/judgement/judge";
import { discoverPolicies } from "../../readiness/policies";
import { asObject, type JsonObject } from "../../readiness/policy/json";
import {
  addManifest,
  change,
  manifest,
  type Mutation,
  remove,
  resource,
  set,
  type Synthesis,
  together,
  unset,
} from "../../readiness/policy/mutation";
import storefront from "../fixtures/platform/apps/storefront";
import { fixtureApplications, fixtureFacts } from "../fixtures/platform/platform";
import { judgedFacts, platformStacks, synthesised } from "../harness";

const component = { "app.kubernetes.io/name": "storefront", "app.kubernetes.io/component": "api" };

function objects(): JsonObject[] {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "queue-")) });
  const stack = new TerraformStack(app, "queue");
  new ScaledObject(stack, "autoscaler", {
    metadata: { name: "api", namespace: "storefront", labels: component },
    scale: {
      min: 3,
      max: 20,
      cpuPercent: 70,
      memoryPercent: 80,
      upWindowSeconds: 60,
      downWindowSeconds: 300,
      queue: { redis: "queue", list: "tasks", perPod: 30 },
    },
    target: { kind: "Deployment", name: "api" },
    connectionSecret: "acme/production/storefront/REDIS_URL",
    address: "queue.example:6379",
    secretStore: "secrets-manager",
    dependsOn: [],
  });
  const { resource } = stack.toTerraform() as {
    resource: { helm_release: Record<string, { name: string; values: string[] }> };
  };
  const [release] = Object.values(resource.helm_release);
  expect(release?.name).toBe("api-queue-scaling");
  return (JSON.parse(release?.values[0] ?? "{}") as { manifests: JsonObject[] }).manifests;
}

const secretsOfApi = manifest(
  "ExternalSecret",
  (object) =>
    asObject(object["metadata"])["name"] === "api-secrets" &&
    asObject(object["metadata"])["namespace"] === "storefront",
);
const ofKind = (kind: string) =>
  manifest(
    kind,
    (object) =>
      String(asObject(object["metadata"])["name"]).startsWith("api") &&
      asObject(object["metadata"])["name"] !== "api-secrets",
  );
const withoutKeda = remove(
  "without KEDA",
  resource("helm_release", (block) => block["chart"] === keda.chart),
);

describe("a component that scales by a queue", () => {
  const made = objects();
  const scaled = together(
    "by queue",
    remove(
      "no HorizontalPodAutoscaler",
      resource("kubernetes_horizontal_pod_autoscaler_v2", (block) =>
        JSON.stringify(block["metadata"]).includes('"namespace":"storefront"'),
      ),
    ),
    ...made.map((object) => addManifest(String(object["kind"]), secretsOfApi, object)),
  );
  const production = (): Synthesis => ({
    stacks: synthesised("production"),
    facts: judgedFacts(),
  });
  const inventory = (...mutations: Mutation[]): Platform => {
    const { stacks, facts } = together("all", scaled, ...mutations).apply(production());
    return takeInventory(stacks, facts);
  };
  const policies = discoverPolicies().map(({ policy }) => policy);
  const refusals = (platform: Platform, ...ids: string[]) =>
    judge(
      platform,
      policies.filter(({ id }) => ids.length === 0 || ids.includes(id)),
    )
      .findings.filter(({ outcome }) => outcome === "fail" || outcome === "unknown")
      .map(({ policy, message }) => `${policy} ${message}`);

  /** Beyond those of production as it is; the shape of all environments is locked, this is another one, and it leaves a pool idle. */
  const newRefusals = (platform: Platform) => {
    const { stacks, facts } = production();
    const before = refusals(takeInventory(stacks, facts));
    return refusals(platform).filter((finding) => !/^(DE-06|CO-08)/.test(finding) && !before.includes(finding));
  };

  test("has KEDA's objects, whose secret is the connection URL in parts", () => {
    const [connection, authentication, scaledObject] = made;
    expect(made.map(({ kind }) => kind)).toEqual(["ExternalSecret", "TriggerAuthentication", "ScaledObject"]);
    const template = asObject(asObject(asObject(asObject(connection?.["spec"])["target"])["template"])["data"]);
    expect(asObject(authentication?.["spec"])["secretTargetRef"]).toEqual(
      Object.keys(template).map((parameter) => ({ parameter, name: "api-queue", key: parameter })),
    );
    expect(scaledObject?.["spec"]).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "api" },
      minReplicaCount: 3,
      maxReplicaCount: 20,
      fallback: { replicas: 3, behavior: "currentReplicasIfHigher" },
      triggers: [
        {
          type: "redis",
          metricType: "AverageValue",
          metadata: { listName: "tasks", listLength: "30" },
          authenticationRef: { name: "api-queue" },
        },
        { type: "cpu", metricType: "Utilization", metadata: { value: "70" } },
        { type: "memory", metricType: "Utilization", metadata: { value: "80" } },
      ],
    });
  });

  test("is an autoscaler like any other, and the whole platform with KEDA's pods is ready", () => {
    const platform = inventory();
    const autoscalers = platform.autoscalers.filter(
      ({ object, namespace }) => object.kind === "ScaledObject" && namespace === "storefront",
    );
    expect(
      autoscalers.map(({ region, min, max, target, scaleUp, scaleDown, metrics }) => [
        region,
        min,
        max,
        target.workload?.name,
        scaleUp.windowSeconds,
        scaleDown.windowSeconds,
        metrics.map(({ type, name, averageValue, utilizationPercent }) => [
          type,
          name,
          averageValue ?? utilizationPercent,
        ]),
      ]),
    ).toEqual(
      ["eu-west-1", "us-east-1"].map((region) => [
        region,
        3,
        20,
        "api",
        60,
        300,
        [
          ["External", "redis", "30"],
          ["Resource", "cpu", 70],
          ["Resource", "memory", 80],
        ],
      ]),
    );
    expect(newRefusals(platform)).toEqual([]);
  });

  test.each<[string, string, string, Mutation[]]>([
    ["KEDA is not installed", "CP-08", "keda", [withoutKeda]],
    [
      "nobody makes the credentials",
      "CP-08",
      "ExternalSecret that makes api-queue/password",
      [remove("gone", ofKind("ExternalSecret"))],
    ],
    [
      "the trigger has no credentials",
      "CP-08",
      "TriggerAuthentication",
      [remove("gone", ofKind("TriggerAuthentication"))],
    ],
    [
      "a parameter is not in the secret",
      "CP-08",
      "api-queue/user",
      [change("other key", ofKind("TriggerAuthentication"), set("spec.secretTargetRef.1.key", "user"))],
    ],
    [
      "KEDA may scale to zero",
      "AV-08",
      "minimum of replicas",
      [change("no minimum", ofKind("ScaledObject"), unset("spec.minReplicaCount"))],
    ],
    [
      "idle means none",
      "AV-08",
      "minimum of replicas",
      [change("idle", ofKind("ScaledObject"), set("spec.idleReplicaCount", 0))],
    ],
    [
      "KEDA's maximum of 100",
      "AV-08",
      "replicas.max",
      [change("no maximum", ofKind("ScaledObject"), unset("spec.maxReplicaCount"))],
    ],
    [
      "windows are not declared",
      "AV-08",
      "upWindowSeconds",
      [change("no behavior", ofKind("ScaledObject"), unset("spec.advanced"))],
    ],
    [
      "nothing is scaled",
      "AV-07",
      "there is no such workload",
      [change("ghost", ofKind("ScaledObject"), set("spec.scaleTargetRef.name", "ghost"))],
    ],
    [
      "the connection is read less often than secrets are replaced",
      "SC-15",
      "refreshInterval",
      [change("never", ofKind("ExternalSecret"), set("spec.refreshInterval", "0"))],
    ],
  ])("is refused where %s (%s)", (_, policy, words, mutations) => {
    const found = refusals(inventory(...mutations), policy);
    expect(found.join("\n")).toContain(words);
  });

  test("is what an application file says, with KEDA in both regions and ways to it and to the cache", () => {
    const folder = mkdtempSync(join(tmpdir(), "queued-"));
    const { literal } = storefront as { literal: ApplicationLiteral };
    const queued = structuredClone(literal);
    Object.assign(asObject(asObject(queued.components as unknown as JsonObject)["api"])["scale"] as JsonObject, {
      queue: { redis: "queue", list: "tasks", perPod: 30 },
    });
    writeFileSync(
      join(folder, "storefront.js"),
      `exports.default = { [Symbol.for("plimsoll.application")]: true, literal: ${JSON.stringify(queued)}, declaration: {} };`,
    );
    copyFileSync(join(fixtureApplications.folder, "images.lock.json"), join(folder, "images.lock.json"));
    const facts = fixtureFacts();
    const platform = takeInventory(platformStacks(facts.environment, { ...fixtureApplications, folder }), facts);
    expect(platform.autoscalers.map(({ object, name }) => `${object.kind} ${name}`)).toEqual([
      "ScaledObject api",
      "ScaledObject api",
    ]);
    expect(platform.releases.filter(({ chart }) => chart === "keda").map(({ region }) => region)).toEqual([
      "eu-west-1",
      "us-east-1",
    ]);
    const ways = platform.networkPolicies.filter(({ namespace, name }) => namespace === "keda" && name === "platform");
    expect(ways).toHaveLength(2);
    for (const { ingress, egress } of ways) {
      const ports = (rules: typeof ingress) => rules.flatMap(({ ports: listed }) => listed.map(({ port }) => port));
      expect(ports(ingress)).toEqual(expect.arrayContaining([6443, 9666]));
      expect(ports(egress)).toEqual(expect.arrayContaining([443, 6379, 9666]));
    }
    expect(newRefusals(platform)).toEqual([]);
  });

  test("is refused beside a HorizontalPodAutoscaler of the same workload", () => {
    const { stacks, facts } = together(
      "both",
      ...made.map((object) => addManifest(String(object["kind"]), secretsOfApi, object)),
    ).apply(production());
    expect(refusals(takeInventory(stacks, facts), "AV-07").join("\n")).toContain("other autoscalers of");
  });
});
