import { join } from "node:path";
import { claims } from "../../catalog/claims/claims";
import { commitmentValues } from "../../catalog/claims/commitment-values";
import { reportCommitments } from "../../catalog/claims/commitments";
import {
  type FigureEvidence,
  figuredReports,
  type ReportFigure,
  reportFigures,
} from "../../catalog/claims/report-figures";
import { loadImageLock } from "../../config/images/lock";
import { projectRoot } from "../../config/project";
import { modelsOf } from "../../readiness/figures/models";
import { hasFigure } from "../../readiness/report/claims";
import { shippedApplications, shippedPlatform, shippedStacks, type JsonObject } from "./shipped";

const promised = commitmentValues(reportCommitments);
const claimOf = new Map(claims.map((claim) => [claim.id, claim]));
const named = ({ report, lines, figure }: ReportFigure): string => `${report}:${lines.join(",")} ${figure}`;
const shipped = reportFigures.filter(({ report }) => shippedApplications.includes(report));

/** Resources at `stack/type/name`, by the name of their metadata or else their id without its hash. */
function resourcesAt(place: string): { readonly stack: string; readonly block: JsonObject }[] {
  const [stacks = "", type = "", name = ""] = place.split("/");
  const pattern = new RegExp(`^${stacks.replaceAll("*", ".+")}$`);
  return shippedStacks("production")
    .filter((stack) => pattern.test(stack.name))
    .flatMap((stack) => {
      const blocks = ((stack.terraform["resource"] ?? {}) as Record<string, Record<string, JsonObject>>)[type] ?? {};
      return Object.entries(blocks)
        .filter(([id, block]) => name === "*" || name === nameOf(block) || id.startsWith(`${name}_`) || id === name)
        .map(([, block]) => ({ stack: stack.name, block }));
    });
}
const nameOf = (block: JsonObject): unknown => (block["metadata"] as JsonObject | undefined)?.["name"];

/** What stands at the path. A text of JSON is read on; a list is entered by place or by the name of what it holds. */
function at(value: unknown, path: string): unknown {
  return path
    .split(/(?<!\\)\./)
    .map((step) => step.replaceAll("\\.", "."))
    .reduce<unknown>((found, step) => {
      const read: unknown = typeof found === "string" && /^[[{]/.test(found) ? JSON.parse(found) : found;
      if (!Array.isArray(read)) return (read as JsonObject | undefined)?.[step];
      const entries = read as readonly JsonObject[];
      const only = entries.length === 1 && !/^\d+$/.test(step) ? entries[0]?.[step] : undefined;
      return entries.find((entry) => entry["name"] === step) ?? only ?? entries[Number(step)];
    }, value);
}

/** What is wrong with a piece of evidence; undefined: nothing. */
function objection(evidence: FigureEvidence, { report, claim }: ReportFigure, models: object): string | undefined {
  if ("commitment" in evidence) {
    const same = promised.filter((one) => one.application === report && one.key === evidence.commitment);
    return same.some((one) => one.value === evidence.value && (claim === undefined || one.claim === claim))
      ? undefined
      : `no promise ${evidence.commitment} ${evidence.value ?? ""}, but ${JSON.stringify(same)}`;
  }
  if ("image" in evidence) {
    const platforms = loadImageLock(join(projectRoot, "apps"))[evidence.image]?.platforms ?? [];
    return evidence.platforms.every((platform) => platforms.includes(platform))
      ? undefined
      : `image: ${platforms.join()}`;
  }
  if ("computed" in evidence) return hasFigure(models, evidence.computed) ? undefined : `not in report.json`;
  const found = resourcesAt(evidence.terraform).map(({ stack, block }) => ({ stack, value: at(block, evidence.path) }));
  const regions = evidence.terraform.includes("-*/") ? 2 : 1;
  if (found.length < regions) return `${evidence.terraform}: ${found.length} resources`;
  const wrong = found.filter(({ value }) =>
    evidence.contains === undefined
      ? String(value) !== String(evidence.value)
      : !textOf(value).includes(evidence.contains),
  );
  return wrong.length === 0
    ? undefined
    : `${evidence.terraform} ${evidence.path}: ${JSON.stringify(wrong).slice(0, 300)}`;
}
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

describe("the figures of the five reports", () => {
  it("cover each line of a report that holds a number", () => {
    const listed = new Set(reportFigures.flatMap(({ report, lines }) => lines.map((line) => `${report}:${line}`)));
    const lines = figuredReports.flatMap(({ report, linesWithNumbers }) =>
      linesWithNumbers.map((line) => `${report}:${line}`),
    );
    expect(lines).toHaveLength(361);
    expect(lines.filter((line) => !listed.has(line))).toEqual([]);
  });

  it("are held by something, or have a reason", () =>
    expect(
      reportFigures
        .filter(
          ({ holds, not, reason, claim }) =>
            (holds === undefined && not === undefined) ||
            (not === "differs") !== (reason !== undefined) ||
            (not === "open" && (claim === undefined || !(claimOf.get(claim)?.open ?? claimOf.get(claim)?.missing))),
        )
        .map(named),
    ).toEqual([]));

  it("belong to claims of their report", () =>
    expect(
      reportFigures
        .filter(({ claim, report }) => claim !== undefined && claimOf.get(claim)?.report !== report)
        .map(named),
    ).toEqual([]));

  it("are behind every promise that policies judge", () => {
    const cited = new Set(
      reportFigures.flatMap(({ report, holds }) =>
        (holds ?? []).map((evidence) => ("commitment" in evidence ? `${report} ${evidence.commitment}` : "")),
      ),
    );
    const uncited = promised.filter(
      ({ application, key, value }) => value !== undefined && !cited.has(`${application} ${key}`),
    );
    expect(uncited.map(({ application, claim, key }) => `${application} ${claim} ${key}`)).toEqual([]);
  });
});

const describeIfShipped = shippedApplications.length > 0 ? describe : describe.skip;
describeIfShipped("production", () => {
  it("holds the figures as the list says", () => {
    const models = modelsOf(shippedPlatform());
    const wrong = shipped.flatMap((figure) =>
      (figure.holds ?? []).flatMap((evidence) => {
        const text = objection(evidence, figure, models);
        return text === undefined ? [] : `${named(figure)}: ${text}`;
      }),
    );
    expect(wrong).toEqual([]);
  });
});
