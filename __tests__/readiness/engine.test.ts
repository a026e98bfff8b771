import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { TerraformOutput, TerraformStack, type App } from "cdktf";
import { claims } from "../../catalog/claims/claims";
import { loadEnvironment } from "../../config/load";
import type { Platform } from "../../readiness/inventory/platform";
import type { Subject } from "../../readiness/inventory/subject";
import { judge } from "../../readiness/judgement/judge";
import type { Judgeable, Judgement } from "../../readiness/judgement/judgement";
import {
  above,
  atLeast,
  atMost,
  below,
  contains,
  equals,
  excludes,
  holds,
  matches,
  oneOf,
  present,
  within,
} from "../../readiness/policy/comparison";
import { judgedAt } from "../../readiness/policy/mutation";
import { policy, wholePlatform, type Policy, type PolicyOf } from "../../readiness/policy/policy";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../readiness/policy/verdict";
import { consoleReport, takesColour } from "../../readiness/report/console";
import { markdownReport } from "../../readiness/report/markdown";
import { reportOf } from "../../readiness/report/report";
import schema from "../../readiness/report/report.schema.json";
import { unsupportedNode } from "../../readiness/synthesis/supported-node";
import { synthesise } from "../../readiness/synthesis/synthesis";
import { parseWaivers, readWaivers } from "../../readiness/judgement/waivers";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { judgedOn } from "../harness";

const environment = fixtureEnvironment();
const subject = (name: string): Subject => ({
  stack: name,
  address: `aws_x.${name}`,
  constructPath: `${name}/x`,
  label: `X ${name}`,
});
const platform = (name: "production" | "staging" = "production"): Judgeable => ({
  environment: { name },
  now: judgedOn,
  coverage: { resources: 2, judged: 1, opaque: [] },
});
const mutant = judgedAt("later", "2027-01-01");

function rule<P>(
  id: string,
  verdicts: Record<string, Verdict | Verdict[]>,
  more: Partial<PolicyOf<P>> = {},
): PolicyOf<P> {
  return {
    id,
    severity: "error",
    title: `${id} holds`,
    because: "it must",
    remedy: `fix ${id}`,
    proves: ["CA-14"],
    subjects: () => Object.keys(verdicts).map(subject),
    check: ({ stack }) => verdicts[stack] ?? [],
    mutants: [mutant],
    boundary: { holds: mutant, breaks: mutant },
    ...more,
  };
}
const bad = (actual = "0"): Verdict => fail({ expected: "evictions ≥ 1", actual });
const outcome = (judgement: Judgement, id: string) => judgement.policies.find((entry) => entry.id === id)?.outcome;

describe("verdicts of comparisons", () => {
  it.each([
    ["atLeast", atLeast(1, 1, "n"), atLeast(1, 0, "n"), "0; 1 − 0 = 1"],
    ["atMost", atMost(1, 1, "n"), atMost(1, 2, "n"), "2; 1 − 2 = −1"],
    ["above", above(1, 2, "n"), above(1, 1, "n"), "1; equality is refused"],
    ["below", below(2, 1, "n"), below(2, 2, "n"), "2; equality is refused"],
    ["equals", equals([1], [1], "n"), equals("a", "b", "n"), '"b"'],
    ["oneOf", oneOf(["a"], "a", "n"), oneOf(["a"], "b", "n"), '"b"'],
    ["contains", contains(["a"], ["a", "b"], "n"), contains(["a", "c"], ["a"], "n"), '"a"; missing "c"'],
    ["excludes", excludes("a", ["b"], "n"), excludes("a", ["a"], "n"), '"a"; found "a"'],
    ["within", within(["a"], ["a"], "n"), within(["a"], ["a", "b"], "n"), '"a", "b"; foreign "b"'],
    ["matches", matches(/^a$/, "an a", "a", "n"), matches(/^a$/, "an a", "b", "n"), '"b"'],
    ["present", present("${x}", "n"), present("", "n"), "nothing"],
    ["holds", holds(true, "e", "f"), holds(false, "e", "f"), "f"],
  ])("%s passes, and fails with its arithmetic", (_name, good, refused, actual) => {
    expect(good.outcome).toBe("pass");
    expect(refused).toMatchObject({ outcome: "fail", actual });
  });

  it.each([
    atLeast(1, undefined, "n"),
    atLeast(1, Number.NaN, "n"),
    atLeast(-1e300, -8e298, "n"),
    atLeast(undefined, 1, "n"),
    equals(1, undefined, "n"),
    equals("a", "${b.c}", "n"),
    equals("${b.c}", "a", "n"),
    oneOf(["a"], "${x}", "n"),
    contains("a", ["${x}"], "n"),
    excludes("a", ["${x}"], "n"),
    within(["a"], ["${x}"], "n"),
    holds(undefined, "e", "f"),
  ])("a value that is not known is unknown, never a pass (%#)", (verdict) => expect(verdict.outcome).toBe("unknown"));

  it("decides on what is known", () => {
    expect(contains("a", ["a", "${x}"], "n").outcome).toBe("pass");
    expect(excludes("a", ["a", "${x}"], "n").outcome).toBe("fail");
    expect(within(["a"], ["b", "${x}"], "n").outcome).toBe("fail");
    expect(atLeast(1, 0, "n", { field: "scale.min", arithmetic: "3 − 3" })).toMatchObject({
      field: "scale.min",
      actual: "0 = 3 − 3; 1 − 0 = 1",
    });
  });
});

