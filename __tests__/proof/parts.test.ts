import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { kubernetesObjects } from "../../readiness/inventory/inventory";
import { objectOf } from "../../readiness/inventory/json";
import { State } from "../../readiness/inventory/state";
import { ApiSchemas } from "../../proof/kubernetes/api-conformance";
import { imagesOf, isMutable } from "../../proof/charts/charts-part";
import { type Charts, objectsIn } from "../../proof/charts/charts";
import { definitionsFor, servedKinds } from "../../proof/kubernetes/definitions";
import { gapOf, loadEmulatorGaps } from "../../proof/emulated-aws/emulated-aws";
import { faults } from "../../proof/faults/faults";
import { exitCodeOf, Ledger, summaryOf } from "../../proof/run/ledger";
import {
  judgeFindings,
  loadLinterWaivers,
  type LinterFinding,
  type LinterWaiver,
} from "../../proof/linters/linter-waivers";
import { proveOwnCharts } from "../../proof/charts/own-charts";
import { inDependencyOrder, inParallel } from "../../proof/run/parallel";
import { plausibleValue } from "../../proof/kubernetes/plausible-values";
import { Progress } from "../../proof/run/progress";
import type { RegionContent } from "../../proof/kubernetes/region-content";
import { isComplete } from "../../proof/kubernetes/rollout";
import { objectCount } from "../../proof/terraform/stack-count";
import { omit } from "../../proof/terraform/stack-omission";
import { writePlausibleStates } from "../../proof/terraform/stack-states";
import type { Synthesised } from "../../proof/run/synthesised";
import { leavesOf } from "../../proof/charts/value-effects";
import { readFileSync } from "node:fs";
import { discoverPolicies } from "../../readiness/policies";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { synthesised } from "../harness";

const ledger = (lines: string[] = []): Ledger =>
  new Ledger("proof-x", new Progress({ write: (text) => lines.push(text) }, false));

describe("the ledger of a proof", () => {
  it("counts proved, failed and what could not be proved in the last line, and says why", () => {
    const one = ledger();
    one.proved("stacks planned", 3);
    one.failed("production/edge aws_sns_topic.a: not planned", "InvalidParameter\nmore");
    one.cannot("objects of chart a", "a chart is not at hand", { detail: "no such host" });
    one.cannot("objects of chart b", "a chart is not at hand", { detail: "no such host" });
    const lines = summaryOf([one], 61.4);
    expect(lines.at(-1)).toBe("proof: 3 proved, 1 failed, 2 could not be proved (a chart is not at hand), in 61 s");
    expect(lines).toContain("proof-x FAILED production/edge aws_sns_topic.a: not planned: InvalidParameter more");
  });

  it("fails for a failure, for a part that did nothing, and for a missing tool only where the proof is required", () => {
    const fine = ledger(),
      bad = ledger(),
      idle = ledger(),
      toolless = ledger(),
      far = ledger();
    fine.proved("x");
    bad.proved("x");
    bad.failed("a", "b");
    toolless.cannot("all", "Go is missing", { obstacle: "missing tool" });
    far.cannot("chart", "no network");
    expect([[fine], [bad], [fine, bad], [idle]].map((ledgers) => exitCodeOf(ledgers, false))).toEqual([0, 1, 1, 1]);
    expect([exitCodeOf([toolless], false), exitCodeOf([toolless], true), exitCodeOf([far], true)]).toEqual([0, 1, 0]);
  });

  it("writes a failure at once, with the server's words below", () => {
    const lines: string[] = [];
    ledger(lines).failed("local/dns: not applied", "InvalidInput");
    expect(lines).toEqual(["FAILED local/dns: not applied\n    InvalidInput\n"]);
  });
});

