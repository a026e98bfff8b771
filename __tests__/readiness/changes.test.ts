import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diff } from "../../cli/commands/diff";
import { CommandError, exitCodes } from "../../cli/exit-codes";
import { protectedTypes, providerTraits } from "../../catalog/resource-types";
import { compareDeclarations, type ChangeReport } from "../../models/change";
import { changesText, withConsent } from "../../readiness/changes/text";
import { declarationOf } from "../../readiness/changes/declaration";
import type { SynthesisedStack } from "../../readiness/inventory/platform";
import { synthesised } from "../harness";

type Block = Record<string, unknown>;
type Blocks = Record<string, Block>;

/** The stacks of the fixture platform to edit: what a test does to them is the change that it compares. */
class Draft {
  readonly stacks = structuredClone(synthesised("production")) as unknown as { name: string; terraform: Block }[];

  in(stack: string): Block {
    const found = this.stacks.find(({ name }) => name === stack);
    if (!found) throw new Error(`the fixture platform has no stack ${stack}`);
    return found.terraform;
  }

  blocks(stack: string, type: string): Blocks {
    return (this.in(stack)["resource"] as Record<string, Blocks>)[type] ?? {};
  }

  /** The first resource of a type, and the name of its block. */
  first(stack: string, type: string): [string, Block] {
    const [found] = Object.entries(this.blocks(stack, type));
    if (!found) throw new Error(`${stack} of the fixture platform has no ${type}`);
    return found;
  }

  rename(stack: string, type: string): { from: string; to: string } {
    const [name, block] = this.first(stack, type);
    const blocks = this.blocks(stack, type);
    blocks[`${name}_moved`] = block;
    delete blocks[name];
    // Those that refer to it follow, as in a refactoring of the code.
    const terraform = this.in(stack);
    const text = JSON.stringify(terraform).replaceAll(`\${${type}.${name}.`, `\${${type}.${name}_moved.`);
    Object.assign(terraform, JSON.parse(text));
    return { from: `${type}.${name}`, to: `${type}.${name}_moved` };
  }
}

const compared = (edit: (draft: Draft) => void, first: (draft: Draft) => void = () => undefined): ChangeReport => {
  const [before, after] = [new Draft(), new Draft()];
  for (const one of [before, after]) first(one);
  edit(after);
  const declared = ({ stacks }: Draft) => declarationOf(stacks as unknown as SynthesisedStack[]);
  return compareDeclarations(declared(before), declared(after), providerTraits());
};

const data = "data-us-east-1";
const cluster = "cluster-us-east-1";
const stores = "stores-us-east-1";
const scaling = (draft: Draft): Block => draft.first(cluster, "aws_eks_node_group")[1]["scaling_config"] as Block;
const database = (draft: Draft): Block => draft.first(stores, "aws_db_instance")[1];
const kubernetes = (draft: Draft): Block => draft.first(cluster, "aws_eks_cluster")[1];

const withoutProtection = (block: Block): void => {
  delete block["lifecycle"];
};