describe("judging", () => {
  it("gives a policy the worst of its results", () => {
    const judgement = judge(platform("staging"), [
      rule("AV-01", { a: pass(), b: [pass(), bad()] }),
      rule("AV-02", { a: pass(), b: unknown("later") }),
      rule("AV-03", { a: notApplicable("no"), b: pass() }),
      rule("AV-04", {}),
      rule("AV-05", { a: [] }),
    ]);
    expect(judgement.policies.map((entry) => `${entry.id} ${entry.outcome}`)).toEqual([
      "AV-01 fail",
      "AV-02 unknown",
      "AV-03 pass",
      "AV-04 notApplicable",
      "AV-05 notApplicable",
      "GO-03 notApplicable",
      "GO-04 notApplicable",
      "GO-07 notApplicable",
      "GO-09 notApplicable",
      "GO-14 notApplicable",
    ]);
    expect(judgement.counts).toEqual({ pass: 4, fail: 1, unknown: 1, notApplicable: 3, waived: 0 });
    expect(judgement.verdict).toBe("refused");
  });

  it("counts a policy that throws as failed, and judges its other subjects", () => {
    const boom = () => {
      throw new Error("boom");
    };
    const judgement = judge(platform(), [
      rule("AV-01", { a: pass(), b: pass() }, { check: ({ stack }) => (stack === "a" ? boom() : pass()) }),
      rule("AV-02", {}, { subjects: boom }),
    ]);
    expect(judgement.findings.map((finding) => `${finding.policy} ${finding.actual}`)).toEqual([
      "AV-01 Error: boom",
      "AV-02 Error: boom",
    ]);
    expect(judgement.counts).toMatchObject({ pass: 1, fail: 2 });
    expect(judgement.verdict).toBe("refused");
  });

  it("refuses an unknown only in production and only of severity error", () => {
    const later = { a: unknown("later") };
    expect(judge(platform(), [rule("AV-01", later)])).toMatchObject({ verdict: "refused" });
    expect(outcome(judge(platform(), [rule("AV-01", later)]), "GO-04")).toBe("fail");
    expect(judge(platform("staging"), [rule("AV-01", later)]).verdict).toBe("deployable");
    expect(judge(platform(), [rule("AV-01", later, { severity: "warning" })]).verdict).toBe("deployable");
    expect(judge(platform(), [rule("AV-01", { a: bad() }, { severity: "warning" })]).verdict).toBe("deployable");
  });

  it("applies a policy where it applies, and can ask for a subject", () => {
    const only = rule("AV-01", { a: bad() }, { environments: ["production"] });
    expect(outcome(judge(platform("staging"), [only]), "AV-01")).toBe("notApplicable");
    expect(outcome(judge(platform(), [only]), "AV-01")).toBe("fail");
    expect(outcome(judge(platform(), [rule("AV-02", {}, { whenAbsent: () => bad("none") })]), "AV-02")).toBe("fail");
  });

  it("sorts its findings whatever the order of policies and subjects", () => {
    const policies = [rule("AV-02", { b: bad(), a: bad() }), rule("AV-01", { c: [bad("2"), bad("1")] })];
    const judgement = judge(platform(), policies);
    expect(judgement.findings.map((finding) => `${finding.policy} ${finding.subject.stack} ${finding.actual}`)).toEqual(
      ["AV-01 c 1", "AV-01 c 2", "AV-02 a 0", "AV-02 b 0"],
    );
    expect(judge(platform(), [...policies].reverse())).toEqual(judgement);
  });

  it("asks each policy once for its subjects, and checks each subject once", () => {
    const subjects = Array.from({ length: 300 }, (_, index) => subject(`s${index}`));
    const asked = { subjects: 0, checks: 0 };
    const policies = Array.from({ length: 50 }, (_, index) =>
      rule(
        `AV-${10 + index}`,
        {},
        {
          subjects: () => {
            asked.subjects += 1;
            return subjects;
          },
          check: () => {
            asked.checks += 1;
            return atLeast(1, 1, "n");
          },
        },
      ),
    );
    judge(platform(), policies);
    expect(asked).toEqual({ subjects: 50, checks: 50 * 300 });
  });
});

