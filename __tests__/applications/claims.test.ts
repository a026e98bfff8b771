import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { claims } from "../../catalog/claims/claims";
import { projectRoot } from "../../config/project";
import { modelsOf } from "../../readiness/figures/models";
import { judge } from "../../readiness/judgement/judge";
import { noWaivers } from "../../readiness/judgement/judgement";
import { discoverPolicies } from "../../readiness/policies";
import { type Evidence, evidenceOf, hasFigure } from "../../readiness/report/claims";
import { consoleReport } from "../../readiness/report/console";
import { markdownReport } from "../../readiness/report/markdown";
import { type Report, reportOf } from "../../readiness/report/report";
import { shippedApplications, shippedPlatform } from "./shipped";

const policies = discoverPolicies().map(({ policy }) => policy);
const describeIfShipped = shippedApplications.length > 0 ? describe : describe.skip;
/** Titles of every test as written, the describes around it before it. */
function titlesOf(file: string): string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(projectRoot, "__tests__", file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  const found: string[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    if (!ts.isCallExpression(node)) return ts.forEachChild(node, (child) => visit(child, around));
    const name = /^(describe|it|test)(Application)?\b/.exec(node.expression.getText(source))?.[1];
    const [title] = node.arguments;
    if (name === undefined || !title || !ts.isStringLiteralLike(title))
      return ts.forEachChild(node, (child) => visit(child, around));
    if (name !== "describe") found.push([file, ...around, title.text].join(" › "));
    ts.forEachChild(node, (child) => visit(child, name === "describe" ? [...around, title.text] : around));
  };
  visit(source, []);
  return found;
}
const testFiles = (readdirSync(join(projectRoot, "__tests__"), { recursive: true }) as string[]).filter((file) =>
  file.endsWith(".ts"),
);
const tests = new Set(testFiles.flatMap((file) => titlesOf(file.replaceAll("\\", "/"))));

describe("the register of claims", () => {
  it("has the 141 claims of five reports, with an id prefix for each report", () => {
    const prefixes = Object.fromEntries(claims.map(({ id, report }) => [id.slice(0, 2), report]));
    expect(prefixes).toEqual({
      CA: "ci-failure-agent",
      FF: "fleetforge",
      FG: "flakeguard",
      FL: "freightliner",
      XB: "x0tta6bl4",
    });
    expect(Object.keys(prefixes).map((prefix) => claims.filter(({ id }) => id.startsWith(prefix)).length)).toEqual([
      30, 26, 27, 36, 22,
    ]);
  });

  it("cites tests that exist, and repeats no policy", () => {
    const cited = claims.flatMap(({ proofs }) => proofs ?? []);
    expect(cited.filter(({ kind, ref }) => kind === "test" && !tests.has(ref))).toEqual([]);
    expect(new Set(cited.map(({ kind }) => kind))).toEqual(new Set(["test", "figure", "resource"]));
  });
});

describeIfShipped("the claims of the shipped applications", () => {
  let report: Report;
  let evidence: Evidence;
  beforeAll(() => {
    const platform = shippedPlatform();
    evidence = evidenceOf(platform);
    report = reportOf(judge(platform, policies, noWaivers, claims), () => undefined, modelsOf(platform), evidence);
  });

  it("hold, or are open with their reason: none fails, none is unknown", () => {
    expect(report.claims.filter(({ outcome }) => outcome === "fail" || outcome === "unknown")).toEqual([]);
    expect(report.policies.find(({ id }) => id === "GO-07")?.outcome).toBe("pass");
  });

  it("have every figure and every resource that the register names", () => {
    const deployed = claims
      .filter((claim) => evidence.applications.has(claim.report))
      .flatMap(({ proofs }) => proofs ?? []);
    expect(deployed.filter(({ kind, ref }) => kind === "figure" && !hasFigure(report.models, ref))).toEqual([]);
    expect(deployed.filter(({ kind, ref }) => kind === "resource" && !evidence.resources.has(ref))).toEqual([]);
  });

  it("are counted whole", () => {
    const { counts, arithmetic, score, byReport, risks } = report.models.readiness;
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(141);
    const of = counts.pass + counts.fail + counts.unknown + counts.open;
    expect(score).toBeCloseTo(counts.pass / of, 4);
    expect(arithmetic).toMatch(`${counts.pass} of ${of} claims hold = `);
    expect(Object.values(byReport).reduce((sum, { pass }) => sum + pass, 0)).toBe(counts.pass);
    expect(risks.open).toHaveLength(counts.open);
    expect(consoleReport(report, { colour: false, groupOf: String })).toContain(
      `claims:     ${counts.pass} hold, ${counts.open} open`,
    );
    for (const name of shippedApplications)
      expect(markdownReport(report)).toContain(`### ${name}\n\n| claim | outcome | statement | proof | what is left |`);
  });
});