describe("findings of linters", () => {
  const finding: LinterFinding = {
    linter: "checkov",
    check: "CKV_AWS_18",
    where: "audit/trail_log_bucket",
    title: "access logging",
  };
  const waiver: LinterWaiver = {
    linter: "checkov",
    check: "CKV_AWS_18",
    where: ["audit/*"],
    owner: "platform-team",
    reason: "because",
    expires: "2027-11-21",
  };
  const judged = (changes: Partial<LinterWaiver>, findings = [finding], today = "2026-11-21") =>
    judgeFindings(findings, [{ ...waiver, ...changes }], today);

  it("are explained by a waiver of their linter, check and place", () => {
    expect(judged({})).toEqual({ unexplained: [], explained: 1, expired: [], unused: [] });
    for (const other of [
      { linter: "kube-score" },
      { check: "CKV_AWS_1" },
      { where: ["state/*"] },
      { where: ["audit"] },
      { where: ["audit/trail.log.bucket"] },
    ])
      expect(judged(other)).toMatchObject({
        unexplained: [finding],
        explained: 0,
        unused: [{ pattern: { ...waiver, ...other }.where[0] }],
      });
  });

  it("leave no pattern that matches nothing, and none past its day", () => {
    expect(judged({ where: ["audit/*", "edge/*"] }).unused.map(({ pattern }) => pattern)).toEqual(["edge/*"]);
    expect(judged({}, []).unused).toHaveLength(1);
    expect(["2027-11-21", "2027-11-22"].map((today) => judged({}, [finding], today).expired.length)).toEqual([0, 1]);
  });

  it("are waived once each, with a reason, an owner, a day, and policies that exist", () => {
    const waivers = loadLinterWaivers();
    const names = waivers.map(({ linter, check }) => `${linter} ${check}`);
    expect(names).toEqual([...new Set(names)].sort());
    const policies = new Set(discoverPolicies().map(({ policy }) => policy.id));
    for (const { reason, owner, expires, where } of waivers) {
      expect([reason.length > 40, owner.length > 0, /^\d{4}-\d\d-\d\d$/.test(expires), where.length > 0]).toEqual([
        true,
        true,
        true,
        true,
      ]);
      const [, cited = ""] = /polic(?:y|ies) ([A-Z]{2}-\d\d(?:(?:,| and) [A-Z]{2}-\d\d)*)/.exec(reason) ?? [];
      expect((cited.match(/[A-Z]{2}-\d\d/g) ?? []).filter((id) => !policies.has(id))).toEqual([]);
    }
  });
});

describe("work in parallel", () => {
  it("never runs more at once than allowed, and everything once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), async (items, limit) => {
        let running = 0,
          most = 0;
        const done: number[] = [];
        await inParallel(items, limit, async (item) => {
          most = Math.max(most, ++running);
          await Promise.resolve();
          done.push(item);
          running--;
        });
        expect(most).toBeLessThanOrEqual(limit);
        expect(done.sort()).toEqual([...items].sort());
      }),
      { numRuns: 30 },
    );
  });

  it("waits for what runs when something fails, and begins nothing new", async () => {
    const ended: string[] = [];
    const work = async (name: string): Promise<void> => {
      if (name === "a") throw new Error("no space left");
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(name);
    };
    await expect(inParallel(["a", "b", "c"], 2, work)).rejects.toThrow("no space left");
    expect(ended).toEqual(["b"]);
    const stacks = ["a", "b", "c"].map((name) => ({ name, dependencies: name === "c" ? ["a"] : [] }));
    await expect(inDependencyOrder(stacks, 2, ({ name }) => work(name))).rejects.toThrow("no space left");
    expect(ended).toEqual(["b", "b"]);
  });

  it("begins nothing before what it depends on has ended, first what most others wait for, and says a circle", async () => {
    const stacks = [
      { name: "app", dependencies: ["cluster", "elsewhere"] },
      { name: "cluster", dependencies: ["network"] },
      { name: "network", dependencies: [] },
    ];
    const ended: string[] = [];
    await inDependencyOrder(stacks, 3, async ({ name, dependencies }) => {
      expect(dependencies.filter((one) => one !== "elsewhere").every((one) => ended.includes(one))).toBe(true);
      await Promise.resolve();
      ended.push(name);
    });
    expect(ended).toEqual(["network", "cluster", "app"]);
    const begun: string[] = [];
    await inDependencyOrder([{ name: "audit", dependencies: [] }, ...stacks], 1, ({ name }) =>
      Promise.resolve(void begun.push(name)),
    );
    expect(begun).toEqual(["network", "cluster", "audit", "app"]);
    await expect(
      inDependencyOrder(
        [
          { name: "a", dependencies: ["b"] },
          { name: "b", dependencies: ["a"] },
        ],
        2,
        () => Promise.resolve(),
      ),
    ).rejects.toThrow("a, b depend on one another in a circle");
  });
});

