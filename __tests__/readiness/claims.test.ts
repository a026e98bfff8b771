import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Claim, claims } from "../../catalog/claims/claims";
import { projectRoot } from "../../config/project";
import { coverageProblems } from "../../readiness/judgement/claim-coverage";
import { judge } from "../../readiness/judgement/judge";
import type { JudgedPolicy, PolicyOutcome } from "../../readiness/judgement/judgement";
import { discoverPolicies } from "../../readiness/policies";
import { type Evidence, readinessFigures, reportedClaims } from "../../readiness/report/claims";
import { judgedOn } from "../harness";

const policies = discoverPolicies().map(({ policy }) => policy);
const policiesOf = (claim: string): string[] =>
  policies.filter(({ proves }) => proves.includes(claim)).map(({ id }) => id);

describe("the register of claims", () => {
  it("has each claim once, sorted", () => {
    expect(claims.map(({ id }) => id)).toEqual([...new Set(claims.map(({ id }) => id))].sort());
  });

  it("leaves no claim without proof or reason, and knows each claim that a policy names", () =>
    expect(coverageProblems(claims, policies)).toEqual([]));

  it("says once how a claim stands: outside, open, or proved", () => {
    const stated = (claim: Claim) =>
      [claim.outside, claim.open, claim.proofs ?? claim.missing ?? policiesOf(claim.id)[0]].filter(
        (said) => said !== undefined,
      ).length;
    expect(claims.filter((claim) => stated(claim) !== 1).map(({ id }) => `${id}: ${policiesOf(id).join(" ")}`)).toEqual(
      [],
    );
    expect(
      claims.filter(({ kind, outside }) => (kind === "X") !== (outside !== undefined)).map(({ id }) => id),
    ).toEqual([]);
    for (const { outside, open, missing } of claims)
      for (const reason of [outside, open?.reason, missing?.reason])
        if (reason !== undefined) expect(reason.length).toBeGreaterThan(8);
  });

  it("calls nothing missing of a claim that is not proved in part", () =>
    expect(
      claims
        .filter(({ id, missing, proofs }) => missing && !proofs?.length && policiesOf(id).length === 0)
        .map(({ id }) => id),
    ).toEqual([]));
});

describe("the outcome of a claim", () => {
  const claim = (more: Partial<Claim> = {}): Claim => ({
    id: "CA-01",
    report: "ci-failure-agent",
    kind: "P",
    statement: "s",
    ...more,
  });
  const policy = (outcome: PolicyOutcome, id = "AV-01"): JudgedPolicy => ({
    id,
    title: "t",
    severity: "error",
    claims: ["CA-01"],
    outcome,
  });
  const evidence: Evidence = { applications: new Set(["ci-failure-agent"]), resources: new Set(["aws_eks_cluster"]) };
  const outcome = (
    said: Claim,
    judged: readonly JudgedPolicy[] = [],
    deployed: Evidence | undefined = evidence,
    models: object = { cost: { lines: [1], unknown: [] } },
  ) => reportedClaims({ claims: [said], policies: judged, models, evidence: deployed })[0]?.outcome;
  const owed = { work: "delivery", reason: "later" } as const;

  it.each([
    [["pass", "pass"], "pass"],
    [["pass", "notApplicable"], "pass"],
    [["notApplicable"], "notApplicable"],
    [[], "open"],
    [["pass", "unknown"], "unknown"],
    [["pass", "unknown", "fail"], "fail"],
    [["pass", "waived"], "fail"],
  ] as const)("is the worst of its policies: %j is %s", (outcomes, expected) =>
    expect(
      outcome(
        claim(),
        outcomes.map((each, index) => policy(each, `AV-0${index}`)),
      ),
    ).toBe(expected),
  );

  it("is no pass while part of it is missing, and no excuse for a failure", () => {
    expect(outcome(claim({ missing: owed }), [policy("pass")])).toBe("open");
    expect(outcome(claim({ missing: owed }), [policy("fail")])).toBe("fail");
    expect(outcome(claim({ open: owed }))).toBe("open");
    expect(outcome(claim({ kind: "X", outside: "people" }))).toBe("outside");
  });

  it("is not applicable where its application is not deployed", () =>
    expect(outcome(claim({ report: "elsewhere" }), [policy("pass")])).toBe("notApplicable"));

  it.each([
    ["figure", "cost.lines", "pass"],
    ["figure", "cost.unknown", "unknown"],
    ["figure", "slo", "unknown"],
    ["resource", "aws_eks_cluster", "pass"],
    ["resource", "chart velero", "fail"],
    ["test", "a › b", "pass"],
  ] as const)("follows what is there: %s %s is %s", (kind, ref, expected) =>
    expect(outcome(claim({ proofs: [{ kind, ref }] }))).toBe(expected),
  );

  it("is counted by report, with nothing to judge as no score", () => {
    const said = [claim(), claim({ id: "CA-02", open: owed }), claim({ id: "FF-01", report: "fleetforge" })];
    const { score, byReport, risks } = readinessFigures(
      reportedClaims({ claims: said, policies: [policy("pass")], models: {}, evidence }),
      said,
    );
    expect([score, byReport["ci-failure-agent"]?.score, byReport["fleetforge"]?.score, risks.open]).toEqual([
      0.5,
      0.5,
      null,
      ["CA-02"],
    ]);
  });
});