describe("what a change does to what is deployed", () => {
  const kindsOf = ({ changes }: ChangeReport) => [...new Set(changes.map(({ kind }) => kind))].sort();
  const types = (list: readonly { readonly subject: string }[]) => [
    ...new Set(list.map(({ subject }) => subject.split("/")[1]?.split(".")[0])),
  ];

  it.each<
    [string, (draft: Draft) => void, Partial<Record<"kinds" | "lost" | "rejected" | "may" | "ignored", string[]>>]
  >([
    ["nothing changed", () => undefined, {}],
    [
      "another order of a set",
      (draft) => (draft.first(cluster, "aws_eks_node_group")[1]["subnet_ids"] as string[]).reverse(),
      {},
    ],
    [
      "a secret of another name",
      (draft) => {
        const [, secret] = draft.first(data, "aws_secretsmanager_secret");
        secret["name"] = "plimsoll/production/other";
        withoutProtection(secret);
      },
      { kinds: ["replaced"], lost: ["aws_secretsmanager_secret"] },
    ],
    [
      "a secret of another name that is protected",
      (draft) => (draft.first(data, "aws_secretsmanager_secret")[1]["name"] = "plimsoll/production/other"),
      { kinds: ["replaced"], rejected: ["aws_secretsmanager_secret"] },
    ],
    [
      "a secret at another address",
      (draft) => draft.rename(data, "aws_secretsmanager_secret"),
      {
        kinds: ["added", "removed", "replaced"],
        lost: ["aws_secretsmanager_secret"],
        rejected: ["aws_secretsmanager_secret"],
      },
    ],
    [
      "a moved block for it",
      (draft) => (draft.in(data)["moved"] = [draft.rename(data, "aws_secretsmanager_secret")]),
      {},
    ],
    [
      "a removed block that keeps it",
      (draft) => {
        const [name] = draft.first(data, "aws_secretsmanager_secret");
        delete draft.blocks(data, "aws_secretsmanager_secret")[name];
        draft.in(data)["removed"] = [{ from: `aws_secretsmanager_secret.${name}`, lifecycle: { destroy: false } }];
      },
      { kinds: ["forgotten", "replaced"] },
    ],
    [
      "the buckets of a region without their blocks",
      (draft) => {
        for (const name of Object.keys(draft.blocks(data, "aws_s3_bucket")))
          delete draft.blocks(data, "aws_s3_bucket")[name];
      },
      { kinds: ["in place", "removed", "replaced"], lost: ["aws_s3_bucket"] },
    ],
    [
      "the region's stores without their stack",
      (draft) =>
        draft.stacks.splice(
          draft.stacks.findIndex(({ name }) => name === stores),
          1,
        ),
      {
        kinds: ["in place", "removed"],
        lost: ["aws_cloudwatch_log_group", "aws_db_instance", "aws_elasticache_replication_group", "aws_kms_key"],
      },
    ],
    [
      "a smaller disk that cannot grow by itself",
      (draft) => {
        database(draft)["allocated_storage"] = 5;
        delete database(draft)["max_allocated_storage"];
      },
      { kinds: ["in place"], rejected: ["aws_db_instance"] },
    ],
    [
      "a smaller disk that grows by itself",
      (draft) => (database(draft)["allocated_storage"] = 5),
      { kinds: ["in place"], ignored: ["aws_db_instance"] },
    ],
    ["a larger disk", (draft) => (database(draft)["allocated_storage"] = 5000), { kinds: ["in place"] }],
    [
      "an earlier engine",
      (draft) => (database(draft)["engine_version"] = "13.4"),
      { kinds: ["in place"], rejected: ["aws_db_instance"] },
    ],
    [
      "a later major engine",
      (draft) => (database(draft)["engine_version"] = "99.1"),
      { kinds: ["in place"], rejected: ["aws_db_instance"] },
    ],
    [
      "a later major engine that is allowed",
      (draft) => Object.assign(database(draft), { engine_version: "99.1", allow_major_version_upgrade: true }),
      { kinds: ["in place"] },
    ],
    [
      "another identifier without protection",
      (draft) => {
        database(draft)["identifier"] = "other";
        withoutProtection(database(draft));
      },
      { kinds: ["replaced"], lost: ["aws_db_instance"] },
    ],
    [
      "an earlier cache engine without protection",
      (draft) => {
        const [, cache] = draft.first(stores, "aws_elasticache_replication_group");
        cache["engine_version"] = "7.2";
        withoutProtection(cache);
      },
      { kinds: ["replaced"], lost: ["aws_elasticache_replication_group"] },
    ],
    [
      "the next minor of Kubernetes",
      (draft) => (kubernetes(draft)["version"] = minor(draft, 1)),
      { kinds: ["in place"] },
    ],
    [
      "a skipped minor",
      (draft) => (kubernetes(draft)["version"] = minor(draft, 2)),
      { kinds: ["in place"], rejected: ["aws_eks_cluster"] },
    ],
    [
      "an earlier minor",
      (draft) => (kubernetes(draft)["version"] = minor(draft, -1)),
      { kinds: ["in place"], rejected: ["aws_eks_cluster"] },
    ],
    [
      "a minimum above the nodes there may be now",
      (draft) => Object.assign(scaling(draft), { min_size: 3 }),
      { kinds: ["in place"], may: ["aws_eks_node_group"] },
    ],
    [
      "a minimum above the former maximum",
      (draft) => Object.assign(scaling(draft), { min_size: 50, max_size: 60 }),
      { kinds: ["in place"], rejected: ["aws_eks_node_group"] },
    ],
    [
      "a desired size, which the configuration ignores",
      (draft) => Object.assign(scaling(draft), { desired_size: 2 }),
      { ignored: ["aws_eks_node_group"] },
    ],
    [
      "another machine type",
      (draft) => (draft.first(cluster, "aws_eks_node_group")[1]["instance_types"] = ["m7i.large"]),
      { kinds: ["replaced"] },
    ],
    [
      "a key that is replaced, and the images that it encrypts",
      (draft) => {
        const [, key] = draft.first(data, "aws_kms_key");
        key["customer_master_key_spec"] = "HMAC_256";
        withoutProtection(key);
      },
      { kinds: ["replaced"], lost: ["aws_kms_key", "aws_ecr_repository"] },
    ],
  ])("%s", (_title, edit, { kinds = [], lost = [], rejected = [], may = [], ignored = [] }) => {
    // A known scale to begin with: how large the fixture's pools are is of no interest here.
    const report = compared(edit, (draft) => {
      Object.assign(scaling(draft), { min_size: 1, desired_size: 1, max_size: 4 });
      draft.first(cluster, "aws_eks_node_group")[1]["subnet_ids"] = ["subnet-1", "subnet-2"];
      Object.assign(database(draft), { allocated_storage: 20, max_allocated_storage: 200 });
    });
    expect(kindsOf(report)).toEqual(kinds);
    expect(types(report.losses).sort()).toEqual([...lost].sort());
    expect(types(report.rejected)).toEqual(rejected);
    expect(types(report.mayBeRejected)).toEqual(may);
    expect(types(report.ignored)).toEqual(ignored);
  });

  const minor = (draft: Draft, step: number): string => {
    const [major = "1", now = "0"] = String(kubernetes(draft)["version"]).split(".");
    return `${major}.${Number(now) + step}`;
  };

  const set = (size: string, mode = "Filesystem"): SynthesisedStack => ({
    name: "shop-us-east-1",
    terraform: {
      resource: {
        kubernetes_stateful_set_v1: {
          queue: {
            metadata: { name: "queue", namespace: "shop" },
            spec: {
              volume_claim_template: [
                { metadata: { name: "data" }, spec: { volume_mode: mode, resources: { requests: { storage: size } } } },
              ],
            },
          },
        },
        kubernetes_persistent_volume_claim_v1: {
          files: { metadata: { name: "files" }, spec: { resources: { requests: { storage: size } } } },
        },
      },
    },
  });
  const volumes = (before: SynthesisedStack, after: SynthesisedStack): ChangeReport =>
    compareDeclarations(declarationOf([before]), declarationOf([after]), providerTraits());

  it("cannot say what becomes of a type that the catalogue does not have", () => {
    const of = (name: string): SynthesisedStack => ({
      name: "shop-us-east-1",
      terraform: { resource: { aws_unheard_of: { one: { name } } } },
    });
    expect(kindsOf(volumes(of("a"), of("b")))).toEqual(["undetermined"]);
  });

  it("looks at the former value, and at other arguments, where a change depends on them", () => {
    const kindOf = (type: string, before: Block, after: Block) => {
      const of = (block: Block): SynthesisedStack => ({
        name: "shop-us-east-1",
        terraform: { resource: { [type]: { one: block } } } as SynthesisedStack["terraform"],
      });
      return kindsOf(volumes(of(before), of(after)));
    };
    const [standard, advanced] = [{ tier: "Standard" }, { tier: "Advanced" }];
    expect(kindOf("aws_ssm_parameter", advanced, standard)).toEqual(["replaced"]);
    expect(kindOf("aws_ssm_parameter", standard, advanced)).toEqual(["in place"]);
    expect(kindOf("aws_ssm_parameter", {}, standard)).toEqual(["in place"]);
    const endpoint = { vpc_endpoint_type: "Interface" };
    expect(kindOf("aws_vpc_endpoint", endpoint, { ...endpoint, private_dns_enabled: true })).toEqual(["in place"]);
    expect(kindOf("aws_vpc_endpoint", {}, { private_dns_enabled: true })).toEqual(["replaced"]);
  });

  it("a bigger claim of a stateful set is ignored, of a claim by itself it grows", () => {
    const report = volumes(set("10Gi"), set("20Gi"));
    expect(kindsOf(report)).toEqual(["in place"]);
    expect(types(report.ignored)).toEqual(["kubernetes_stateful_set_v1"]);
    expect(report.losses).toEqual([]);
  });

  it("a smaller claim is made anew: its volume is lost", () => {
    expect(types(volumes(set("10Gi"), set("5000Mi")).losses)).toEqual(["kubernetes_persistent_volume_claim_v1"]);
  });

  it("another mode of a claim template replaces the set", () => {
    expect(volumes(set("10Gi"), set("10Gi", "Block"))).toMatchObject({
      losses: [{ subject: "shop-us-east-1/kubernetes_stateful_set_v1.queue", kind: "replaced", wasProtected: false }],
      changes: [{ because: ["spec.volume_claim_template.spec.volume_mode"] }],
    });
  });

  it("says where the block went, and that its protection went with it", () => {
    const report = compared((draft) => draft.rename(data, "aws_secretsmanager_secret"));
    const text = changesText(withConsent(report, new Set()));
    expect(text).toContain("had prevent_destroy, which goes with its block");
    expect(text).toContain("write a moved block");
    expect(text).toContain("scheduled for deletion");
  });
});

