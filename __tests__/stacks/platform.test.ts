import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentNames } from "../../config/environment";
import { loadEnvironment } from "../../config/load";
import { type Shape, shapeDifferences, shapeOf } from "../../readiness/figures/shape/shape";
import {
  lockOf,
  lockText,
  shapedEnvironments,
  type ShapedEnvironment,
  shapeIn,
} from "../../readiness/figures/shape/shape-lock";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { JsonObject } from "../../readiness/inventory/json";
import type { SynthesisedStack } from "../../readiness/inventory/platform";
import { judgedOn, stacksOf, synthesise, synthesised } from "../harness";
import { beyondSibling, normalised } from "./normalised";
import { tokensAndAspect, tokensEverywhere } from "./tokens-everywhere";

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
      const local = environment === "local" || name.startsWith("state-");
      expect(Object.keys(settings.backend)).toEqual([local ? "local" : "s3"]);
      if (!local)
        expect(settings.backend["s3"]).toMatchObject({ encrypt: true, use_lockfile: true, region: "us-west-2" });
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
    try {
      expect(addresses).toMatchSnapshot();
    } catch (difference) {
      throw new Error(
        `This would replace a database, a bucket, a key or a secret: its Terraform address changed. Keep the logical id, or move the state first.\n${(difference as Error).message}`,
      );
    }
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
        public_access_cidrs: ["203.0.113.0/24"],
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
            stack === `cluster-${region}` && String(block["node_group_name"]).startsWith("general-"),
        )
        .map(({ block }) => block["scaling_config"] as { min_size: number; max_size: number });
      expect(sizes).toHaveLength(4);
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
      if (!String(block["name"]).includes("throughput"))
        expect(block["credit_specification"]).toEqual({ cpu_credits: "standard" });
    }
  });
});

