import { LineCounter, parseAllDocuments, type Document } from "yaml";
import { faultsOf } from "../guards";
import { selectorOf } from "../selector";
import type { Evaluation, Indicator, Objective } from "../types";
import { INDICATOR, isOpenSlo, type MetricDocument, type OpenSloDocument, schemaErrors } from "./document";
import { schemaFaults, type Unread } from "./schema-faults";

/** One thing wrong in an OpenSLO file. */
export interface OpenSloFault {
  readonly line: number;
  /** Path in the document, such as `spec.objectives.0.target`. */
  readonly path: string;
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

export interface OpenSloImport {
  readonly objectives: readonly Objective[];
  readonly faults: readonly OpenSloFault[];
}

/** Objectives of an OpenSLO v1 file with any number of documents; everything wrong in it at once. */
export function fromOpenSlo(text: string, evaluation: Evaluation): OpenSloImport {
  const lines = new LineCounter();
  const objectives: Objective[] = [];
  const faults: OpenSloFault[] = [];
  const names = new Set<string>();
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const place = (path: readonly (string | number)[]): { line: number; path: string } => ({
      line: lineOf(document, path, lines),
      path: path.join("."),
    });
    const [broken] = document.errors;
    if (broken) {
      const line = lines.linePos(broken.pos[0]).line;
      faults.push({
        line,
        path: "",
        found: firstLine(broken.message),
        allowed: "valid YAML",
        because: "nothing can be read from it",
      });
      continue;
    }
    const value: unknown = document.toJS();
    if (!isOpenSlo(value)) {
      faults.push(...schemaFaults(schemaErrors(value), value).map(({ at, ...rest }) => ({ ...place(at), ...rest })));
      continue;
    }
    const read = objectiveOf(value);
    if ("allowed" in read) {
      const { at, ...rest } = read;
      faults.push({ ...place(at), ...rest });
      continue;
    }
    const key = `${read.service}/${read.name}`;
    if (names.has(key))
      faults.push({
        ...place(["metadata", "name"]),
        found: read.name,
        allowed: `a name that no other objective of ${read.service} has`,
        because: "series and alerts of the two would have the same labels",
      });
    names.add(key);
    const own = faultsOf(read, evaluation);
    faults.push(...own.map(({ field, ...rest }) => ({ ...place(fieldPath(field)), ...rest })));
    objectives.push(read);
  }
  return { objectives: faults.length === 0 ? objectives : [], faults: faults.sort((a, b) => a.line - b.line) };
}

const fieldPath = (field: string): (string | number)[] =>
  field === "target"
    ? ["spec", "objectives", 0]
    : field === "windowDays"
      ? ["spec", "timeWindow", 0, "duration"]
      : ["spec", "indicator"];

function objectiveOf({ metadata, spec }: OpenSloDocument): Objective | Unread {
  const [{ duration }] = spec.timeWindow;
  const [objective] = spec.objectives;
  const indicator = indicatorOf(spec);
  if ("allowed" in indicator) return indicator;
  return {
    name: metadata.name,
    service: spec.service,
    description: spec.description ?? metadata.displayName ?? metadata.name,
    indicator,
    target: objective.target ?? Number(((objective.targetPercent ?? 0) / 100).toPrecision(12)),
    windowDays: Number(duration.slice(0, -1)) * (duration.endsWith("w") ? 7 : 1),
  };
}

function indicatorOf({ indicator, objectives: [objective] }: OpenSloDocument["spec"]): Indicator | Unread {
  const own = indicator.metadata.annotations?.[INDICATOR];
  if (own !== undefined) return JSON.parse(own) as Indicator;
  const { ratioMetric, thresholdMetric } = indicator.spec;
  const at = ["spec", "indicator", "spec"];
  if (ratioMetric) {
    const total = selectorOf(ratioMetric.total.metricSource.spec.query);
    const [side, counted] = ratioMetric.bad
      ? (["bad", ratioMetric.bad] as const)
      : (["good", ratioMetric.good] as const);
    const part = selectorOf(counted?.metricSource.spec.query ?? "");
    if (!total) return notASelector([...at, "ratioMetric", "total"], ratioMetric.total);
    if (!part) return notASelector([...at, "ratioMetric", side], counted);
    return { kind: "success-ratio", total, ...(side === "bad" ? { failed: part } : { good: part }) };
  }
  const gauge = selectorOf(thresholdMetric?.metricSource.spec.query ?? "");
  if (!gauge) return notASelector([...at, "thresholdMetric"], thresholdMetric);
  if (objective.value === undefined || !["lt", "lte"].includes(objective.op ?? ""))
    return {
      at: ["spec", "objectives", 0],
      found: `op ${objective.op ?? "missing"}, value ${objective.value ?? "missing"}`,
      allowed: "op lt or lte, and a value",
      because: "a threshold metric is judged by an upper limit",
    };
  return { kind: "queue-age", age: gauge, thresholdSeconds: objective.value };
}

const notASelector = (at: readonly (string | number)[], metric: MetricDocument | undefined): Unread => ({
  at: [...at, "metricSource", "spec", "query"],
  found: metric?.metricSource.spec.query,
  allowed: 'one selector, such as http_requests_total{code=~"5.."}',
  because: "ranges and sums are added for each window",
});

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** Line of a path, or of the nearest part of it that is there. */
function lineOf(document: Document, path: readonly (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node =
      length === 0
        ? document.contents
        : (document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined);
    const start = node?.range?.[0];
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}
