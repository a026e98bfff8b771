import type { ApplicationRecord, Program } from "../catalog/applications";
import { markdownTable } from "./markdown";
import { type FigureSources, reportFiguresSection } from "./report-figures-section";

/** How the application file and the code of an application differ from its report, and what the code lacks. */
export interface Differences {
  readonly differences: readonly {
    readonly report: string;
    readonly code: string;
    /** `path:line` at the recorded commit. */
    readonly at: string;
    /** Whose figure the application file keeps. */
    readonly kept: string;
    readonly reason: string;
  }[];
  readonly lacks: readonly string[];
  readonly tried: readonly { readonly command: string; readonly result: string }[];
}

const link = ({ repository, commit }: ApplicationRecord, at: string): string => {
  const [path = "", line = ""] = at.split(/:(?=\d+$)/);
  return `[${path}:${line}](https://github.com/${repository}/blob/${commit}/${encodeURI(path)}#L${line})`;
};

/** Page of each shipped application against its public code. */
export function applicationsPage(
  records: readonly ApplicationRecord[],
  differences: Readonly<Record<string, Differences>>,
  figures: FigureSources,
): string {
  return `# Applications and their public code

The application files in \`apps/\` declare what the programs do, not only what their reports say. The facts are recorded
in \`catalog/applications/\` with repository, commit, path and line; policies WL-25 to WL-27 compare every deployment with
them, NW-13 judges by them who authenticates callers, WL-34 names the programs that do not start, and tests compare each
application file. A figure of a report wins where the program can be configured that way,
otherwise the code's. Every figure of the reports is listed with what holds it or why nothing does
(\`catalog/claims/report-figures.json\`); lines are those of the report. This page is written by \`make docs\`.

${records.map((record) => section(record, differences[record.application], figures)).join("\n\n")}
`;
}

function section(record: ApplicationRecord, differences: Differences | undefined, figures: FigureSources): string {
  const { application, repository, commit, read, programs } = record;
  const named = (kept: string): string => (kept === "report" ? "report" : "code");
  return [
    `## ${application}`,
    `[${repository}](https://github.com/${repository}) at \`${commit.slice(0, 12)}\`, read ${read}.`,
    "### Programs",
    table(
      ["component or job", "ports", "paths", "metrics", "required variables", "callers are checked by"],
      Object.entries(programs).map(([name, program]) => [name, ...programCells(record, program)]),
    ),
    ...(differences
      ? [
          "### Differences between report and code",
          table(
            ["report", "code", "kept", "reason"],
            differences.differences.map((one) => [
              one.report,
              `${one.code} (${link(record, one.at)})`,
              named(one.kept),
              one.reason,
            ]),
          ),
          "### What the application lacks",
          [...failuresOf(record), ...differences.lacks.map((lack) => `- ${lack}`)].join("\n"),
          "### What was built and started",
          table(
            ["command", "outcome"],
            differences.tried.map(({ command, result }) => [`\`${command}\``, result]),
          ),
        ]
      : []),
    ...reportFiguresSection(application, figures),
  ].join("\n\n");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable(head, rows).join("\n");

const none = (texts: readonly string[]): string => (texts.length === 0 ? "none" : texts.join(", "));

function callersCell(record: ApplicationRecord, checks: Program["checksCallers"]): string {
  if (checks === undefined) return "";
  const where = link(record, checks.at);
  if (checks.by === null) return `nothing (${where})`;
  const only = checks.paths ? ` at ${checks.paths.map((path) => `\`${path}\``).join(", ")} alone` : "";
  return `\`${checks.by}\`${only} (${where})`;
}

/** What keeps programs of the recorded commit from starting. */
const failuresOf = (record: ApplicationRecord): string[] =>
  Object.entries(record.programs).flatMap(([name, { startFailure }]) =>
    startFailure
      ? [
          `- **${name} does not start**: ${startFailure.because} (${link(record, startFailure.at)}). To fix it: ${startFailure.fix}`,
        ]
      : [],
  );

function programCells(
  record: ApplicationRecord,
  { ports, paths, metrics, variables, checksCallers }: Program,
): string[] {
  return [
    none(
      ports.map(({ number, setBy, at }) =>
        setBy.length === 0
          ? `${number} (${link(record, at)})`
          : `${number}, set by ${setBy.join(" or ")} (${link(record, at)})`,
      ),
    ),
    none(Object.keys(paths).map((path) => `\`${path}\``)),
    metrics.path === null ? "none" : `\`${metrics.path}\` (${link(record, metrics.at)})`,
    none(Object.entries(variables).flatMap(([name, { required }]) => (required === true ? [`\`${name}\``] : []))),
    callersCell(record, checksCallers),
  ];
}
