import data from "./report-figures.json";

/**
 * What holds a figure in production:
 * - `commitment`: key of a promise in commitments.json, as {@link commitmentValues} names it; policies judge the promises,
 * - `terraform`: `stack/type/name` of synthesised resources, a `*` stands for anything; at `path` they have `value`, or a
 *   text that holds `contains`. A step of a path is a key, a place in a list or the name of what the list holds,
 * - `image`: entry of apps/images.lock.json with these platforms,
 * - `computed`: path in `models` of report.json.
 */
export type FigureEvidence =
  | { readonly commitment: string; readonly value?: number | string | boolean }
  | {
      readonly terraform: string;
      readonly path: string;
      readonly value?: number | string;
      readonly contains?: string;
    }
  | { readonly image: string; readonly platforms: readonly string[] }
  | { readonly computed: string };

/** Why nothing that is deployed holds a figure. `open`: its claim says what is still owed; `differs`: the figure says why. */
export type NotHeld = "code" | "differs" | "measured" | "open" | "plan" | "score";

/** One figure of a report, in our own words. */
export interface ReportFigure {
  readonly report: string;
  readonly lines: readonly number[];
  readonly figure: string;
  readonly claim?: string;
  readonly holds?: readonly FigureEvidence[];
  /** Beside `holds`: of the part that nothing holds. */
  readonly not?: NotHeld;
  readonly reason?: string;
}

/** A report whose figures are listed: no copy of it is kept here, its hash says which one was read. */
export interface FiguredReport {
  readonly report: string;
  readonly title: string;
  readonly dated: string;
  readonly sha256: string;
  /** Lines that hold a digit, without the numbers of headings and lists: each is among the lines of a figure. */
  readonly linesWithNumbers: readonly number[];
}

export const figuredReports: readonly FiguredReport[] = data.reports;
export const reportFigures: readonly ReportFigure[] = data.figures as readonly ReportFigure[];

/** Reasons that are the same for all figures of their kind. */
export const notHeldReasons: Readonly<Record<Exclude<NotHeld, "differs" | "open">, string>> = {
  code: "of the source code, its tests or its pipelines: outside infrastructure",
  measured: "measured once by a test run: what is promised are the targets of the report",
  plan: "a date, a name or the numbering of a document, or work of people",
  score: "asserted by the report: the project computes its own score (report.json, models.readiness)",
};
