import { readFileSync } from "node:fs";
import { ConfigurationError } from "../../config/configuration-error";
import { changeText, matchedFindings } from "./matched-findings";
import { isWarning, type Report, type ReportedFinding, schemaVersion } from "./report";

/** What is different from an earlier report of the same environment, as plain JSON. */
export interface ReportChanges {
  /** Commit of the earlier report, or its date where it has none. */
  readonly since: string;
  readonly verdict: { readonly before: string; readonly after: string };
  readonly newFindings: readonly string[];
  readonly fixedFindings: readonly string[];
  /** Of the same policy, resource and clause, with another figure. */
  readonly changedFindings: readonly string[];
  readonly claimsThatHoldNow: readonly string[];
  readonly claimsThatNoLongerHold: readonly string[];
  /** Difference of the steady month; null where a report has no cost. */
  readonly usdPerMonth: number | null;
}

const VARIABLE = "PLIMSOLL_BASELINE";

/**
 * The earlier report that PLIMSOLL_BASELINE names. It is given and not found, because what happens to lie in the output
 * folder is no input: the same input has to give the same bytes.
 *
 * @throws ConfigurationError when the file is no report of this schema and environment
 */
export function baselineOf(
  variables: Readonly<Record<string, string | undefined>>,
  environment: string,
): Report | undefined {
  const file = variables[VARIABLE];
  if (file === undefined || file === "") return undefined;
  const refuse = (found: unknown, allowed: string, because: string): never => {
    throw new ConfigurationError([{ file: "", path: `${VARIABLE} (--since)`, found, allowed, because }]);
  };
  let report: Partial<Report>;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Partial<Report>;
  } catch (error) {
    return refuse(
      file,
      "the path of a report.json",
      `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (report.schemaVersion !== schemaVersion)
    return refuse(
      file,
      `a report of schemaVersion ${schemaVersion}`,
      report.schemaVersion === undefined
        ? "it has none: it is another file"
        : `its own is ${JSON.stringify(report.schemaVersion)}, and other versions have other fields`,
    );
  if (report.environment !== environment)
    return refuse(file, `a report of ${environment}`, `it is one of ${JSON.stringify(report.environment)}`);
  return report as Report;
}

const placed = ({ policy, constructPath, address }: ReportedFinding): string => `${policy} ${constructPath || address}`;
const named = (finding: ReportedFinding): string => `${placed(finding)}: ${finding.message}`;

export function changesBetween(before: Report, after: Report): ReportChanges {
  const { added, fixed, changed } = matchedFindings(before.findings, after.findings);
  // A page shows the first few of them: what refuses must not stand behind warnings.
  const refusingFirst = (of: Report, found: readonly ReportedFinding[]): readonly ReportedFinding[] => [
    ...found.filter((one) => !isWarning(of, one)),
    ...found.filter((one) => isWarning(of, one)),
  ];
  const held = (report: Report): Set<string> =>
    new Set(report.claims.filter(({ outcome }) => outcome === "pass").map(({ id }) => id));
  const [old, now] = [held(before), held(after)];
  return {
    since: before.provenance?.commit?.slice(0, 12) ?? before.provenance?.judgedAt.slice(0, 10) ?? "the earlier report",
    verdict: { before: before.verdict, after: after.verdict },
    newFindings: refusingFirst(after, added).map(named),
    fixedFindings: refusingFirst(before, fixed).map(named),
    changedFindings: changed.map((change) => `${placed(change.after)}: ${changeText(change)}`),
    claimsThatHoldNow: [...now].filter((claim) => !old.has(claim)).sort(),
    claimsThatNoLongerHold: [...old].filter((claim) => !now.has(claim)).sort(),
    usdPerMonth: differenceOf(steadyOf(before), steadyOf(after)),
  };
}

const steadyOf = ({ models }: Report): number | undefined => models.cost?.budget.usdPerMonth;

const differenceOf = (before: number | undefined, after: number | undefined): number | null =>
  before === undefined || after === undefined ? null : Number((after - before).toFixed(2));
