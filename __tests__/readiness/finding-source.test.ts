import { readFileSync } from "node:fs";
import { join } from "node:path";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { StackFrame } from "../../config/declaration";
import { projectRoot } from "../../config/project";
import { configured } from "../../config/site";
import { ChartRelease } from "../../constructs/kubernetes/chart-release";
import { type Declaration, declare, Guarded } from "../../constructs/guarded";
import type { Finding } from "../../readiness/judgement/judgement";
import type { Place } from "../../readiness/policy/verdict";
import { recordingCreation } from "../../readiness/synthesis/created-at";
import { FindingSources } from "../../readiness/synthesis/finding-source";
import { fixtureEnvironment } from "../fixtures/platform/environments";

class Store extends Guarded {
  static readonly guardedBy = ["SC-17"] as const;
  readonly bucket = new S3Bucket(this, "bucket", { bucket: this.node.id });

  constructor(scope: Construct, id: string, declaration?: Declaration) {
    super(scope, id, declaration);
  }
}

const environment = fixtureEnvironment("production");
const frame = (file: string, line: number): StackFrame => ({ file: join(projectRoot, file), line, column: 1 });
const finding = (constructPath: string, more: { field?: string; place?: Place } = {}): Finding => ({
  policy: "SC-17",
  title: "t",
  severity: "error",
  outcome: "fail",
  subject: { stack: "one", address: "a", constructPath, label: "l" },
  expected: "e",
  actual: "a",
  message: "m",
  remediation: "r",
  ...more,
});

/** Four stores of one construct, and a bucket of the stack itself. */
function platform() {
  const app = new App({ outdir: "unused" });
  declare(app, configured(environment, ""));
  const stack = new TerraformStack(app, "one");
  const names = ["a", "b", "c", "d"];
  const stores = names.map((name, index) => {
    const store = new Store(stack, name);
    declare(store, { frame: frame("stacks/one.ts", 10 + index) });
    return store;
  });
  const raw = new S3Bucket(stack, "raw", { bucket: "raw" });
  const created = new Map<object, StackFrame>([
    ...stores.map((store, index): [object, StackFrame] => [store, frame("stacks/one.ts", 10 + index)]),
    ...stores.map(({ bucket }): [object, StackFrame] => [bucket, frame("constructs/store.ts", 5)]),
    [raw, frame("stacks/one.ts", 20)],
  ]);
  const linesOf = (findings: readonly Finding[]) => {
    const sources = new FindingSources(app, created, findings, projectRoot);
    return findings.map((one) => {
      const { file, line } = sources.of(one) ?? { file: "nowhere", line: 0 };
      return `${file}:${line}`;
    });
  };
  return { app, stack, linesOf };
}

const lineOf = (file: string, text: string): string =>
  `${file}:${
    readFileSync(join(projectRoot, file), "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  }`;

describe("the source of a finding", () => {
  it("is the line that asks for the one of several things that breaks the policy", () => {
    expect(platform().linesOf([finding("one/b/bucket")])).toEqual(["stacks/one.ts:11"]);
  });

  it("is the code that makes all of them where each breaks the policy", () => {
    const all = ["a", "b", "c", "d"].map((name) => finding(`one/${name}/bucket`));
    expect(platform().linesOf(all)).toEqual(Array(4).fill("constructs/store.ts:5"));
    expect(platform().linesOf(all.slice(1))).toEqual(["stacks/one.ts:11", "stacks/one.ts:12", "stacks/one.ts:13"]);
  });

  it("is the line of a resource that a stack makes itself, never the opening of the environment", () => {
    expect(platform().linesOf([finding("one/raw")])).toEqual(["stacks/one.ts:20"]);
  });

  it("is the setting that the finding names, where the environment has it", () => {
    expect(platform().linesOf([finding("one/raw", { field: "kubernetesVersion" })])).toEqual([
      lineOf("config/environments/defaults.ts", "kubernetesVersion"),
    ]);
    expect(platform().linesOf([finding("one/raw", { field: "unheardOf" })])).toEqual(["stacks/one.ts:20"]);
  });

  it("is the entry of a file that a place names", () => {
    const place = { file: "catalog/alerts/nodes.json", path: "rules.0.alert" };
    expect(platform().linesOf([finding("one", { place })])).toEqual([
      lineOf("catalog/alerts/nodes.json", '"alert": "NodeDiskAlmostFull"'),
    ]);
  });

  it("of a release is its chart's file: the value that is named, else the definition", () => {
    const { stack, linesOf } = platform();
    const velero = { key: "velero", chart: "velero", repository: "r", version: "1", releaseName: "v", namespace: "n" };
    new ChartRelease(stack, "chart", { chart: velero, values: {} });
    const file = "catalog/charts/velero/chart.ts";
    expect(linesOf([finding("one/chart/release")])).toEqual([lineOf(file, "export const velero = chart")]);
    expect(linesOf([finding("one/chart/release", { field: "nodeAgent.resources" })])).toEqual([
      lineOf(file, "    resources: resources(25, 64, 256),"),
    ]);
    expect(linesOf([finding("one/chart/release", { field: "version" })])).toEqual([lineOf(file, '  version: "')]);
  });

  it("of a value that the environment sets is the environment's line", () => {
    const { stack, linesOf } = platform();
    new Store(stack, "kept", configured(environment, "backups", { file: "catalog/charts/velero/chart.ts", path: "" }));
    expect(linesOf([finding("one/kept/bucket", { field: "retentionDays" })])).toEqual([
      lineOf("config/environments/defaults.ts", "retentionDays"),
    ]);
    expect(linesOf([finding("one/kept/bucket", { field: "version" })])).toEqual([
      lineOf("catalog/charts/velero/chart.ts", '  version: "'),
    ]);
  });

  it("is recorded for each construct as the line of its `new`", () => {
    let store: Store | undefined;
    const created = recordingCreation(() => {
      const stack = new TerraformStack(new App({ outdir: "unused" }), "one");
      store = new Store(stack, "a");
    });
    expect(store && created.get(store)?.file).toBe(__filename);
    expect(store && created.get(store.bucket)?.line).not.toBe(store && created.get(store)?.line);
  });
});