describe("a stack without some of its resources", () => {
  const terraform = {
    terraform: { required_providers: { aws: { version: "1" }, helm: { version: "1" } } },
    provider: { aws: [{}], helm: [{}] },
    resource: {
      aws_lb: { a: { name: "a" } },
      aws_lb_listener: { b: { load_balancer_arn: "${aws_lb.a.arn}" } },
      aws_sns_topic: { c: { name: "c", depends_on: ["aws_lb_listener.b", "aws_sns_topic.d"] }, d: { name: "d" } },
      helm_release: { e: { name: "e" } },
    },
    output: { arn: { value: "${aws_lb.a.arn}" }, topic: { value: "${aws_sns_topic.c.arn}" } },
  };

  it("loses what reads them, but not what only comes after them, and the providers that nobody needs", () => {
    const {
      terraform: left,
      omitted,
      dependents,
    } = omit(terraform, (type) => type === "aws_lb" || type === "helm_release");
    expect(omitted).toEqual(["aws_lb.a", "helm_release.e"]);
    expect(dependents).toEqual(["aws_lb_listener.b"]);
    expect(left["resource"]).toEqual({
      aws_sns_topic: { c: { name: "c", depends_on: ["aws_sns_topic.d"] }, d: { name: "d" } },
    });
    expect(left["provider"]).toEqual({ aws: [{}] });
    expect(left["output"]).toEqual({ topic: { value: "${aws_sns_topic.c.arn}" } });
  });

  it("names only outputs that are left in the metadata by which cdktf shows them", () => {
    const { terraform: left } = omit(
      {
        "//": { metadata: { stackName: "one" }, outputs: { one: { kept: "topic", nested: { gone: "balancer" } } } },
        resource: { aws_lb: { a: {} }, aws_sns_topic: { c: {} } },
        output: { topic: { value: "${aws_sns_topic.c.arn}" }, balancer: { value: "${aws_lb.a.arn}" } },
      },
      (type) => type === "aws_lb",
    );
    expect(left["//"]).toEqual({ metadata: { stackName: "one" }, outputs: { one: { kept: "topic", nested: {} } } });
  });

  it("falls into a gap by its type, or by what an argument holds", () => {
    const { gaps } = loadEmulatorGaps();
    expect(gapOf(gaps, "aws_lb_listener_certificate", {})?.service).toBe("ELBv2");
    expect(
      gapOf(gaps, "aws_vpc_security_group_ingress_rule", { security_group_id: "${x.cluster_security_group_id}" })
        ?.service,
    ).toBe("EKS");
    expect(
      gapOf(gaps, "aws_vpc_security_group_ingress_rule", { security_group_id: "${aws_security_group.x.id}" }),
    ).toBeUndefined();
    expect(gapOf(gaps, "aws_eks_addon", {})).toBeUndefined();
  });
});

