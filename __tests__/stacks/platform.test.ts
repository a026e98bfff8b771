import { environmentNames } from "../../config/environment";
import { onCall } from "../../config/on-call";
import type { JsonObject } from "../../readiness/inventory/json";
import type { SynthesisedStack } from "../../readiness/inventory/platform";
import { escalationOf } from "../../config/notifications";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { stacksOf, synthesise, synthesised } from "../harness";
import { RecordedTexts } from "../recorded-text";
import { tokensAndAspect, tokensEverywhere } from "./tokens-everywhere";
import { join } from "node:path";

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
const stateful = [
  "aws_s3_bucket",
  "aws_kms_key",
  "aws_kms_replica_key",
  "aws_secretsmanager_secret",
  "aws_route53_zone",
];

describe("what AWS tells by itself", () => {
  it("reaches the whole escalation chain: by every topic of people, and by the budget", () => {
    const chain = escalationOf(fixtureEnvironment("production")).sort();
    const subscriptions = all("aws_sns_topic_subscription").filter(({ block }) => block["protocol"] === "email");
    const topics = new Set(subscriptions.map(({ stack, block }) => `${stack} ${block["topic_arn"] as string}`));
    const told = [...topics].map((topic) =>
      subscriptions
        .filter(({ stack, block }) => topic === `${stack} ${block["topic_arn"] as string}`)
        .map(({ block }) => block["endpoint"])
        .sort(),
    );
    expect(told.length).toBeGreaterThan(3);
    for (const endpoints of told) expect(endpoints).toEqual(chain);
    for (const { block } of all("aws_budgets_budget"))
      for (const notification of block["notification"] as JsonObject[])
        expect([...(notification["subscriber_email_addresses"] as string[])].sort()).toEqual(chain);
  });

  it("goes to the contact and to those whom PagerDuty calls for the owner, each once", () => {
    const [owner = "", { escalation } = { escalation: [] }] = Object.entries(onCall.teams)[0] ?? [];
    const emails = escalation.map(({ email }) => email);
    expect(emails.length).toBeGreaterThan(1);
    expect(escalationOf({ owner, contactEmail: "contact@example.com" })).toEqual(["contact@example.com", ...emails]);
    expect(escalationOf({ owner, contactEmail: emails[0] ?? "" })).toEqual(emails);
    expect(escalationOf({ owner: "nobody", contactEmail: "contact@example.com" })).toEqual(["contact@example.com"]);
  });
});

describe("every environment", () => {
  it.each(environmentNames)("%s has the same stacks in both regions", (environment) => {
    const names = synthesised(environment).map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(15);
    expect(
      names
        .filter((name) => name.endsWith(primary))
        .map((name) => name.replace(primary, ""))
        .sort(),
    ).toEqual(
      names
        .filter((name) => name.endsWith(secondary))
        .map((name) => name.replace(secondary, ""))
        .sort(),
    );
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
      const settings = terraform["terraform"] as {
        backend: Record<string, JsonObject>;
        required_providers: Record<string, { version: string }>;
      };
      expect(settings.backend["s3"]).toMatchObject({
        key: `${name}.tfstate`,
        encrypt: true,
        use_lockfile: true,
        region: "us-west-2",
      });
      for (const [provider, { version }] of Object.entries(settings.required_providers))
        if (!(environment === "local" && provider === "aws")) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });
});

describe("a leaner synthesis", () => {
  it("writes what cdktf writes by itself", () => {
    expect(synthesise("production", "plain")).toEqual(production());
  });

  it.each([
    ["as they stand", tokensEverywhere, "literal"],
    ["changed by an aspect", tokensAndAspect, "seen"],
  ])("resolves tokens wherever cdktf does, %s", (_, build, said) => {
    const written = stacksOf(build, "plain");
    expect(stacksOf(build)).toEqual(written);
    expect(JSON.stringify(written)).toContain(said);
    expect(JSON.stringify(written)).not.toContain("TfToken");
  });
});

