import type { Claim } from "../../../catalog/claims/claims";
import { openClaimRule } from "../../judgement/engine-rules";
import type { ReportedClaim } from "../claims";
import type { Report } from "../report";
import { html, type Markup } from "./markup";
import { section, table } from "./tables";
import type { ReportView } from "./view";

/** Area of a policy: the letters of its id. */
export const areaNames: Readonly<Record<string, string>> = {
  AV: "Availability",
  CO: "Cost",
  CP: "Capacity",
  DE: "Delivery",
  DR: "Recovery",
  GO: "Governance",
  MR: "Regions",
  NW: "Network",
  OB: "Observability",
  SC: "Security",
  SU: "Supply chain",
  WL: "Workload",
};
const otherArea = "Other proofs";

export const areaOf = (policy: string): string => areaNames[policy.slice(0, 2)] ?? otherArea;

interface Cell {
  held: number;
  judged: number;
  findings: number;
}

/** Applications × areas: claims that hold, of those that are judged, and findings without a waiver. */
export function matrix(report: Report, view: ReportView, claims: readonly Claim[]): Markup {
  const cells = new Map<string, Map<string, Cell>>();
  const cellAt = (application: string, area: string): Cell => {
    const row = cells.get(application) ?? new Map<string, Cell>();
    cells.set(application, row);
    const cell = row.get(area) ?? { held: 0, judged: 0, findings: 0 };
    row.set(area, cell);
    return cell;
  };
  for (const application of Object.values(view.applicationOfStack)) cellAt(application, otherArea);
  const reportOf = new Map(claims.map(({ id, report: application }) => [id, application]));
  for (const claim of report.claims) {
    if (claim.outcome === "outside" || claim.outcome === "notApplicable") continue;
    for (const area of areasOf(claim)) {
      const cell = cellAt(reportOf.get(claim.id) ?? "platform", area);
      cell.judged += 1;
      if (claim.outcome === "pass") cell.held += 1;
    }
  }
  for (const { policy, stack, waiver } of report.findings)
    if (waiver === null && policy !== openClaimRule.id)
      cellAt(view.applicationOfStack[stack] ?? "platform", areaOf(policy)).findings += 1;
  const note = "A claim that policies of several areas prove counts in each. ⚠ marks findings without a waiver.";
  return section("matrix", "Applications and areas", html`<p>${note}</p>`, matrixTable(cells));
}

/** A claim without a policy counts once, as proved otherwise. */
function areasOf({ proofs }: ReportedClaim): readonly string[] {
  const areas = [...new Set(proofs.filter(({ kind }) => kind === "policy").map(({ ref }) => areaOf(ref)))];
  return areas.length === 0 ? [otherArea] : areas;
}

function matrixTable(cells: ReadonlyMap<string, ReadonlyMap<string, Cell>>): Markup {
  const areas = [...Object.values(areaNames), otherArea].filter((area) =>
    [...cells.values()].some((row) => (row.get(area)?.judged ?? 0) + (row.get(area)?.findings ?? 0) > 0),
  );
  return table(
    "Claims that hold, of claims judged",
    [{ title: "Application" }, ...areas.map((title) => ({ title }))],
    [...cells]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([application, row]) => ({
        cells: [application, ...areas.map((area) => cellMarkup(row.get(area)))],
      })),
  );
}

function cellMarkup(cell: Cell | undefined): Markup {
  if (!cell || cell.judged + cell.findings === 0) return html`<span class="none">${"–"}</span>`;
  const { held, judged, findings } = cell;
  const state = findings > 0 ? "fail" : held === judged ? "pass" : "open";
  return html`<span class="badge ${state}"
    >${judged > 0 && `${held}/${judged}`}${findings > 0 && html`${judged > 0 && " "}${"⚠"} ${findings}`}</span
  >`;
}