describe("outputs of stacks that are not deployed", () => {
  it("have a value each, the same at every run, and none with a reference left", () => {
    const environment = fixtureEnvironment();
    const stacks = synthesised("production").map((stack) => ({ ...stack, folder: "", dependencies: [] }));
    const folder = mkdtempSync(join(tmpdir(), "states-"));
    const pathOf = writePlausibleStates({ environment, folder, stacks }, folder);
    const files = stacks.map(({ name }) => readFileSync(pathOf(name), "utf8"));
    writePlausibleStates({ environment, folder, stacks }, folder);
    expect(stacks.map(({ name }) => readFileSync(pathOf(name), "utf8"))).toEqual(files);
    expect(files.join("")).not.toContain("${");
    for (const [index, { terraform }] of stacks.entries())
      expect(Object.keys((JSON.parse(files[index] ?? "") as { outputs: object }).outputs).sort()).toEqual(
        Object.keys(objectOf(terraform["output"])).sort(),
      );
  });

  it("have the form of what they stand for", () => {
    const of = (type: string, attribute: string) =>
      plausibleValue({ type, address: `${type}.x`, region: "eu-west-1", accountId: "111122223333" }, attribute);
    expect(of("aws_subnet", "id")).toMatch(/^subnet-[0-9a-f]{17}$/);
    expect(of("aws_kms_key", "arn")).toMatch(
      /^arn:aws:kms:eu-west-1:111122223333:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
    expect(of("aws_eks_cluster", "vpc_config[0].cluster_security_group_id")).toMatch(/^sg-/);
    expect(of("aws_sqs_queue", "arn")).toMatch(/^arn:aws:sqs:eu-west-1:111122223333:/);
  });
});

describe("the objects of the stacks", () => {
  it.each(["production", "local"] as const)(
    "are counted alike by those who send them and in the Terraform itself (%s)",
    (name) => {
      const stacks = synthesised(name);
      expect(objectCount(stacks)).toBe(kubernetesObjects(stacks).length);
      expect(new State(stacks).ofType("helm_release").length).toBeGreaterThan(0);
    },
  );

  it("hold every place where a fault can be planted", () => {
    const stacks = synthesised("production");
    const places = faults.map(({ name, stack, plant }) => [
      name,
      stacks
        .filter((one) => stack(one.name, one.terraform))
        .some(({ terraform }) => {
          const changed = plant(terraform);
          return changed !== undefined && JSON.stringify(changed) !== JSON.stringify(terraform);
        }),
    ]);
    expect(places).toEqual(faults.map(({ name }) => [name, true]));
  });
});

describe("objects from YAML", () => {
  it("opens lists and gives the release's namespace to those that name none", () => {
    const text =
      "kind: List\napiVersion: v1\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b, namespace: own}\n";
    expect(
      objectsIn(text, "release").map(
        ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name ?? ""}`,
      ),
    ).toEqual(["ConfigMap release/a", "Secret own/b"]);
  });

  it("finds images in any depth, and those whose tag moves", () => {
    const [object] = objectsIn(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {initContainers: [{image: a/b:v1.2.3}], containers: [{image: c}]}}}",
    );
    if (!object) throw new Error("no object");
    expect(imagesOf([object])).toEqual(["a/b:v1.2.3", "c"]);
    expect(
      ["c", "c:latest", "c:1", "c:main", "c:v1.36", "registry:5000/c"].filter((image) => !isMutable(image)),
    ).toEqual([]);
    expect(["c:1.2.3", "c:v1.2.3-eksbuild.1", `c@sha256:${"0".repeat(64)}`].filter(isMutable)).toEqual([]);
  });

  it("looks for each leaf of the values, and into lists of objects", () => {
    expect(leavesOf({ a: { "b.c": 1 }, d: [{ e: 2 }, { e: 3 }], f: ["x", "y"], g: {} })).toEqual([
      ["a", "b.c"],
      ["d", 0, "e"],
      ["d", 1, "e"],
      ["f"],
      ["g"],
    ]);
  });
});

describe("the project's own chart", () => {
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: { b: "1", a: "2" } };
  const release = {
    stack: "shop",
    address: "helm_release.a",
    local: true,
    region: "us-east-1",
    chart: "./assets/manifests-chart/HASH",
    version: "1.0.0",
    name: "a",
    namespace: "shop",
    skipsCrds: false,
  };
  /** Renders what `template` makes of the values, as helm would. */
  const said = async (
    values: object,
    template: (values: { manifests?: object[] }) => readonly object[],
  ): Promise<string[]> => {
    const one = ledger();
    const content = {
      region: "us-east-1",
      platform: { releases: [{ ...release, values }] },
      state: new State(synthesised("production")),
      accountId: "111122223333",
    };
    const charts = {
      renderText: ({ values: given }: { values: { manifests?: object[] } }) =>
        Promise.resolve(
          template(given)
            .map((object) => JSON.stringify(object))
            .join("\n---\n"),
        ),
    };
    await proveOwnCharts(
      one,
      charts as unknown as Charts,
      { stacks: [{ name: "shop", folder: "/out/shop" }] } as unknown as Synthesised,
      content as unknown as RegionContent,
    );
    return one.failures.map(({ what, words }) => `${what}: ${words}`);
  };
  const asGiven = ({ manifests = [] }: { manifests?: object[] }) =>
    manifests.map((object) => ({ ...object, data: { a: "2", b: "1" } }));

  it("renders objects as they are given, whatever the order of their keys", async () =>
    expect(await said({ manifests: [manifest] }, asGiven)).toEqual([]));
  it("is refused where it loses an object, or is given a value that it does not read", async () => {
    expect(await said({ manifests: [manifest] }, () => [])).toEqual([
      expect.stringContaining("shop helm_release.a: helm renders something else than what is given: {") as string,
      expect.stringContaining("does not read the value manifests") as string,
    ]);
    expect(await said({ manifests: [manifest], replicas: 3 }, asGiven)).toEqual([
      "shop helm_release.a: chart manifests-chart does not read the value replicas: the render is the same without it: it is misspelt, or belongs to another chart",
    ]);
  });
});

describe("definitions", () => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      names: { kind: "Thing" },
      versions: [
        { name: "v1", served: true },
        { name: "v1beta1", served: false },
      ],
    },
  };

  it("are chosen by the kinds that are needed, in a version that is served", () => {
    expect(servedKinds(definition)).toEqual(["example.com/v1 Thing"]);
    expect(definitionsFor(new Set(["example.com/v1 Thing"]), [definition, definition])).toEqual([definition]);
    expect(definitionsFor(new Set(["example.com/v1beta1 Thing"]), [definition])).toEqual([]);
  });
});

describe("an object against the description of a version", () => {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "apis__apps__v1_openapi.json"),
    JSON.stringify({
      components: {
        schemas: {
          "apps.v1.Deployment": {
            type: "object",
            "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Deployment" }],
            properties: {
              apiVersion: { type: "string" },
              kind: { type: "string" },
              metadata: { type: "object" },
              spec: { allOf: [{ $ref: "#/components/schemas/apps.v1.Spec" }], default: {} },
            },
          },
          "apps.v1.Spec": {
            type: "object",
            required: ["selector"],
            properties: { replicas: { type: "integer", format: "int32" }, selector: { type: "object" } },
          },
        },
      },
    }),
  );
  const faultsOf = (spec: object) =>
    new ApiSchemas(folder).faults({ apiVersion: "apps/v1", kind: "Deployment", metadata: {}, spec } as {
      apiVersion: string;
      kind: string;
    });

  it("is valid, or every fault is named with its path", () => {
    expect(faultsOf({ replicas: 2, selector: {} })).toEqual([]);
    expect(faultsOf({ replica: 2, replicas: "2", selector: {} })).toEqual([
      'spec.replicas: must be integer, found "2"',
      'spec: unknown field "replica"',
    ]);
    expect(faultsOf({})).toEqual(["spec: must have required property 'selector'"]);
  });

  it("is nobody's where the version does not serve the kind", () => {
    expect(new ApiSchemas(folder).faults({ apiVersion: "example.com/v1", kind: "Thing" })).toBeUndefined();
  });
});

describe("a rollout", () => {
  const deployment = (status: object) =>
    isComplete({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a", generation: 2 },
      spec: { replicas: 3 },
      status,
    });

  it("is complete when the newest generation is seen, and all replicas are new and available", () => {
    const whole = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: 3 };
    expect(deployment(whole)).toBe(true);
    for (const change of [{ observedGeneration: 1 }, { replicas: 4 }, { updatedReplicas: 2 }, { availableReplicas: 2 }])
      expect(deployment({ ...whole, ...change })).toBe(false);
  });

  it("of a Job is its completion", () => {
    const job = (conditions: object[]) =>
      isComplete({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "a" }, status: { conditions } });
    expect([job([]), job([{ type: "Complete", status: "True" }]), job([{ type: "Failed", status: "True" }])]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
