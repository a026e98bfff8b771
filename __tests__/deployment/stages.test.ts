import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OutputReader } from "../../deployment/cdktf";
import { deployStage, planFor } from "../../deployment/deployment";
import { afterApplying, isUpToDate, without } from "../../deployment/journal";
import { planOf, stages } from "../../deployment/stages";
import { readStacks } from "../../deployment/stack-folder";
import { destroyStage, teardownGaps } from "../../deployment/teardown";
import { App } from "cdktf";
import { environmentNames } from "../../config/environment";
import { buildPlatform } from "../../stacks/platform";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { fixtureApplications } from "../fixtures/platform/platform";
import { fakeAccount, fakeCdktf, synthesised, targetOf } from "./fixtures";

describe("the plan of a deployment", () => {
  it("puts stacks into stages by their layer, and into waves by what they depend on", () => {
    const outdir = synthesised({
      "data-b": { layer: "data", dependencies: ["data-a"] },
      "data-a": { layer: "data" },
      network: { layer: "network" },
      dns: { layer: "dns" },
    });
    const plan = planOf(readStacks(outdir));
    expect(plan.map(({ name }) => name)).toEqual(stages.map(({ name }) => name));
    const waves = plan.flatMap(({ name, waves: all }) => all.map((wave) => [name, wave.map((stack) => stack.name)]));
    expect(waves).toEqual([
      ["dns", ["dns"]],
      ["data", ["data-a", "network"]],
      ["data", ["data-b"]],
    ]);
  });

  it.each(environmentNames)("has a stage for each stack of %s, after all that it depends on", (name) => {
    const outdir = mkdtempSync(join(tmpdir(), "stages-"));
    const app = new App({ outdir, hclOutput: false });
    buildPlatform(app, fixtureEnvironment(name), fixtureApplications);
    app.synth();
    const stacks = readStacks(outdir);
    const planned = planOf(stacks).flatMap(({ waves }) => waves.flat());
    expect(planned.map((stack) => stack.name).sort()).toEqual(stacks.map((stack) => stack.name).sort());
    for (const [position, { dependencies }] of planned.entries())
      for (const dependency of dependencies)
        expect(planned.findIndex((stack) => stack.name === dependency)).toBeLessThan(position);
  });

  it.each([
    [
      "a layer that no stage has",
      { storage: { layer: "tapes" } },
      'stack storage has layer "tapes", which no stage deploys: add the layer to a stage in deployment/stages.ts',
    ],
    [
      "a dependency on a later stage",
      { dns: { layer: "dns", dependencies: ["edge"] }, edge: { layer: "edge" } },
      "stack dns (stage dns) depends on edge (stage edge), which is deployed later: move one of them to another stage in deployment/stages.ts",
    ],
  ])("rejects %s", (_, stacks, message) => {
    expect(() => planOf(readStacks(synthesised(stacks)))).toThrow(message);
  });
});

describe("the digest of a stack", () => {
  it("changes with what synthesis wrote, and not with what Terraform writes", () => {
    const outdir = synthesised({ dns: { layer: "dns" } });
    const digest = (): string | undefined => readStacks(outdir)[0]?.digest;
    const before = digest();
    writeFileSync(join(outdir, "stacks/dns/.terraform.lock.hcl"), "locked");
    writeFileSync(join(outdir, "stacks/dns/bootstrap_override.tf.json"), "{}");
    expect(digest()).toBe(before);
    writeFileSync(join(outdir, "stacks/dns/function.zip"), "code");
    expect(digest()).not.toBe(before);
  });
});

describe("the journal", () => {
  const stacks = readStacks(
    synthesised({ network: { layer: "network" }, cluster: { layer: "cluster", dependencies: ["network"] } }),
  );
  const [network, cluster] = stacks;
  if (!network || !cluster) throw new Error("the fixture has two stacks");
  const first = afterApplying(afterApplying({ schemaVersion: 1, applied: {} }, [network]), [cluster]);

  it("knows a stack that was applied as it is to be up to date", () => {
    expect([network, cluster].map((stack) => isUpToDate(first, stack))).toEqual([true, true]);
  });
  it("takes a changed stack, and one whose dependency was applied after it, for outdated", () => {
    expect(isUpToDate(first, { ...network, digest: "other" })).toBe(false);
    expect(isUpToDate(afterApplying(first, [network]), cluster)).toBe(false);
  });
  it("forgets a stack that begins to be applied, and with it what reads from it", () => {
    expect(isUpToDate(without(first, [network]), network)).toBe(false);
    expect(isUpToDate(without(first, [network]), cluster)).toBe(false);
  });
});

