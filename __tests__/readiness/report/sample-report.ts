import type { Report, ReportedFinding } from "../../../readiness/report/report";
import { readinessFigures, reportedClaims, missingClaims } from "../../../readiness/report/claims";
import type { ReportView } from "../../../readiness/report/html/view";
import type { Claim } from "../../../catalog/claims/claims";

/** Texts that configuration could hold. */
export const hostile = {
  script: "</script><img src=x onerror=alert(1)><script>alert(2)</script>",
  attribute: `" onmouseover="alert(3)" x='`,
  rightToLeft: "שלום \u202eevil\u202c مرحبا",
  long: "n".repeat(300),
  emoji: "🚢👩‍👩‍👧‍👦",
  control: "a\u0000b\u001bc",
};
const everything = Object.values(hostile).join(" ");

export const claims: readonly Claim[] = [
  { id: "ZZ-01", report: "shop", kind: "P", statement: "The shop restarts" },
  { id: "ZZ-02", report: "shop", kind: "P", statement: everything, open: { work: "delivery", reason: everything } },
];

export function finding(changes: Partial<ReportedFinding> = {}): ReportedFinding {
  return {
    policy: "WL-01",
    outcome: "fail",
    stack: "shop-us-east-1",
    constructPath: "shop-us-east-1/api/deployment",
    address: "kubernetes_deployment_v1.api",
    source: { file: "apps/shop.ts", line: 7 },
    expected: "3 replicas",
    actual: "1 replica",
    message: "the deployment has 1 replica, expected 3 replicas",
    remediation: "set replicas to 3",
    waiver: null,
    ...changes,
  };
}

export const waiver = { owner: "team", reason: "made-up image", ticket: "T-1", expires: "2027-01-01" };

export const hostileFinding = (): ReportedFinding =>
  finding({
    message: everything,
    expected: everything,
    actual: everything,
    remediation: everything,
    constructPath: everything,
    source: { file: `apps/${hostile.script}.ts`, line: 1 },
    waiver: { owner: everything, reason: everything, ticket: everything, expires: "2027-01-01" },
  });

/** A report with one policy that fails, one that only has a waived finding and one that passes. */
export function report(findings: readonly ReportedFinding[], changes: Partial<Report> = {}): Report {
  const policies: Report["policies"] = [
    { id: "SC-01", title: "Images are pinned by digest", severity: "warning", claims: [], outcome: "waived" },
    { id: "WL-01", title: "Deployments have 3 replicas", severity: "error", claims: ["ZZ-01"], outcome: "fail" },
    { id: "WL-02", title: everything, severity: "error", claims: ["ZZ-01"], outcome: "pass" },
  ];
  const reported = reportedClaims({ policies, models: {}, claims });
  return {
    schemaVersion: 2,
    environment: "production",
    verdict: "refused",
    open: missingClaims(reported, claims),
    counts: { pass: 3, fail: 1, unknown: 0, notApplicable: 0, waived: 1 },
    coverage: { resources: 10, judged: 9, opaque: [] },
    policies,
    findings,
    claims: reported,
    models: { readiness: readinessFigures(reported, claims) },
    ...changes,
  };
}

export const view: ReportView = {
  judgedOn: "2026-11-29",
  applicationOfStack: { "shop-us-east-1": "shop", "other-us-east-1": hostile.script },
  policyNotes: { "WL-01": { because: everything, remedy: everything } },
  topology: {
    edge: [everything],
    global: ["audit"],
    regions: [
      {
        region: "us-east-1",
        role: "primary",
        network: "10.64.0.0/16",
        zones: ["us-east-1a"],
        cluster: everything,
        pools: [{ name: everything, detail: everything }],
        applications: [everything],
        databases: [everything],
        stores: ["1 bucket"],
      },
    ],
  },
  flows: [
    {
      namespace: everything,
      pods: everything,
      direction: "from",
      peer: everything,
      ports: "TCP 80",
      regions: ["us-east-1"],
      policies: [everything],
    },
  ],
};