describe("what one argument does to a resource of the platform", () => {
  /** The first resource of a type in any stack. */
  const firstOf = (draft: Draft, type: string): { readonly subject: string; readonly block: Block } => {
    const stack = draft.stacks.find(({ name }) => Object.keys(draft.blocks(name, type)).length > 0)?.name ?? "";
    const [name, block] = draft.first(stack, type);
    return { subject: `${stack}/${type}.${name}`, block };
  };
  /** `spec.hard.pods`, through the first block of each list. */
  const put = (block: Block, path: string, value: unknown): void => {
    const names = path.split(".");
    const last = names.pop() ?? "";
    const at = names.reduce<Block>((outer, name) => {
      const inner = outer[name];
      return (Array.isArray(inner) ? (inner as unknown[])[0] : inner) as Block;
    }, block);
    if (value === undefined) delete at[last];
    else at[last] = value;
  };
  const becomes = (type: string, values: Record<string, unknown>) => {
    let subject = "";
    const report = compared((draft) => {
      const found = firstOf(draft, type);
      subject = found.subject;
      for (const [path, value] of Object.entries(values)) put(found.block, path, value);
    });
    const here = (list: readonly { readonly subject: string }[]) => list.some((one) => one.subject === subject);
    const found = report.changes.find(({ stack, address }) => `${stack}/${address}` === subject);
    return { kind: found?.kind, ignored: here(report.ignored), rejected: here(report.rejected), means: found?.means };
  };

  it.each<[string, string, Record<string, unknown>, "in place" | "replaced"]>([
    ["a larger quota", "kubernetes_resource_quota_v1", { "spec.hard": { pods: "99" } }, "in place"],
    ["more replicas", "kubernetes_horizontal_pod_autoscaler_v2", { "spec.max_replicas": 77 }, "in place"],
    ["another rule of a role", "kubernetes_role_v1", { "rule.verbs": ["get"] }, "in place"],
    ["another role of a binding", "kubernetes_role_binding_v1", { "role_ref.name": "other" }, "replaced"],
    ["another port of a group", "aws_lb_target_group", { port: 4321 }, "replaced"],
    ["another health check", "aws_lb_target_group", { "health_check.path": "/other" }, "in place"],
    ["another priority", "aws_lb_listener_rule", { priority: 4321 }, "in place"],
    ["another text of a security group", "aws_security_group", { description: "other" }, "replaced"],
    ["another template of nodes", "aws_launch_template", { user_data: "b3RoZXI=" }, "in place"],
    ["another name of it", "aws_launch_template", { name: "other" }, "replaced"],
    ["another runtime", "aws_lambda_function", { runtime: "nodejs99.x" }, "in place"],
    ["another name of a function", "aws_lambda_function", { function_name: "other" }, "replaced"],
    ["another threshold", "aws_cloudwatch_metric_alarm", { threshold: 4321 }, "in place"],
    ["another name of an alarm", "aws_cloudwatch_metric_alarm", { alarm_name: "other" }, "replaced"],
    ["another trust", "aws_iam_role", { assume_role_policy: "{}" }, "in place"],
    ["another path of a role", "aws_iam_role", { path: "/other/" }, "replaced"],
    ["a type whose changes are all in place", "aws_guardduty_detector", { enable: false }, "in place"],
    ["another version of a chart", "helm_release", { version: "999.0.0" }, "in place"],
    ["another name of a release", "helm_release", { name: "other" }, "replaced"],
    ["another namespace of a release", "helm_release", { namespace: "other" }, "replaced"],
    ["another network of a rule", "aws_vpc_security_group_egress_rule", { cidr_ipv4: "10.9.8.0/24" }, "in place"],
    [
      "a group in place of a network",
      "aws_vpc_security_group_egress_rule",
      { cidr_ipv4: undefined, referenced_security_group_id: "sg-1" },
      "replaced",
    ],
    [
      "a longer retention of copies",
      "aws_db_instance_automated_backups_replication",
      { retention_period: 9 },
      "replaced",
    ],
    ["fewer rights", "aws_eks_access_policy_association", { "access_scope.type": "namespace" }, "replaced"],
  ])("%s: %s", (_title, type, values, kind) => expect(becomes(type, values).kind).toBe(kind));

  it("says what a replacement means", () => {
    expect(becomes("aws_sns_topic", { name: "other" }).means).toContain("have to confirm");
    expect(becomes("aws_eip", { public_ipv4_pool: "other" }).means).toContain("another address");
    const text = changesText(
      withConsent(
        compared((draft) => put(firstOf(draft, "aws_eip").block, "address", "192.0.2.1")),
        new Set(),
      ),
    );
    expect(text).toContain("address: AWS gives another address");
  });

  it("finds what the provider does not send, and what it refuses to plan", () => {
    expect(becomes("aws_eks_addon", { resolve_conflicts_on_create: "NONE" })).toMatchObject({ ignored: true });
    expect(becomes("kubernetes_job_v1", { "spec.ttl_seconds_after_finished": "4321" })).toMatchObject({
      ignored: true,
    });
    expect(becomes("kubernetes_job_v1", { "spec.template.spec.container.image": "other:1" }).kind).toBe("replaced");
    const versions = { "versioning_configuration.status": "Disabled" };
    expect(becomes("aws_s3_bucket_versioning", versions)).toMatchObject({ kind: "in place", rejected: true });
  });

  it.each([
    ["a target group that rules forward to", "aws_lb_target_group", { port: 4321 }],
    ["a parameter group of a database", "aws_db_parameter_group", { family: "postgres99" }],
    ["a security group in use", "aws_security_group", { description: "other" }],
  ])("%s is not deleted while it is used, and its name is taken until it is", (_title, type, values) => {
    expect(becomes(type, values)).toMatchObject({ kind: "replaced", rejected: true });
    const first = { ...values, lifecycle: { create_before_destroy: true } };
    expect(becomes(type, first).rejected).toBe(type !== "aws_security_group");
    expect(becomes(type, { ...first, name: "other" })).toMatchObject({ kind: "replaced", rejected: false });
  });

  it("says who uses what would be replaced, and stops saying so once they are gone", () => {
    const refused = (also: (draft: Draft, stack: string) => void) =>
      compared((draft) => {
        const { subject, block } = firstOf(draft, "aws_lb_target_group");
        block["port"] = 4321;
        also(draft, subject.split("/")[0] ?? "");
      }).rejected;
    expect(refused(() => undefined)).toMatchObject([{ before: expect.stringContaining("aws_lb_listener") as string }]);
    const without = refused((draft, stack) => {
      for (const type of ["aws_lb_listener", "aws_lb_listener_rule"])
        for (const name of Object.keys(draft.blocks(stack, type))) delete draft.blocks(stack, type)[name];
    });
    expect(without).toEqual([]);
  });
});

