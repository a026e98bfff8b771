import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Aspects, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { loadEnvironment } from "../../config/load";
import { declaredOverride, seal } from "../../constructs/escape-hatch";
import { Guarded } from "../../constructs/guarded";
import { escapeHatches, recordingOverrides } from "../../readiness/synthesis/escape-hatches";
import { synthesise } from "../../readiness/synthesis/synthesis";
import type { Report } from "../../readiness/report/report";
import { pass } from "../../readiness/policy/verdict";
import { judgedOn } from "../harness";
import { stubPolicy } from "../fixtures/stub-policy";

class GuardedBucket extends Guarded {
  static readonly guardedBy = ["SC-17"] as const;
  readonly bucket = new S3Bucket(this, "bucket", { bucket: "b" });
}

function appWith(add: (stack: TerraformStack) => void, after: (stack: TerraformStack) => void = () => undefined): App {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), "hatches-")) });
  const stack = new TerraformStack(app, "one");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  add(stack);
  seal(app);
  after(stack);
  return app;
}

const found = (app: App) =>
  escapeHatches(app).map(({ kind, constructPath, path }) => [kind, constructPath, path].filter(Boolean).join(" "));

describe("escape hatches", () => {
  it("are none where guarded constructs make every resource", () => {
    expect(found(appWith((stack) => new GuardedBucket(stack, "data")))).toEqual([]);
  });

  it("are overrides of resources and stacks, by the argument that they set", () => {
    const app = appWith((stack) => {
      const { bucket } = new GuardedBucket(stack, "data");
      bucket.addOverride("lifecycle.prevent_destroy", false);
      bucket.addOverride("tags", { a: "b" });
      stack.addOverride("terraform.backend.s3.encrypt", false);
    });
    expect(found(app)).toEqual([
      "override one terraform.backend.s3.encrypt",
      "override one/data/bucket lifecycle.prevent_destroy",
      "override one/data/bucket tags.a",
    ]);
  });

  it("do not include overrides with a declared reason, but include one that goes beyond them", () => {
    const app = appWith((stack) => {
      const { bucket } = new GuardedBucket(stack, "data");
      declaredOverride(bucket, "force_destroy", false, "the binding sends null");
      bucket.addOverride("force_destroyed", true);
    });
    expect(found(app)).toEqual(["override one/data/bucket force_destroyed"]);
  });

  it("are resources outside guarded constructs, and those added after the stacks were complete", () => {
    const raw = (scope: Construct) => new S3Bucket(scope, "raw", { bucket: "c" });
    expect(found(appWith(raw))).toEqual(["resource one/raw"]);
    const app = appWith(
      (stack) => new GuardedBucket(stack, "data"),
      (stack) => new S3Bucket(stack.node.findChild("data"), "late", { bucket: "d" }),
    );
    expect(found(app)).toEqual(["resource one/data/late"]);
  });

  it("are aspects", () => {
    const app = appWith((stack) => {
      new GuardedBucket(stack, "data");
      Aspects.of(stack).add({ visit: () => undefined });
    });
    expect(found(app)).toEqual(["aspect one"]);
  });

  it("name the file and line of the call", () => {
    let app = appWith(() => undefined);
    const calls = recordingOverrides(() => {
      app = appWith((stack) => new GuardedBucket(stack, "data").bucket.addOverride("acl", "public-read"));
    });
    const [hatch] = escapeHatches(app, calls);
    expect(hatch?.declaration?.frame?.file).toBe(__filename);
  });
});

describe("a synthesis with an escape hatch", () => {
  const always = stubPolicy(() => pass());
  const verdictIn = async (name: "production" | "staging") => {
    const outdir = mkdtempSync(join(tmpdir(), "hatched-"));
    await synthesise({
      outdir,
      configure: () => ({ environment: loadEnvironment({ PLIMSOLL_ENV: name }), now: judgedOn }),
      build: (app) => {
        const stack = new TerraformStack(app, "one");
        new AwsProvider(stack, "aws", { region: "us-east-1" });
        new GuardedBucket(stack, "data").bucket.addOverride("acl", "public-read");
      },
      policies: () => [always],
      root: outdir,
      streams: { out: { write: () => undefined }, error: { write: () => undefined } },
    });
    return JSON.parse(readFileSync(join(outdir, "readiness/report.json"), "utf8")) as Report;
  };

  it("is refused in production by GO-14, at the resource", async () => {
    const { verdict, findings } = await verdictIn("production");
    expect(verdict).toBe("refused");
    expect(findings).toMatchObject([{ policy: "GO-14", constructPath: "one/data/bucket", actual: "override of acl" }]);
  });

  it("is not refused in staging", async () => expect((await verdictIn("staging")).verdict).not.toBe("refused"));
});