describe("stateful resources of production", () => {
  it("are never destroyed, and keep their addresses", () => {
    const addresses = stateful
      .flatMap((type) =>
        all(type).map(({ stack, id, block }) => {
          expect(block["lifecycle"]).toMatchObject({ prevent_destroy: true });
          return `${stack} ${type}.${id}`;
        }),
      )
      .sort();
    // A changed address replaces a database, a bucket, a key or a secret: keep the logical id, or move the state first.
    new RecordedTexts(join(__dirname, "recorded")).expectSame("stateful-addresses", `${addresses.join("\n")}\n`);
  });
  it("may be thrown away in local", () => {
    for (const type of stateful)
      for (const { block } of all(type, synthesised("local"))) expect(block["lifecycle"]).toBeUndefined();
  });
});

describe("clusters", () => {
  it("answer known networks only, log everything, and have no implicit administrator", () => {
    const clusters = all("aws_eks_cluster");
    expect(clusters).toHaveLength(2);
    for (const { block } of clusters) {
      expect(block["vpc_config"]).toMatchObject({
        endpoint_private_access: true,
        public_access_cidrs: ["198.51.100.0/24"],
      });
      expect(block["enabled_cluster_log_types"]).toHaveLength(5);
      expect(block["access_config"]).toEqual({
        authentication_mode: "API",
        bootstrap_cluster_creator_admin_permissions: false,
      });
      expect(block).toMatchObject({
        deletion_protection: true,
        upgrade_policy: { support_type: "STANDARD" },
        zonal_shift_config: { enabled: true },
      });
    }
  });
  it("have 3 to 10 general nodes over three zones and Spot", () => {
    for (const region of [primary, secondary]) {
      const sizes = all("aws_eks_node_group")
        .filter(
          ({ stack, block }) =>
            stack === `cluster-${region}` && String(block["node_group_name_prefix"]).startsWith("general-"),
        )
        .map(({ block }) => block["scaling_config"] as { min_size: number; max_size: number });
      // One on-demand and one Spot group in each of three zones.
      expect(sizes).toHaveLength(6);
      expect(sizes.reduce((sum, size) => sum + size.min_size, 0)).toBe(3);
      expect(sizes.reduce((sum, size) => sum + size.max_size, 0)).toBe(10);
    }
  });
  it("give nodes tokens-only metadata, encrypted disks and standard credits", () => {
    for (const { block } of all("aws_launch_template")) {
      expect(block["metadata_options"]).toMatchObject({ http_tokens: "required", http_put_response_hop_limit: 1 });
      expect(block["block_device_mappings"]).toEqual([
        expect.objectContaining({ ebs: expect.objectContaining({ encrypted: "true", volume_type: "gp3" }) as unknown }),
      ]);
    }
  });
});

describe("every pod of an application", () => {
  it("runs under the restricted profile, by digest", () => {
    const pods = ["kubernetes_deployment_v1", "kubernetes_stateful_set_v1", "kubernetes_job_v1"].flatMap((type) =>
      all(type),
    );
    expect(pods).toHaveLength(2 * (2 + 1 + 1 + 3 + 1) + 3);
    for (const { block } of pods) {
      const pod = ((block["spec"] as JsonObject)["template"] as JsonObject)["spec"] as JsonObject;
      const [container] = pod["container"] as JsonObject[];
      expect(pod).toMatchObject({
        security_context: { run_as_non_root: true, seccomp_profile: { type: "RuntimeDefault" } },
      });
      expect(container?.["security_context"]).toMatchObject({
        allow_privilege_escalation: false,
        read_only_root_filesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container?.["image"]).toMatch(
        /^\d{12}\.dkr\.ecr\.(us-east-1|eu-west-1)\.amazonaws\.com\/acme\/.+@sha256:[0-9a-f]{64}$/,
      );
    }
  });
});