describe("diff of two output folders", () => {
  const folderOf = (draft: Draft): string => {
    const folder = mkdtempSync(join(tmpdir(), "output-"));
    for (const { name, terraform } of draft.stacks) {
      mkdirSync(join(folder, "stacks", name), { recursive: true });
      writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), JSON.stringify(terraform));
    }
    return folder;
  };
  const run = (...args: Parameters<typeof diff>): { code: unknown; out: string } => {
    let out = "";
    const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
    try {
      return { code: diff(...args), out };
    } finally {
      write.mockRestore();
    }
  };

  it("ends with 2 while data is lost without consent", () => {
    const [before, after] = [new Draft(), new Draft()];
    const [bucket] = after.first(data, "aws_s3_bucket");
    delete after.blocks(data, "aws_s3_bucket")[bucket];
    const [old, now] = [folderOf(before), folderOf(after)];
    const { code, out } = run(old, now, {});
    expect(code).toBe(exitCodes.refused);
    expect(out).toContain(`--consent '${data}/aws_s3_bucket.${bucket}'`);
    const consented = run(old, now, { json: true, consent: [`${data}/aws_s3_bucket.${bucket}`] });
    expect(consented.code).toBe(exitCodes.done);
    expect(JSON.parse(consented.out)).toMatchObject({ deployed: { losses: [{ kind: "removed" }], unconsented: [] } });
    expect(run(old, old, {})).toMatchObject({
      code: exitCodes.done,
      out: expect.stringContaining("Nothing changes.") as string,
    });
  });

  it("says what is wrong with its arguments", () => {
    const folder = folderOf(new Draft());
    const empty = mkdtempSync(join(tmpdir(), "empty-"));
    expect(() => run(folder, empty, {})).toThrow(CommandError);
    expect(() => run(folder, empty, {})).toThrow(/no stack is there; allowed is an output folder/);
    expect(() => run(folder, join(folder, "stacks", data, "cdk.tf.json"), {})).toThrow(/one of these is a file/);
  });
});

