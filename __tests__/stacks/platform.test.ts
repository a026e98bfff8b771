import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentNames } from "../../config/environment";
import { loadEnvironment } from "../../config/load";
import { type Shape, shapeDifferences, shapeOf } from "../../readiness/figures/shape";
import { lockOf, lockText, shapedEnvironments, type ShapedEnvironment, shapeIn } from "../../readiness/figures/shape-lock";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { JsonObject } from "../../readiness/inventory/json";
import type { SynthesisedStack } from "../../readiness/inventory/platform";
import { judgedOn, synthesised } from "../harness";
import { beyondSibling, normalised } from "./normalised";

const [primary, secondary] = ["us-east-1", "eu-west-1"] as const;
const production = (): readonly SynthesisedStack[] => synthesised("production");

/** Every block of a type, with its stack. */
function all(type: string, stacks = production()): { stack: string; id: string; block: JsonObject }[] {
  return stacks.flatMap(({ name, terraform }) => {
    const blocks = ((terraform["resource"] ?? {}) as Record<string, Record<string, JsonObject>>)[type] ?? {};
    return Object.entries(blocks).map(([id, block]) => ({ stack: name, id, block }));
  });
}

/** Types whose replacement loses data, or a name that others rely on. */
const stateful = ["aws_s3_bucket", "aws_kms_key", "aws_kms_replica_key", "aws_secretsmanager_secret", "aws_route53_zone"];