describe("waivers", () => {
  const waiver = (changes: Record<string, string> = {}) =>
    Object.entries({
      policy: "AV-01",
      subject: "a/x",
      owner: "o",
      reason: "r",
      ticket: "T-1",
      expires: "2026-11-21",
      ...changes,
    })
      .map(([key, value], index) => `${index === 0 ? "- " : "  "}${key}: ${value}`)
      .join("\n");
  const judged = (text: string) => judge(platform(), [rule("AV-01", { a: bad() })], parseWaivers(text));
  const problems = (text: string) =>
    judged(text)
      .findings.filter((finding) => finding.policy === "GO-03")
      .map((finding) => finding.message);

  it("lets a finding be, until the end of its last day, and keeps it in the report", () => {
    const judgement = judged(waiver());
    expect(judgement).toMatchObject({ verdict: "deployable", counts: { waived: 1, fail: 0 } });
    expect(judgement.findings).toMatchObject([
      { policy: "AV-01", outcome: "fail", waiver: { ticket: "T-1", line: 1 } },
    ]);
    expect(outcome(judgement, "AV-01")).toBe("waived");
    const report = reportOf(judgement, () => undefined);
    expect(consoleReport(report, { colour: false, groupOf: () => "shop" }).split("\n\n")[0]).toBe(
      "waived\n  AV-01  until 2026-11-21 by o, T-1: r (shop)",
    );
    expect(report.claims.find((claim) => claim.id === "CA-14")?.outcome).toBe("fail");
  });

  it.each([
    [
      "expired",
      waiver({ expires: "2026-11-20" }),
      "waivers.yaml:1: expected an expiry date of 2026-11-21 or later; found AV-01 expired on 2026-11-20",
    ],
    [
      "unused",
      `${waiver()}\n${waiver({ subject: "a" })}`,
      'waivers.yaml:7: expected a finding of AV-01 at "a"; found none: the waiver is unused',
    ],
    [
      "an ancestor's",
      waiver({ subject: "a" }),
      'waivers.yaml:1: expected a finding of AV-01 at "a"; found none: the waiver is unused (did you mean a/x?)',
    ],
    [
      "an unknown policy's",
      waiver({ policy: "ZZ-99" }),
      'waivers.yaml:1: expected the id of a policy that can be waived (docs/policies.md); found "ZZ-99"',
    ],
    [
      "an engine rule's",
      waiver({ policy: "GO-04" }),
      'waivers.yaml:1: expected the id of a policy that can be waived (docs/policies.md); found "GO-04"',
    ],
    [
      "double",
      `${waiver()}\n${waiver()}`,
      "waivers.yaml:7: expected one waiver for a policy and subject; found a second one for AV-01",
    ],
    [
      "malformed",
      waiver({ expires: "soon" }),
      "waivers.yaml:6: expected expires: an ISO date such as 2026-12-31; found soon",
    ],
    [
      "too wide",
      waiver({ also: "x" }),
      "waivers.yaml:7: expected policy, subject, owner, reason, ticket, expires only; found also",
    ],
    ["no list", "policy: AV-01", "waivers.yaml:1: expected a list of waivers; found a mapping"],
  ])("refuses a waiver that is %s", (_name, text, message) => {
    expect(problems(text)).toContain(message);
    expect(judged(text).verdict).toBe("refused");
  });

  it("refuses one entry in one sentence, and keeps the others", () => {
    const others = waiver({ subject: "a/x" });
    for (const [bad, message] of [
      ["- policy: AV-01\n  subject: [", /^waivers\.yaml:8: expected YAML; found /],
      ["- policy: AV-01\n\tsubject: y", /^waivers\.yaml:8: expected spaces before a setting; found a tab, /],
      [
        "- policy: AV1\n  subject: y",
        /^waivers\.yaml:7: expected policy: a policy id such as "AV-03"; owner: a text is expected; .*; found AV1; no owner; /,
      ],
      [
        waiver({ subject: "b" }).replace("owner", "ownr"),
        /^waivers\.yaml:9: expected .* only \(did you mean owner\?\); found ownr$/,
      ],
    ] as const) {
      for (const text of [`${others}\n${bad}`, `${bad}\n${others}`])
        expect(parseWaivers(text).waivers.map(({ subject }) => subject)).toEqual(["a/x"]);
      expect(problems(`${others}\n${bad}`)).toEqual([expect.stringMatching(message)]);
    }
  });

  it("names the line of a YAML error, and takes no file for no waivers", () => {
    expect(problems("- policy: AV-01\n  subject: [")[0]).toMatch(/^waivers\.yaml:2: expected YAML; found /);
    expect(readWaivers(join(tmpdir(), "nowhere"))).toEqual({ waivers: [], problems: [] });
  });
});