describe("the applications", () => {
  const spec = ({ block }: { block: JsonObject }): JsonObject => block["spec"] as JsonObject;
  const metadata = ({ block }: { block: JsonObject }): JsonObject => block["metadata"] as JsonObject;
  const podOf = (one: { block: JsonObject }): JsonObject => (spec(one)["template"] as JsonObject)["spec"] as JsonObject;
  const containerIn = (one: { block: JsonObject }): JsonObject => (podOf(one)["container"] as JsonObject[])[0] ?? {};
  const of = (application: string, type: string, name?: string) =>
    all(type).filter(
      (one) => one.stack.startsWith(`${application}-`) && (name === undefined || metadata(one)["name"] === name),
    );
  const inBothRegions = (
    application: string,
    type: string,
    name: string,
    check: (one: { block: JsonObject; stack: string }) => void,
  ): void => {
    const found = of(application, type, name);
    expect(found.map(({ stack }) => stack).sort()).toEqual([
      `${application}-${secondary}`,
      `${application}-${primary}`,
    ]);
    found.forEach(check);
  };

  it("of claim CA-04 scale the agent's api between 3 and 20 by their windows", () =>
    inBothRegions("ci-failure-agent", "kubernetes_horizontal_pod_autoscaler_v2", "api", (one) => {
      expect(spec(one)).toMatchObject({
        min_replicas: 3,
        max_replicas: 20,
        behavior: {
          scale_up: [{ stabilization_window_seconds: 60 }],
          scale_down: [{ stabilization_window_seconds: 300 }],
        },
      });
      const metrics = spec(one)["metric"] as { resource: { name: string; target: { average_utilization: number } } }[];
      expect(metrics.map(({ resource }) => `${resource.name} ${resource.target.average_utilization}`)).toEqual([
        "cpu 70",
        "memory 80",
      ]);
    }));
  it("run every container under the restricted profile, by digest", () => {
    const pods = ["kubernetes_deployment_v1", "kubernetes_stateful_set_v1", "kubernetes_job_v1"].flatMap((type) =>
      all(type),
    );
    expect(pods).toHaveLength(2 * (2 + 1 + 1 + 3 + 1) + 3);
    for (const one of pods) {
      expect(podOf(one)).toMatchObject({
        security_context: { run_as_non_root: true, seccomp_profile: { type: "RuntimeDefault" } },
      });
      expect(containerIn(one)["security_context"]).toMatchObject({
        allow_privilege_escalation: false,
        read_only_root_filesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(containerIn(one)["image"]).toMatch(
        /^\d{12}\.dkr\.ecr\.(us-east-1|eu-west-1)\.amazonaws\.com\/plimsoll\/.+@sha256:[0-9a-f]{64}$/,
      );
    }
  });

  it("of claims FG-01, FG-04 and FG-13 are api :3000, worker :3001 and web :3002, as user 1001, with their flags", () => {
    for (const [name, port] of [
      ["api", 3000],
      ["worker", 3001],
      ["web", 3002],
    ] as const)
      inBothRegions("flakeguard", "kubernetes_deployment_v1", name, (one) => {
        expect((containerIn(one)["port"] as JsonObject[]).map(({ container_port }) => container_port)).toEqual([port]);
        expect(podOf(one)["security_context"]).toMatchObject({ run_as_user: "1001", run_as_non_root: true });
        expect(containerIn(one)).toMatchObject({
          env_from: [{ config_map_ref: { name: "feature-flags" } }],
          resources: { limits: { cpu: expect.anything() as unknown, memory: expect.anything() as unknown } },
        });
        expect(JSON.stringify([containerIn(one)["readiness_probe"], containerIn(one)["liveness_probe"]])).toContain(
          "/health",
        );
      });
    inBothRegions("flakeguard", "kubernetes_config_map_v1", "feature-flags", ({ block }) =>
      expect(block["data"]).toEqual({
        ENABLE_SLACK_APP: "true",
        ENABLE_GITHUB_WEBHOOKS: "true",
        ENABLE_QUARANTINE_ACTIONS: "true",
      }),
    );
  });
  it("of claim FG-12 give secrets by reference only", () =>
    inBothRegions("flakeguard", "kubernetes_deployment_v1", "api", (one) => {
      const variables = containerIn(one)["env"] as {
        name: string;
        value?: string;
        value_from?: { secret_key_ref: { name: string; key: string } };
      }[];
      const secret = variables.filter(({ value_from }) => value_from).map(({ name, value }) => [name, value]);
      expect(secret.map(([name]) => name).sort()).toEqual([
        "API_KEY",
        "DATABASE_URL",
        "GITHUB_APP_ID",
        "GITHUB_WEBHOOK_SECRET",
        "JWT_SECRET",
        "REDIS_URL",
      ]);
      expect(secret.every(([, value]) => value === undefined)).toBe(true);
    }));
  it("of claim FG-05 migrate, then seed, then start", () => {
    {
      const inStack = (type: string) => of("flakeguard", type).filter(({ stack }) => stack.endsWith(primary));
      const [migration, seed] = ["migration", "seed"].map((name) =>
        inStack("kubernetes_job_v1").find((one) => metadata(one)["name"] === name),
      );
      expect(migration?.block).toMatchObject({
        wait_for_completion: true,
        spec: { active_deadline_seconds: 900, backoff_limit: 2 },
      });
      expect(seed?.block["depends_on"]).toContain(`kubernetes_job_v1.${migration?.id ?? ""}`);
      for (const { block } of inStack("kubernetes_deployment_v1"))
        expect(block["depends_on"]).toEqual(
          expect.arrayContaining([`kubernetes_job_v1.${migration?.id ?? ""}`, `kubernetes_job_v1.${seed?.id ?? ""}`]),
        );
    }
    for (const name of ["migration", "seed"])
      expect(of("flakeguard", "kubernetes_cron_job_v1").find((one) => metadata(one)["name"] === name)).toMatchObject({
        stack: `flakeguard-${secondary}`,
        block: { spec: { suspend: true } },
      });
  });
  it("of claims FF-01 to FF-05 elect a leader among 3 to 10 controllers that may do what they declare", () => {
    inBothRegions("fleetforge", "kubernetes_deployment_v1", "controller", (one) => {
      expect(containerIn(one)["args"]).toEqual(
        expect.arrayContaining([
          "--leader-elect",
          "--leader-elect-lease-duration=15s",
          "--leader-elect-renew-deadline=10s",
          "--leader-elect-retry-period=2s",
        ]),
      );
      expect(containerIn(one)["resources"]).toMatchObject({
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { cpu: "500m", memory: "512Mi" },
      });
      expect(podOf(one)["automount_service_account_token"]).toBe(true);
    });
    inBothRegions("fleetforge", "kubernetes_horizontal_pod_autoscaler_v2", "controller", (one) =>
      expect(spec(one)).toMatchObject({ min_replicas: 3, max_replicas: 10 }),
    );
    inBothRegions("fleetforge", "kubernetes_role_v1", "fleetforge-controller", ({ block }) =>
      expect(block["rule"]).toContainEqual({
        api_groups: ["coordination.k8s.io"],
        resources: ["leases"],
        resource_names: ["fleetforge-controller"],
        verbs: ["get", "update", "patch"],
      }),
    );
    inBothRegions("fleetforge", "kubernetes_network_policy_v1", "controller", (one) => {
      expect(spec(one)["ingress"]).toEqual([
        {
          ports: [{ port: "8080", protocol: "TCP" }],
          from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        },
      ]);
      expect(spec(one)["egress"]).toContainEqual({
        ports: [{ port: "443", protocol: "TCP" }],
        to: [
          { ip_block: { cidr: "172.20.0.1/32" } },
          { ip_block: { cidr: expect.stringMatching(/^10\./) as unknown } },
        ],
      });
    });
  });
  it("of claims FL-01 to FL-13 keep three replicas apart on nodes of their own, with their checkpoints", () =>
    inBothRegions("freightliner", "kubernetes_stateful_set_v1", "server", (one) => {
      expect(podOf(one)).toMatchObject({
        termination_grace_period_seconds: 60,
        node_selector: { "plimsoll.dev/pool": "throughput" },
        toleration: [{ key: "plimsoll.dev/pool", value: "throughput", effect: "NoSchedule", operator: "Equal" }],
        affinity: {
          pod_anti_affinity: {
            required_during_scheduling_ignored_during_execution: [{ topology_key: "kubernetes.io/hostname" }],
          },
        },
      });
      expect(containerIn(one)["resources"]).toMatchObject({ limits: { cpu: "2", memory: "4Gi" } });
      for (const probe of ["startup_probe", "liveness_probe", "readiness_probe"])
        expect(containerIn(one)[probe]).toBeDefined();
      expect(spec(one)["volume_claim_template"]).toEqual([
        expect.objectContaining({
          spec: { access_modes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
        }),
      ]);
    }));
  it("of claims FL-24 and FL-31 reach the registries of both clouds with tokens that live an hour", () => {
    inBothRegions("freightliner", "kubernetes_stateful_set_v1", "server", (one) => {
      const sources = JSON.stringify(podOf(one)["volume"]);
      expect(sources).toContain('"expiration_seconds":3600');
      expect(sources).toMatch(/workloadIdentityPools\/plimsoll\/providers\/eks-(us-east-1|eu-west-1)/);
    });
    const roles = of("freightliner", "aws_iam_role_policy").map(({ block }) => block["policy"] as string);
    expect(roles).toHaveLength(2);
    for (const role of roles) expect(role).toMatch(/repository\/plimsoll\/mirror\/\*/);
  });
  it("of claims XB-06 and XB-18 run the mesh API with its limits after its migration", () =>
    inBothRegions("x0tta6bl4", "kubernetes_deployment_v1", "api", (one) => {
      expect(containerIn(one)).toMatchObject({
        resources: { limits: { cpu: "500m", memory: "1Gi" } },
        port: [{ container_port: 8000, name: "http" }],
      });
      expect((one.block["depends_on"] as string[]).some((address) => address.startsWith("kubernetes_job_v1."))).toBe(
        one.stack.endsWith(primary),
      );
    }));
});

describe("snapshots of production: a change is read in review, and accepted with `make snapshots`", () => {
  const names = [
    "audit",
    "certificates",
    "dns",
    "edge",
    ...[
      "state",
      "network",
      "cluster",
      "data",
      "ingress",
      "crds",
      "platform",
      "ci-failure-agent",
      "flakeguard",
      "fleetforge",
      "freightliner",
      "x0tta6bl4",
    ].map((name) => `${name}-${primary}`),
  ];
  const text = (name: string): string => normalised(production().find((stack) => stack.name === name)?.terraform ?? {});
  it("cover every stack", () => {
    expect(
      [
        ...names,
        ...names.filter((name) => name.endsWith(primary)).map((name) => name.replace(primary, secondary)),
      ].sort(),
    ).toEqual(
      production()
        .map(({ name }) => name)
        .sort(),
    );
  });
  it.each(names)("%s", (name) => expect(text(name)).toMatchSnapshot());
  it.each(names.filter((name) => name.endsWith(primary)))("what the other region has beyond %s", (name) => {
    expect(beyondSibling(text(name.replace(primary, secondary)), primary, text(name), secondary)).toMatchSnapshot();
  });
});

describe("the shapes of the environments", () => {
  const shapes = () => {
    const shape = (name: ShapedEnvironment) =>
      shapeOf(
        takeInventory(synthesised(name), { environment: loadEnvironment({ PLIMSOLL_ENV: name }), now: judgedOn }),
      );
    return { production: shape("production"), staging: shape("staging"), development: shape("development") };
  };
  const file = join(__dirname, "../../readiness/figures/shape/shapes.lock.json");

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
    for (const own of ["111122223333", "plimsoll.example", "10.0.", '"365"', "-production", "/production"])
      expect(text).not.toContain(own);
  });
  it("name each difference on both sides", () => {
    const [left, right]: Shape[] = [
      { "s/a": { on: "true", kind: "x" }, "s/b": {}, "t/c": {}, "t/d": {} },
      { "s/a": { on: "false", kind: "x", more: "y" } },
    ];
    expect(shapeDifferences(left ?? {}, right ?? {})).toEqual([
      { resource: "the stack t", left: "there", right: "none" },
      { resource: "s/a", left: "more = not set, on = true", right: "more = y, on = false" },
      { resource: "s/b", left: "there", right: "none" },
    ]);
    expect(lockOf({ production: left ?? {}, staging: right ?? {}, development: left ?? {} })).toEqual({
      shared: {},
      only: { production: left, staging: right, development: left },
    });
  });
});