describe("the catalogue of provider traits", () => {
  it("has every type that holds data of the fixture platform, and protects what DR-10 protects", () => {
    expect(protectedTypes()).toContain("aws_secretsmanager_secret");
    expect(protectedTypes()).not.toContain("aws_ecr_repository");
  });

  it.each(["production", "staging", "development", "local"] as const)(
    "knows what each change does to each type that %s writes",
    (name) => {
      const types = synthesised(name).flatMap(({ terraform }) => Object.keys(terraform["resource"] ?? {}));
      expect(types.length).toBeGreaterThan(0);
      expect(types.filter((type) => providerTraits()[type]?.forcesReplacement === undefined)).toEqual([]);
    },
  );

  it("names types and arguments that hold a resource of types it knows", () => {
    for (const { heldBy } of Object.values(providerTraits()))
      for (const { type } of heldBy?.by ?? []) expect([type, type in providerTraits()]).toEqual([type, true]);
  });

  it("names no argument of a rule that cannot apply", () => {
    for (const [type, { rules = [] }] of Object.entries(providerTraits()))
      for (const { when, than, equals, from } of rules) {
        if (from !== undefined) expect([type, when]).toEqual([type, "becomes"]);
        expect([type, when, than !== undefined]).toEqual([type, when, when === "exceeds" || when === "undercuts"]);
        expect([type, when, equals !== undefined]).toEqual([type, when, when === "becomes"]);
      }
  });
});