describe("reports", () => {
  const judgement = judge(platform(), [
    rule("AV-01", { a: bad(), b: unknown("later") }),
    rule("AV-02", { a: bad("a|b") }, { severity: "warning" }),
  ]);
  const report = reportOf(
    judgement,
    (finding) => (finding.subject.stack === "a" ? { file: "apps/a.ts", line: 7 } : undefined),
    { slo: { objectives: [], alerts: [] } },
  );

  it("report.json follows its schema", () => {
    const validate = new Ajv({ strict: true }).compile(schema);
    for (const candidate of [report, reportOf(judge(platform(), []), () => undefined)]) {
      validate(candidate);
      expect(validate.errors).toBeNull();
    }
    expect(validate({ ...report, verdict: "maybe" })).toBe(false);
  });

  it("console: by application and policy, the verdict last, colour only where it is wanted", () => {
    const text = consoleReport(report, { colour: false, groupOf: (stack) => (stack === "a" ? "shop" : "platform") });
    expect(text).not.toContain("\u001b");
    expect(text.split("\n").at(-1)).toBe(
      "REFUSED production  7 policies: 0 pass, 2 fail, 1 warning, 1 unknown, 0 not applicable, 0 waived",
    );
    expect(text.indexOf("platform")).toBeLessThan(text.indexOf("shop"));
    expect(text).toContain(
      "  AV-01 error  AV-01 holds\n    apps/a.ts:7  a/x\n      X a: evictions ≥ 1; found 0\n    remedy: fix AV-01",
    );
    expect(consoleReport(report, { colour: true, groupOf: String })).toContain("\u001b[31m");
    expect([
      takesColour({ isTTY: true }, {}),
      takesColour({ isTTY: true }, { NO_COLOR: "1" }),
      takesColour({}, {}),
    ]).toEqual([true, false, false]);
  });

  it("console: what is said alike of several resources of one line is said once", () => {
    const said = judge(platform(), [rule("AV-01", { a: bad(), b: bad() })]);
    const alike = reportOf(
      { ...said, findings: said.findings.map((finding) => ({ ...finding, message: "too few" })) },
      () => ({ file: "apps/a.ts", line: 7 }),
    );
    expect(consoleReport(alike, { colour: false, groupOf: () => "shop" })).toContain(
      "    apps/a.ts:7  a/x, b/x\n      too few\n",
    );
  });

  it("looks for what fixes a finding when the report is written, and shows each with its remedy", () => {
    const asked: string[] = [];
    const fixed = (verdict: Verdict, by: string): Verdict =>
      ({ ...verdict, fix: () => (asked.push(by), by) }) as Verdict;
    const found = judge(platform("staging"), [
      rule("AV-01", {
        a: fixed(bad(), "one more"),
        b: fixed(bad(), "one more"),
        c: fixed(unknown("later"), "two more"),
      }),
    ]);
    expect(asked).toEqual([]);
    const text = consoleReport(
      reportOf(found, () => undefined),
      { colour: false, groupOf: () => "all" },
    );
    expect(asked).toEqual(["one more", "one more", "two more"]);
    expect(text.split("\n").filter((line) => line.includes("remedy"))).toEqual([
      "    remedy: fix AV-01; one more",
      "    remedy: fix AV-01; two more",
    ]);
  });

  it("Markdown escapes what would break a table", () => expect(markdownReport(report)).toContain("a\\|b"));

  it("a claim is open without proof, outside when it is none of infrastructure's", () => {
    expect(claims).toHaveLength(141);
    const outcomes = new Map(report.claims.map((claim) => [claim.id, claim.outcome]));
    expect([outcomes.get("CA-14"), outcomes.get("CA-01"), outcomes.get("CA-30")]).toEqual(["fail", "open", "outside"]);
  });
});

