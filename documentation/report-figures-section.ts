import type { Claim } from "../catalog/claims/claims";
import {
  type FigureEvidence,
  type FiguredReport,
  notHeldReasons,
  type ReportFigure,
} from "../catalog/claims/report-figures";
import { markdownTable } from "./markdown";

/** What the figures of a report are held against. */
export interface FigureSources {
  readonly reports: readonly FiguredReport[];
  readonly figures: readonly ReportFigure[];
  readonly claims: readonly Claim[];
}

/** Every figure of one report: first what nothing deployed holds, with the reason, then what holds the others. */
export function reportFiguresSection(application: string, { reports, figures, claims }: FigureSources): string[] {
  const report = reports.find((one) => one.report === application);
  if (!report) return [];
  const own = figures.filter((figure) => figure.report === application);
  const withReason = own.filter(({ not }) => not !== undefined);
  const held = own.filter(({ holds }) => holds !== undefined);
  return [
    "### Figures of the report",
    `${report.title}, ${report.dated}: ${own.length} figures, of which production holds ${held.length}. A test compares them with the synthesised stacks.`,
    "What nothing that is deployed holds, whole or in part:",
    markdownTable(
      ["lines", "figure", "reason"],
      withReason.map((figure) => [linesOf(figure), figure.figure, reasonOf(figure, claims)]),
    ).join("\n"),
    "What holds the others:",
    markdownTable(
      ["lines", "figure", "claim", "held by"],
      held.map((figure) => [
        linesOf(figure),
        figure.figure,
        figure.claim ?? "–",
        [...new Set((figure.holds ?? []).map(evidenceText))].join("; "),
      ]),
    ).join("\n"),
  ];
}

/** Lines with those that follow one another drawn together. */
function linesOf({ lines }: ReportFigure): string {
  const runs = [...lines]
    .sort((a, b) => a - b)
    .reduce<[number, number][]>((found, line) => {
      const last = found.at(-1);
      if (last?.[1] === line - 1) last[1] = line;
      else found.push([line, line]);
      return found;
    }, []);
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

function reasonOf({ not, reason, claim }: ReportFigure, claims: readonly Claim[]): string {
  if (reason !== undefined) return reason;
  if (not !== undefined && not !== "differs" && not !== "open") return notHeldReasons[not];
  const owed = claims.find(({ id }) => id === claim);
  return `${claim ?? ""} is open, it waits for ${owed?.open?.work ?? owed?.missing?.work ?? ""}: ${owed?.open?.reason ?? owed?.missing?.reason ?? ""}`;
}

function evidenceText(evidence: FigureEvidence): string {
  if ("commitment" in evidence)
    return evidence.value === undefined
      ? `promise \`${evidence.commitment}\``
      : `promise \`${evidence.commitment} ${evidence.value}\``;
  if ("image" in evidence) return `image \`${evidence.image}\``;
  if ("computed" in evidence) return `computed \`${evidence.computed}\``;
  return `\`${evidence.terraform}\``;
}