describe("GO-07", () => {
  const platform = {
    environment: { name: "staging" },
    now: judgedOn,
    coverage: { resources: 0, judged: 0, opaque: [] },
  } as const;
  const said: Claim[] = [{ id: "CA-01", report: "ci-failure-agent", kind: "P", statement: "nodes" }];
  const findings = (register: readonly Claim[]) =>
    judge(platform, [], undefined, register).findings.map(({ policy, message }) => `${policy} ${message}`);

  it("refuses a claim that nobody answers for, and a reason that says nothing", () => {
    const refused = [
      'GO-07 CA-01: expected a policy or a proof of "nodes", or the reason why there is none; found nothing',
    ];
    expect(findings(said)).toEqual(refused);
    expect(findings(said.map((claim) => ({ ...claim, open: { work: "delivery", reason: " " } })))).toEqual(refused);
    expect(findings(said.map((claim) => ({ ...claim, proofs: [] })))).toEqual(refused);
    expect(judge(platform, [], undefined, said).verdict).toBe("refused");
  });

  it("accepts a reason or a proof, and refuses a policy that proves what nobody claims", () => {
    expect(findings(said.map((claim) => ({ ...claim, open: { work: "delivery", reason: "later" } })))).toEqual([]);
    expect(findings(said.map((claim) => ({ ...claim, outside: "people" })))).toEqual([]);
    expect(findings(said.map((claim) => ({ ...claim, proofs: [{ kind: "test", ref: "a › b" }] })))).toEqual([]);
    expect(coverageProblems(said, [{ id: "AV-01", proves: ["CA-01", "CA-99"] }])).toEqual([
      { subject: "AV-01", expected: "claims of catalog/claims/claims.json", actual: "CA-99" },
    ]);
  });
});

describe("constructs and stacks", () => {
  const files = ["constructs", "stacks"]
    .flatMap((folder) =>
      (readdirSync(join(projectRoot, folder), { recursive: true }) as string[])
        .filter((file) => file.endsWith(".ts"))
        .map((file) => join(folder, file)),
    )
    .sort();
  const guards = files.flatMap((file) =>
    [...readFileSync(join(projectRoot, file), "utf8").matchAll(/readonly guardedBy\b[^=]*= \[([^\]]*)\]/g)].flatMap(
      ([, list = ""]) => [...list.matchAll(/"([^"]+)"/g)].map(([, id = ""]) => ({ file, id })),
    ),
  );
  it("name policies that there are", () => {
    expect(guards.length).toBeGreaterThan(100);
    const ids = new Set(policies.map(({ id }) => id));
    expect(guards.filter(({ id }) => !ids.has(id))).toEqual([]);
  });
});

describe("the workflow", () => {
  it("plans every stack each night, and fails when what is deployed has drifted", () => {
    const workflow = parse(readFileSync(join(projectRoot, ".github/workflows/readiness.yml"), "utf8")) as {
      on: { schedule: { cron: string }[] };
      jobs: { plan: { steps: { run?: string }[] } };
    };
    expect(workflow.on.schedule.map(({ cron }) => cron.split(" ").slice(2))).toEqual([["*", "*", "*"]]);
    const plan = workflow.jobs.plan.steps.map(({ run }) => run ?? "").find((run) => run.includes("plan ")) ?? "";
    for (const part of [
      "cdktf.out/stacks/*/",
      "-detailed-exitcode",
      'if [ $code = 2 ] && [ "$GITHUB_EVENT_NAME" = schedule ]; then status=1; fi',
    ])
      expect(plan).toContain(part);
  });
});