describe("synthesis", () => {
  const build = (app: App) => void new TerraformOutput(new TerraformStack(app, "one"), "x", { value: 1 });
  const always = (verdict: Verdict): Policy =>
    policy({ ...rule<Platform>("AV-01", {}), subjects: () => [wholePlatform], check: () => verdict });
  const folder = () => mkdtempSync(join(tmpdir(), "output-"));
  async function run(outdir: string, verdict: Verdict = pass(), more: Partial<Parameters<typeof synthesise>[0]> = {}) {
    const text: string[] = [];
    const stream = { write: (line: string) => void text.push(line) };
    const code = await synthesise({
      outdir,
      configure: () => ({ environment, now: judgedOn }),
      build,
      policies: () => [always(verdict)],
      root: outdir,
      streams: { out: stream, error: stream },
      ...more,
    });
    return { code, text: text.join("") };
  }
  const deployable = (outdir: string) =>
    existsSync(join(outdir, "manifest.json")) || existsSync(join(outdir, "stacks/one/cdk.tf.json"));

  it("publishes what is ready, and takes it away when the next one is not", async () => {
    const outdir = folder();
    expect(await run(outdir)).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^environment: production .*\nREADY production/),
    });
    const first = readFileSync(join(outdir, "stacks/one/cdk.tf.json"), "utf8");
    expect(readdirSync(outdir).sort()).toEqual([".environment", "manifest.json", "readiness", "stacks"]);
    writeFileSync(join(outdir, "stacks/one/terraform.tfstate"), "kept");
    expect((await run(outdir, bad())).code).toBe(2);
    expect(deployable(outdir)).toBe(false);
    expect(readdirSync(outdir).sort()).toEqual([".environment", "readiness", "refused", "stacks"]);
    expect(readFileSync(join(outdir, "refused/one.json"), "utf8")).toBe(first);
    expect(JSON.parse(readFileSync(join(outdir, "readiness/report.json"), "utf8"))).toMatchObject({
      verdict: "refused",
    });
    expect(readFileSync(join(outdir, "stacks/one/terraform.tfstate"), "utf8")).toBe("kept");
  });

  it("keeps no credential in what it refuses", async () => {
    const outdir = folder();
    const token = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
    const careless = (app: App) => void new TerraformOutput(new TerraformStack(app, "one"), "x", { value: token });
    expect((await run(outdir, bad(), { build: careless })).code).toBe(2);
    const kept = readFileSync(join(outdir, "refused/one.json"), "utf8");
    expect(kept).toContain("ghp_…");
    expect(kept).not.toContain(token);
    expect(JSON.parse(kept)).toMatchObject({ output: { x: {} } });
  });

  it("leaves no folder of a stack that is refused, or that is gone, with its charts and packages", async () => {
    const outdir = folder();
    await run(outdir);
    mkdirSync(join(outdir, "stacks/one/assets/chart"), { recursive: true });
    writeFileSync(join(outdir, "stacks/one/assets/chart/Chart.yaml"), "");
    mkdirSync(join(outdir, "stacks/renamed"));
    writeFileSync(join(outdir, "stacks/renamed/cdk.tf.json"), "{}");
    await run(outdir);
    expect(readdirSync(join(outdir, "stacks"))).not.toContain("renamed");
    await run(outdir, bad());
    expect(existsSync(join(outdir, "stacks"))).toBe(false);
  });

  it("writes the same bytes into another folder", async () => {
    const [a, b] = [folder(), folder()];
    await run(a);
    await run(b);
    for (const file of ["manifest.json", "stacks/one/cdk.tf.json", "readiness/report.json", "readiness/report.md"])
      expect(readFileSync(join(a, file), "utf8")).toBe(readFileSync(join(b, file), "utf8"));
  });

  it("judges whatever cdktf's own validations are told", async () => {
    const outdir = folder();
    const disabled = (app: App) => {
      (app as unknown as Record<string, unknown>)["skipValidation"] = true;
      build(app);
    };
    expect((await run(outdir, bad(), { build: disabled })).code).toBe(2);
    expect(deployable(outdir)).toBe(false);
  });

  it("leaves nothing to deploy after a configuration or program error", async () => {
    const outdir = folder();
    await run(outdir);
    const failed = await run(outdir, pass(), {
      configure: () => ({ environment: loadEnvironment({ PLIMSOLL_ENV: "prod" }), now: judgedOn }),
    });
    expect(failed).toMatchObject({ code: 1, text: expect.stringContaining('PLIMSOLL_ENV: found "prod"') });
    expect(deployable(outdir)).toBe(false);
    expect(
      (
        await run(outdir, pass(), {
          build: () => {
            throw new Error("program");
          },
        })
      ).text,
    ).toContain("program");
    expect(existsSync(join(outdir, ".staging"))).toBe(false);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("publishes nothing after %s", async (signal) => {
    const outdir = folder();
    const result = await run(outdir, pass(), {
      build: (app) => {
        build(app);
        process.emit(signal, signal);
      },
    });
    expect(result).toEqual({
      code: 130,
      text: expect.stringMatching(
        new RegExp(
          `\nInterrupted by ${signal}: nothing was published, and the earlier output was removed. Run synth again.\n$`,
        ),
      ),
    });
    expect(readdirSync(outdir)).toEqual([".environment"]);
  });

  it.each([
    [
      "manifest.json is a folder",
      (at: string) => mkdirSync(join(at, "manifest.json")),
      /manifest\.json is a folder, a file is expected: remove it and run again\.\n$/,
    ],
    [
      "stacks is a file",
      (at: string) => writeFileSync(join(at, "stacks"), ""),
      /stacks is a file, a folder is expected: remove it and run again\.\n$/,
    ],
    [
      "readiness is a file",
      (at: string) => writeFileSync(join(at, "readiness"), ""),
      /readiness is a file, a folder is expected: remove it and run again\.\n$/,
    ],
  ])("says it when %s", async (_name, damage, message) => {
    const outdir = folder();
    damage(outdir);
    const { code, text } = await run(outdir);
    expect(code).toBe(1);
    expect(text).toMatch(message);
    expect(text.trim().split("\n")).toHaveLength(1);
  });

  it("says it when the output folder is a file or lies below one, and replaces a manifest that is garbage", async () => {
    const outdir = folder();
    writeFileSync(join(outdir, "file"), "");
    expect((await run(join(outdir, "file"))).text).toMatch(/file is a file, a folder is expected/);
    expect((await run(join(outdir, "file/below"))).text).toMatch(/is below a file, a folder is expected \(ENOTDIR\)/);
    rmSync(join(outdir, "file"));
    writeFileSync(join(outdir, "manifest.json"), "garbage");
    expect((await run(outdir)).code).toBe(0);
  });

  it("publishes nothing that no policy judged, and nothing that policies cannot read", async () => {
    const outdir = folder();
    expect(await run(outdir, pass(), { policies: () => [] })).toMatchObject({
      code: 1,
      text: expect.stringContaining("There is no policy in readiness/policies"),
    });
    process.env["SYNTH_HCL_OUTPUT"] = "true";
    expect(await run(outdir)).toMatchObject({ code: 1, text: expect.stringContaining("written as HCL") });
    delete process.env["SYNTH_HCL_OUTPUT"];
    expect(deployable(outdir)).toBe(false);
  });

  it("needs Node 20.19, and looks before it loads anything else", () => {
    expect([unsupportedNode("20.19.0"), unsupportedNode("22.1.0"), unsupportedNode("24.0.0")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(unsupportedNode("20.18.3")).toBe(
      "plimsoll needs Node 20.19 or newer, found 20.18.3: install a supported version (https://nodejs.org).",
    );
    expect(readFileSync(join(__dirname, "../../fast-paths/launcher.cjs"), "utf8")).toMatch(
      /^(\/\/.*\n)*"use strict";\nrequire\("\.\/readiness\/synthesis\/supported-node\.js"\);\n/,
    );
  });
});