describe("deploying a stage", () => {
  const outdir = synthesised({
    "data-b": { layer: "data", dependencies: ["data-a"] },
    "data-a": { layer: "data" },
    dns: { layer: "dns" },
  });
  const dataStage = (target: ReturnType<typeof targetOf>) => {
    const stage = planFor(target).find(({ name }) => name === "data");
    if (!stage) throw new Error("there is a stage data");
    return stage;
  };

  it("applies wave after wave, and nothing that is up to date the second time", async () => {
    const objects = new Map<string, string>();
    const { cdktf, runs } = fakeCdktf(objects);
    const target = targetOf(outdir, fakeAccount(objects), { cdktf });
    await deployStage(target, dataStage(target), false);
    expect(runs.map(({ stacks }) => stacks)).toEqual([["data-a"], ["data-b"]]);
    const again = await deployStage(target, dataStage(target), false);
    expect(again.outcomes.map(({ changes }) => changes)).toEqual([undefined, undefined]);
    expect(runs).toHaveLength(2);
    await deployStage(target, dataStage(target), true);
    expect(runs).toHaveLength(4);
  });

  it("stops at the wave that fails, says which stacks are left, and goes on there", async () => {
    const objects = new Map<string, string>();
    const failing = new Set(["data-b"]);
    const { cdktf, runs } = fakeCdktf(objects, failing);
    const target = targetOf(outdir, fakeAccount(objects), { cdktf });
    const result = await deployStage(target, dataStage(target), false);
    expect(result).toMatchObject({
      ok: false,
      outcomes: [{ stack: "data-a" }],
      failure: { stage: "data", stacks: ["data-b"], errors: ["data-b: Error: no"] },
    });
    failing.clear();
    expect((await deployStage(target, dataStage(target), false)).ok).toBe(true);
    expect(runs.map(({ stacks }) => stacks)).toEqual([["data-a"], ["data-b"], ["data-b"]]);
  });
});

describe("destroying", () => {
  const held = { aws_s3_bucket: { backups: { bucket: "backups", lifecycle: { prevent_destroy: true } } } };
  it("goes through the waves backwards, and skips what was never deployed", async () => {
    const outdir = synthesised({
      "data-b": { layer: "data", dependencies: ["data-a"] },
      "data-a": { layer: "data" },
      "data-c": { layer: "data" },
    });
    const objects = new Map([
      ["states/data-a.tfstate", "{}"],
      ["states/data-b.tfstate", "{}"],
    ]);
    const { cdktf, runs } = fakeCdktf(objects);
    const target = targetOf(outdir, fakeAccount(objects), { cdktf });
    const [stage] = planFor(target).filter(({ name }) => name === "data");
    if (!stage) throw new Error("there is a stage data");
    expect((await destroyStage(target, stage)).ok).toBe(true);
    expect(runs.map(({ stacks }) => stacks)).toEqual([["data-b"], ["data-a"]]);
    expect([...objects.keys()]).toEqual([]);
  });

  it("names what is protected and the buckets that hold anything, at once", async () => {
    const target = targetOf(
      synthesised({ data: { layer: "data", resource: held } }),
      fakeAccount(new Map([["backups/object", "x"]])),
    );
    const gaps = await teardownGaps(target, new Set());
    expect(gaps.map(({ what, found }) => `${what}: ${found}`)).toEqual([
      "protectData of production: true: 1 resources refuse their destruction (data/aws_s3_bucket.backups)",
      "bucket backups: 1 objects",
    ]);
    expect(await teardownGaps(target, new Set(["backups"]))).toHaveLength(1);
  });

  it("names credentials that are missing beside what is protected, and asks for no bucket", async () => {
    const account = fakeAccount(new Map(), {
      caller: async () => Promise.reject(new Error("no credentials")),
      keys: async () => Promise.reject(new Error("asked")),
    });
    const target = targetOf(synthesised({ data: { layer: "data", resource: held } }), account);
    expect((await teardownGaps(target, new Set())).map(({ what }) => what)).toEqual([
      "AWS credentials that AWS accepts, from this machine",
      "protectData of production",
    ]);
  });
});

describe("reading what cdktf and Terraform say", () => {
  const read = (...lines: readonly string[]): OutputReader => {
    const reader = new OutputReader(["dns", "edge"], () => undefined);
    for (const line of lines) reader.line(line);
    return reader;
  };
  it("counts the changes of each stack", () => {
    const { changes } = read(
      "dns  aws_route53_zone.zone: Creation complete after 1s [id=Z1]",
      "     Apply complete! Resources: 1 added, 2 changed, 3 destroyed.",
      "edge  Destroy complete! Resources: 4 destroyed.",
    );
    expect(Object.fromEntries(changes)).toEqual({
      dns: { added: 1, changed: 2, destroyed: 3 },
      edge: { added: 0, changed: 0, destroyed: 4 },
    });
  });
  it("keeps the words of an error, without the box that Terraform draws", () => {
    const { errors } = read(
      "dns  Initializing the backend...",
      "     \u001b[31m╷\u001b[0m",
      "     │ Error: no such bucket",
      "     │ create it first",
      "     ╵",
      "edge  No changes.",
    );
    expect(errors).toEqual(["dns: Error: no such bucket", "dns: create it first"]);
  });
});
