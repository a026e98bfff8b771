import type { ReportedFinding } from "./report";

/** Findings of two reports, matched. */
export interface MatchedFindings {
  readonly added: readonly ReportedFinding[];
  readonly fixed: readonly ReportedFinding[];
  /** The same finding with another figure or outcome. */
  readonly changed: readonly { readonly before: ReportedFinding; readonly after: ReportedFinding }[];
}

const figure = /\d+(?:[.,]\d+)*/g;

/** What a policy says of what: each clause of a policy has an expectation of its own, of which figures are no part. */
const clauseOf = ({ policy, stack, constructPath, address, expected }: ReportedFinding): string =>
  JSON.stringify([policy, stack, constructPath, address, expected.replace(figure, "#")]);

const textOf = (finding: ReportedFinding): string =>
  JSON.stringify([clauseOf(finding), finding.outcome, finding.expected, finding.actual]);

export function matchedFindings(
  before: readonly ReportedFinding[],
  after: readonly ReportedFinding[],
): MatchedFindings {
  const old = without(before, after, textOf);
  const now = without(after, before, textOf);
  const changed: { before: ReportedFinding; after: ReportedFinding }[] = [];
  const added = now.filter((finding) => {
    const at = old.findIndex((one) => clauseOf(one) === clauseOf(finding));
    const [found] = at < 0 ? [] : old.splice(at, 1);
    if (found) changed.push({ before: found, after: finding });
    return found === undefined;
  });
  return { added, fixed: old, changed };
}

function without(
  findings: readonly ReportedFinding[],
  others: readonly ReportedFinding[],
  keyOf: (finding: ReportedFinding) => string,
): ReportedFinding[] {
  const known = new Set(others.map(keyOf));
  return findings.filter((finding) => !known.has(keyOf(finding)));
}

/** `from … to …`: of the figure, and of the expectation or outcome where that is what changed. */
export function changeText({ before, after }: MatchedFindings["changed"][number]): string {
  const parts = [
    before.outcome !== after.outcome && `from ${before.outcome} to ${after.outcome}`,
    before.expected !== after.expected && `expected from ${before.expected} to ${after.expected}`,
    before.actual !== after.actual && `from ${before.actual} to ${after.actual}`,
  ].filter((part) => part !== false);
  return `changed: ${parts.join("; ")}`;
}
