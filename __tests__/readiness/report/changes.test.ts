import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Models } from "../../../readiness/figures/models";
import type { Report } from "../../../readiness/report/report";
import { baselineOf, changesBetween } from "../../../readiness/report/changes";
import { htmlReport } from "../../../readiness/report/html/page";
import { claims, finding, hostileFinding, report, view } from "./sample-report";

/** Figures of a platform that costs so much and has nothing. */
function costOf(usdPerMonth: number): Models["cost"] {
  const none = { steady: 0, peak: 0, failover: 0 };
  const held = { outcome: "pass", usdPerMonth, limitUsdPerMonth: 5000, arithmetic: `${usdPerMonth} USD` };
  return {
    budget: { scenario: "steady", ...held },
    ceiling: [],
    totals: { whole: none, byResource: {}, byRegion: {}, byApplication: {}, byKind: {}, byConfidence: {} },
    lines: [],
    unknown: [],
    assumptions: [],
  };
}

const folder = mkdtempSync(join(tmpdir(), "baseline-"));
const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe("changes since an earlier report", () => {
  const before = report([finding({ policy: "WL-02" })], { verdict: "deployable" });
  const after = report([finding(), hostileFinding()]);

  it("names the verdict, new and fixed findings and the difference of the cost", () => {
    const cost = (usdPerMonth: number): Pick<Report, "models"> => ({
      models: { ...before.models, cost: costOf(usdPerMonth) },
    });
    const changes = changesBetween({ ...before, ...cost(2000) }, { ...after, ...cost(2035.5) });
    expect(changes.verdict).toEqual({ before: "deployable", after: "refused" });
    expect(changes.newFindings).toHaveLength(2);
    expect(changes.fixedFindings).toEqual([
      "WL-02 shop-us-east-1/api/deployment: the deployment has 1 replica, expected 3 replicas",
    ]);
    expect(changes.usdPerMonth).toBe(35.5);
  });

  it("names claims that hold now and claims that no longer hold", () => {
    const with1 = (outcome: "pass" | "fail") =>
      ({
        ...after,
        claims: after.claims.map((claim) => (claim.id === "ZZ-01" ? { ...claim, outcome } : claim)),
      }) as typeof after;
    expect(changesBetween(with1("fail"), with1("pass")).claimsThatHoldNow).toEqual(["ZZ-01"]);
    expect(changesBetween(with1("pass"), with1("fail")).claimsThatNoLongerHold).toEqual(["ZZ-01"]);
  });

  it("names what refuses before what only warns", () => {
    const mixed = report([finding({ policy: "SC-01" }), finding({ policy: "WL-01", message: "refuses" })]);
    expect(changesBetween(report([]), mixed).newFindings.map((text) => text.slice(0, 5))).toEqual(["WL-01", "SC-01"]);
  });

  it("says of a finding whose figure changes from what to what, and neither that it is new nor that it is fixed", () => {
    const [two, three] = [finding({ actual: "2 replicas" }), finding({ actual: "1 replica" })];
    const changes = changesBetween(report([two]), report([three]));
    expect([...changes.newFindings, ...changes.fixedFindings]).toEqual([]);
    expect(changes.changedFindings).toEqual([
      expect.stringMatching(/^WL-01 .*: changed: from 2 replicas to 1 replica$/) as string,
    ]);
    expect(htmlReport(report([three]), { ...view, changes }, claims)).toContain("Changed findings");
  });

  it("keeps clauses of one policy and resource apart", () => {
    const [cpu, memory] = [finding({ expected: "at least 2 CPU" }), finding({ expected: "at least 2 GiB" })];
    const changes = changesBetween(report([cpu]), report([memory]));
    expect([changes.newFindings.length, changes.fixedFindings.length, changes.changedFindings.length]).toEqual([
      1, 1, 0,
    ]);
    const more = changesBetween(report([cpu]), report([finding({ expected: "at least 3 CPU" })]));
    expect(more.changedFindings).toEqual([
      expect.stringContaining("expected from at least 2 CPU to at least 3 CPU") as string,
    ]);
  });

  it("finds no change between a report and itself", () => {
    const changes = changesBetween(after, after);
    expect([...changes.newFindings, ...changes.fixedFindings, ...changes.claimsThatHoldNow]).toEqual([]);
    expect(htmlReport(after, { ...view, changes }, claims)).toContain("Nothing changed.");
  });

  it("stands on the first screen, as text", () => {
    const page = htmlReport(after, { ...view, changes: changesBetween(before, after) }, claims);
    expect(page).toContain("Verdict: deployable, now <b>refused</b>");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
    expect(htmlReport(after, view, claims)).not.toContain("<h3>Since");
  });
});

describe("PLIMSOLL_BASELINE", () => {
  const whole = report([]);
  test.each([
    ["no file", join(folder, "absent.json"), "it cannot be read"],
    ["no JSON", written("text.json", "{"), "it cannot be read"],
    ["another file", written("other.json", JSON.stringify({ name: "x" })), "it has none: it is another file"],
    ["another schema", written("old.json", JSON.stringify({ ...whole, schemaVersion: 1 })), "its own is 1"],
    [
      "another environment",
      written("staging.json", JSON.stringify({ ...whole, environment: "staging" })),
      'it is one of "staging"',
    ],
  ])("refuses %s", (_, file, because) => {
    expect(() => baselineOf({ PLIMSOLL_BASELINE: file }, "production")).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^PLIMSOLL_BASELINE \(--since\): found .*, allowed: .*, because /) as string,
      }) as Error,
    );
    expect(() => baselineOf({ PLIMSOLL_BASELINE: file }, "production")).toThrow(because);
  });

  it("is optional", () => {
    expect(baselineOf({}, "production")).toBeUndefined();
    expect(baselineOf({ PLIMSOLL_BASELINE: "" }, "production")).toBeUndefined();
    expect(baselineOf({ PLIMSOLL_BASELINE: written("own.json", JSON.stringify(whole)) }, "production")).toEqual(whole);
  });
});