describe("every environment", () => {
  it.each(environmentNames)("%s has the same stacks in both regions", (environment) => {
    const names = synthesised(environment).map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(15);
    expect(names.filter((name) => name.endsWith(primary)).map((name) => name.replace(primary, "")).sort())
      .toEqual(names.filter((name) => name.endsWith(secondary)).map((name) => name.replace(secondary, "")).sort());
  });
  it.each(environmentNames)("%s writes no absolute path and no unresolved token", (environment) => {
    for (const { terraform } of synthesised(environment)) {
      const text = JSON.stringify(terraform);
      expect(text).not.toMatch(/TfToken|-8\.\d+e\+?298/);
      expect(text).not.toContain(process.cwd());
    }
  });
  it.each(environmentNames)("%s pins providers and keeps state where it belongs", (environment) => {
    for (const { name, terraform } of synthesised(environment)) {
      const settings = terraform["terraform"] as { backend: Record<string, JsonObject>; required_providers: Record<string, { version: string }> };
      const local = environment === "local" || name.startsWith("state-");
      expect(Object.keys(settings.backend)).toEqual([local ? "local" : "s3"]);
      if (!local) expect(settings.backend["s3"]).toMatchObject({ encrypt: true, use_lockfile: true, region: "us-west-2" });
      for (const [provider, { version }] of Object.entries(settings.required_providers))
        if (!(environment === "local" && provider === "aws")) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});

describe("stateful resources of production", () => {
  it("are never destroyed, and keep their addresses", () => {
    const addresses = stateful.flatMap((type) => all(type).map(({ stack, id, block }) => {
      expect(block["lifecycle"]).toMatchObject({ prevent_destroy: true });
      return `${stack} ${type}.${id}`;
    })).sort();
    try {
      expect(addresses).toMatchSnapshot();
    } catch (difference) {
      throw new Error(`This would replace a database, a bucket, a key or a secret: its Terraform address changed. Keep the logical id, or move the state first.\n${(difference as Error).message}`);
    }
  });
  it("may be thrown away in local", () => {
    for (const type of stateful) for (const { block } of all(type, synthesised("local"))) expect(block["lifecycle"]).toBeUndefined();
  });
});

describe("clusters", () => {
  it("answer known networks only, log everything, and have no implicit administrator", () => {
    const clusters = all("aws_eks_cluster");
    expect(clusters).toHaveLength(2);
    for (const { block } of clusters) {
      expect(block["vpc_config"]).toMatchObject({ endpoint_private_access: true, public_access_cidrs: ["203.0.113.0/24"] });
      expect(block["enabled_cluster_log_types"]).toHaveLength(5);
      expect(block["access_config"]).toEqual({ authentication_mode: "API", bootstrap_cluster_creator_admin_permissions: false });
      expect(block).toMatchObject({ deletion_protection: true, upgrade_policy: { support_type: "STANDARD" }, zonal_shift_config: { enabled: true } });
    }
  });
  it("have 3 to 10 nodes over three zones and Spot", () => {
    for (const region of [primary, secondary]) {
      const sizes = all("aws_eks_node_group").filter(({ stack }) => stack === `cluster-${region}`).map(({ block }) => block["scaling_config"] as { min_size: number; max_size: number });
      expect(sizes).toHaveLength(4);
      expect(sizes.reduce((sum, size) => sum + size.min_size, 0)).toBe(3);
      expect(sizes.reduce((sum, size) => sum + size.max_size, 0)).toBe(10);
    }
  });
  it("give nodes tokens-only metadata, encrypted disks and standard credits", () => {
    for (const { block } of all("aws_launch_template")) {
      expect(block["metadata_options"]).toMatchObject({ http_tokens: "required", http_put_response_hop_limit: 1 });
      expect(block["block_device_mappings"]).toEqual([expect.objectContaining({ ebs: expect.objectContaining({ encrypted: "true", volume_type: "gp3" }) as unknown })]);
      expect(block["credit_specification"]).toEqual({ cpu_credits: "standard" });
    }
  });
});

describe("the application", () => {
  it("scales its api as the report says, in both regions", () => {
    const autoscalers = all("kubernetes_horizontal_pod_autoscaler_v2");
    expect(autoscalers.map(({ stack }) => stack).sort()).toEqual([`ci-failure-agent-${secondary}`, `ci-failure-agent-${primary}`]);
    for (const { block } of autoscalers) {
      expect(block["spec"]).toMatchObject({ min_replicas: 3, max_replicas: 20, behavior: { scale_up: [{ stabilization_window_seconds: 60 }], scale_down: [{ stabilization_window_seconds: 300 }] } });
      const metrics = (block["spec"] as { metric: { resource: { name: string; target: { average_utilization: number } } }[] }).metric;
      expect(metrics.map(({ resource }) => `${resource.name} ${resource.target.average_utilization}`)).toEqual(["cpu 70", "memory 80"]);
    }
  });
  it("runs every container under the restricted profile", () => {
    const deployments = all("kubernetes_deployment_v1");
    expect(deployments).toHaveLength(4);
    for (const { block } of deployments) {
      const pod = ((block["spec"] as JsonObject)["template"] as JsonObject)["spec"] as JsonObject;
      expect(pod).toMatchObject({ automount_service_account_token: false, security_context: { run_as_non_root: true, seccomp_profile: { type: "RuntimeDefault" } } });
      for (const container of pod["container"] as JsonObject[]) {
        expect(container["security_context"]).toMatchObject({ allow_privilege_escalation: false, read_only_root_filesystem: true, capabilities: { drop: ["ALL"] } });
        expect(container["image"]).toMatch(/@sha256:[0-9a-f]{64}$/);
      }
    }
  });
});

describe("snapshots of production: a change is read in review, and accepted with `make snapshots`", () => {
  const names = [
    "audit", "certificates", "dns", "edge",
    ...["state", "network", "cluster", "data", "ingress", "crds", "platform", "ci-failure-agent"].map((name) => `${name}-${primary}`),
  ];
  const text = (name: string): string => normalised(production().find((stack) => stack.name === name)?.terraform ?? {});
  it("cover every stack", () => {
    expect([...names, ...names.filter((name) => name.endsWith(primary)).map((name) => name.replace(primary, secondary))].sort())
      .toEqual(production().map(({ name }) => name).sort());
  });
  it.each(names)("%s", (name) => expect(text(name)).toMatchSnapshot());
  it.each(names.filter((name) => name.endsWith(primary)))("what the other region has beyond %s", (name) => {
    expect(beyondSibling(text(name.replace(primary, secondary)), primary, text(name), secondary)).toMatchSnapshot();
  });
});

describe("the shapes of the environments", () => {
  const shapes = () => {
    const shape = (name: ShapedEnvironment) => shapeOf(takeInventory(synthesised(name), { environment: loadEnvironment({ PLIMSOLL_ENV: name }), now: judgedOn }));
    return { production: shape("production"), staging: shape("staging"), development: shape("development") };
  };
  const file = join(__dirname, "../../readiness/figures/shapes.lock.json");

  it("are those of the lock, which DE-06 reads (make snapshots writes it)", () => {
    const text = lockText(lockOf(shapes()));
    if (process.env["PLIMSOLL_SHAPES"] === "write") writeFileSync(file, text);
    expect(readFileSync(file, "utf8") === text).toBe(true);
  });
  it("are one shape, and the lock gives each back", () => {
    const all = shapes();
    const lock = lockOf(all);
    for (const name of shapedEnvironments) {
      expect(shapeDifferences(all.production, all[name])).toEqual([]);
      expect(shapeDifferences(shapeIn(lock, name), all[name])).toEqual([]);
    }
  });
  it("name nothing that belongs to one environment, and no size", () => {
    const text = JSON.stringify(shapes().production);
    for (const own of ["111122223333", "plimsoll.example", "10.0.", '"365"', "production"]) expect(text).not.toContain(own);
  });
  it("name each difference on both sides", () => {
    const [left, right]: Shape[] = [{ a: { on: "true", kind: "x" }, b: {} }, { a: { on: "false", kind: "x", more: "y" } }];
    expect(shapeDifferences(left ?? {}, right ?? {})).toEqual([
      { resource: "a", left: "more = not set, on = true", right: "more = y, on = false" }, { resource: "b", left: "there", right: "none" },
    ]);
    expect(lockOf({ production: left ?? {}, staging: right ?? {}, development: left ?? {} })).toEqual({ shared: {}, only: { production: left, staging: right, development: left } });
  });
});
