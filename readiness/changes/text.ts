import { traitSource } from "../../catalog/resource-types";
import type { Change, ChangeReport, Loss, Remark } from "../../models/change";
import { table } from "../report/text/markdown-table";

const shownChanges = 40;
const shownLength = 60;

const short = (text: string): string => (text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text);
const code = (text: string): string => `\`${text.replaceAll("|", "¦").replaceAll("`", "'")}\``;
const where = ({ stack, address }: Change): string => code(`${stack}/${address}`);

export interface ConsentedReport extends ChangeReport {
  /** Losses without a consent. */
  readonly unconsented: readonly Loss[];
}

export const withConsent = (report: ChangeReport, consented: ReadonlySet<string>): ConsentedReport => ({
  ...report,
  unconsented: report.losses.filter(({ subject }) => !consented.has(subject)),
});

/** What the change does to what is deployed, in Markdown for a pull request. */
export function changesText(report: ConsentedReport): string {
  return [
    "## What happens to what is deployed",
    summary(report),
    ...lossText(report),
    ...remarkText("### Refused by AWS, Kubernetes or Terraform", report.rejected),
    ...remarkText("### Refused in some states", report.mayBeRejected),
    ...remarkText("### Without effect", report.ignored),
    ...changeText("### Replaced", report, "replaced", replacement),
    ...changeText("### Removed", report, "removed", ({ type }) => type),
    ...changeText("### Changed in place, or replaced: not in the catalogue", report, "undetermined", differing),
    ...changeText("### Changed in place", report, "in place", differing),
    ...changeText("### Added", report, "added", ({ type }) => type),
    ...changeText("### No longer managed, and kept", report, "forgotten", ({ type }) => type),
    "",
  ].join("\n\n");
}

const replacement = ({ because, means }: Change): string =>
  means === undefined ? because.join(", ") : `${because.join(", ")}: ${means}`;

const differing = ({ differs }: Change): string => short(differs.join(", "));

function summary({ changes, losses, unconsented, rejected, mayBeRejected, ignored }: ConsentedReport): string {
  if (changes.length === 0 && ignored.length === 0) return "Nothing changes.";
  const kinds = ["added", "removed", "forgotten", "in place", "replaced", "undetermined"] as const;
  const counts = kinds
    .map((kind) => [kind, changes.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  const bad = [
    losses.length > 0
      ? `**data of ${losses.length} is lost, ${unconsented.length} without consent**`
      : "no data is lost",
    ...(rejected.length > 0 ? [`**${rejected.length} refused**`] : []),
    ...(mayBeRejected.length > 0 ? [`**${mayBeRejected.length} refused in some states**`] : []),
    ...(ignored.length > 0 ? [`${ignored.length} without effect`] : []),
  ];
  return `${[...counts, ...bad].join("; ")}.`;
}

function lossText({ losses, unconsented }: ConsentedReport): string[] {
  if (losses.length === 0) return [];
  const missing = new Set(unconsented.map(({ subject }) => subject));
  const rows = losses.map(({ subject, kind, what, wasProtected, onDestroy, nowAt }) => [
    code(subject),
    kind,
    what,
    wasProtected
      ? `had prevent_destroy, which goes with its ${kind === "removed" ? "block" : "setting"}`
      : "no prevent_destroy",
    [...onDestroy, ...(nowAt === undefined ? [] : [`the same name is at ${code(nowAt)}: write a moved block`])].join(
      "; ",
    ),
    missing.has(subject) ? "missing" : "given",
  ]);
  return [
    "### Data that is lost",
    table(["resource", "", "data", "protection", "what becomes of it", "consent"], rows),
    ...(unconsented.length === 0
      ? []
      : [
          `Put each one back or move it (a \`moved\` block, \`terraform state mv\`), or agree to its loss: ${unconsented
            .slice(0, 3)
            .map(({ subject }) => `\`--consent '${subject}'\``)
            .join(" ")}${unconsented.length > 3 ? " …" : ""}`,
        ]),
  ];
}

function remarkText(title: string, remarks: readonly Remark[]): string[] {
  if (remarks.length === 0) return [];
  const rows = remarks.map(({ subject, argument, before, after, says, source }) => [
    code(subject),
    code(argument),
    short(before),
    short(after),
    says,
    traitSource(source),
  ]);
  return [title, table(["resource", "argument", "before", "after", "what happens", "source"], rows)];
}

function changeText(
  title: string,
  { changes }: ChangeReport,
  kind: Change["kind"],
  detail: (change: Change) => string,
): string[] {
  const found = changes.filter((one) => one.kind === kind);
  if (found.length === 0) return [];
  return [
    title,
    table(
      ["resource", ""],
      found.slice(0, shownChanges).map((one) => [where(one), detail(one)]),
    ),
    ...(found.length > shownChanges ? [`And ${found.length - shownChanges} more.`] : []),
  ];
}
