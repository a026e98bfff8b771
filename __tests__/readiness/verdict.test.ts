import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Claim } from "../../catalog/claims/claims";
import { judge, type FurtherResults } from "../../readiness/judgement/judge";
import type { Judgeable, JudgedPolicy, Waiver } from "../../readiness/judgement/judgement";
import { missingClaims, reportedClaims } from "../../readiness/report/claims";
import { consoleReport, verdictText } from "../../readiness/report/console";
import { reportOf } from "../../readiness/report/report";
import { openClaimResults } from "../../readiness/synthesis/further-results";
import { judgedOn } from "../harness";

const platform = (name: "production" | "staging" = "production"): Judgeable => ({
  environment: { name },
  now: judgedOn,
  coverage: { resources: 0, judged: 0, opaque: [] },
});

const claims: readonly Claim[] = [
  { id: "AA-01", report: "shop", kind: "P", statement: "a", open: { work: "delivery", reason: "no rollout yet" } },
  { id: "AA-02", report: "shop", kind: "P", statement: "b", open: { work: "secrets", reason: "no rotation yet" } },
  { id: "AA-03", report: "shop", kind: "P", statement: "c", open: { work: "secrets", reason: "no store yet" } },
  { id: "AA-04", report: "shop", kind: "P", statement: "d" },
  { id: "AA-05", report: "shop", kind: "X", statement: "e", outside: "code of the application" },
];
const proving: JudgedPolicy = { id: "AV-01", title: "t", severity: "error", claims: ["AA-04"], outcome: "fail" };
const evidence = { applications: new Set(["shop"]), resources: new Set<string>() };
const missing = (policies: readonly JudgedPolicy[], register: readonly Claim[] = claims) =>
  missingClaims(reportedClaims({ policies, models: {}, evidence, claims: register }), register);

const open: FurtherResults = () => [
  openClaimResults(reportedClaims({ policies: [], models: {}, evidence, claims: claims.slice(0, 1) }), claims),
];
const waiver: Waiver = {
  policy: "GO-09",
  subject: "claims/AA-01",
  owner: "shop",
  reason: "rolled out by hand until June",
  ticket: "SHOP-1",
  expires: "2027-06-30",
  file: "waivers.yaml",
  line: 1,
};

describe("claims between a platform and ready", () => {
  it("are listed failed first, then by the capability that most of them wait for", () => {
    expect(missing([proving]).map(({ claim, outcome, waitsFor }) => `${claim} ${outcome} ${waitsFor}`)).toEqual([
      "AA-04 fail AV-01",
      "AA-02 open secrets",
      "AA-03 open secrets",
      "AA-01 open delivery",
    ]);
  });

  it("name the proofs that fail alone, of all that the claim has", () => {
    const policies = [proving, { ...proving, id: "AV-02", outcome: "pass" as const }];
    const reported = reportedClaims({ policies, models: {}, claims });
    const [first] = missingClaims(reported, claims, policies);
    expect(first).toMatchObject({ claim: "AA-04", waitsFor: "AV-01", reason: "fail in AV-01" });
    expect(missingClaims(reported, claims)[0]).toMatchObject({ waitsFor: "AV-01, AV-02" });
  });

  it("leave out claims that hold, are outside infrastructure, or belong to an application that is not deployed", () => {
    expect(missing([{ ...proving, outcome: "pass" }]).map(({ claim }) => claim)).not.toContain("AA-04");
    const elsewhere = { applications: new Set(["other"]), resources: new Set<string>() };
    expect(missingClaims(reportedClaims({ policies: [], models: {}, evidence: elsewhere, claims }), claims)).toEqual(
      [],
    );
  });
});

describe("an open claim", () => {
  const judged = judge(platform(), [], undefined, [], open);

  it("is a warning of GO-09 in production and refuses nothing", () => {
    expect(judged).toMatchObject({ verdict: "deployable", counts: { fail: 1 } });
    expect(judged.findings).toMatchObject([
      {
        policy: "GO-09",
        severity: "warning",
        subject: { constructPath: "claims/AA-01" },
        actual: "delivery: no rollout yet",
      },
    ]);
  });

  it("is not judged outside production", () => {
    expect(judge(platform("staging"), [], undefined, [], open).findings).toEqual([]);
  });

  it("accepts a waiver, and an unused waiver of it is an error", () => {
    const waived = judge(platform(), [], { waivers: [waiver], problems: [] }, [], open);
    expect(waived).toMatchObject({ verdict: "deployable", counts: { waived: 1, fail: 0 } });
    expect(judge(platform(), [], { waivers: [waiver], problems: [] }).verdict).toBe("refused");
  });

  it("has its own lines on the console and is not listed as a finding", () => {
    const report = { ...reportOf(judged, () => undefined), open: missing([]) };
    const text = consoleReport(report, { colour: false, groupOf: () => "platform" });
    expect(text).toContain(
      "missing:    4 claims open: secrets (2), a proof (1), delivery (1); all of them: readiness/report.html#claims",
    );
    expect(text).toContain("0 fail, 1 open claim, 0 unknown");
    expect(text).not.toContain("claims/AA-01");
  });
});

describe("the verdict of a report", () => {
  const verdictOf = (register: readonly Claim[]) => {
    const report = reportOf(judge(platform(), []), () => undefined);
    const stillMissing = missing([], register);
    return verdictText({ ...report, verdict: stillMissing.length === 0 ? "ready" : "deployable", open: stillMissing });
  };

  it("carries both parts in words", () => {
    expect(verdictOf(claims)).toBe("deployable, not ready: 4 claims are open");
    expect(verdictOf(claims.slice(0, 1))).toBe("deployable, not ready: 1 claim is open");
    expect(verdictOf([])).toBe("ready");
  });

  it("is refused, whatever the claims, while a policy of severity error fails", () => {
    const broken = judge(platform(), [], { waivers: [{ ...waiver, policy: "XX-99" }], problems: [] });
    expect(reportOf(broken, () => undefined).verdict).toBe("refused");
  });
});

describe("an open claim", () => {
  it("stands at its line of the register", () => {
    const root = mkdtempSync(join(tmpdir(), "register-"));
    mkdirSync(join(root, "catalog/claims"), { recursive: true });
    writeFileSync(join(root, "catalog/claims/claims.json"), '[\n  {"id": "AA-00"},\n  {"id": "AA-01"}\n]\n');
    const reported = reportedClaims({ policies: [], models: {}, evidence, claims });
    const { results } = openClaimResults(reported, claims, root);
    const source = (claim: string) => results.find(({ subject }) => subject.label === claim)?.source;
    expect(source("AA-01")).toEqual({ file: "catalog/claims/claims.json", line: 3 });
    expect(source("AA-02")).toBeUndefined();
  });
});
