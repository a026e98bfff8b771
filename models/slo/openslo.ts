import Ajv, { type ErrorObject } from "ajv";
import { LineCounter, parseAllDocuments, stringify, type Document } from "yaml";
import { faultsOf } from "./guards";
import schema from "./openslo-v1.schema.json";
import { bucketMatcher, selectorText } from "./promql";
import { selectorOf } from "./selector";
import type { Evaluation, Indicator, Objective, Selector } from "./types";

/** Annotation that carries an indicator of this project whole: OpenSLO has no word for its kinds. */
const INDICATOR = "plimsoll-indicator";

/** Objectives as OpenSLO v1 documents, validated by the schema before they are written. */
export function toOpenSlo(objectives: readonly Objective[]): string {
  return objectives
    .map((objective) => {
      const written = documentOf(objective);
      if (!validate(written)) throw new Error(`${objective.name}: ${message(validate.errors?.[0])}`);
      return `---\n${stringify(written, { lineWidth: 0 })}`;
    })
    .join("");
}

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
      faults.push(...schemaFaults(validate.errors ?? [], value).map(({ at, ...rest }) => ({ ...place(at), ...rest })));
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

interface MetricDocument {
  readonly metricSource: { readonly type: string; readonly spec: { readonly query: string } };
}
interface OpenSloDocument {
  readonly metadata: { readonly name: string; readonly displayName?: string };
  readonly spec: {
    readonly description?: string;
    readonly service: string;
    readonly indicator: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly thresholdMetric?: MetricDocument;
        readonly ratioMetric?: {
          readonly good?: MetricDocument;
          readonly bad?: MetricDocument;
          readonly total: MetricDocument;
        };
      };
    };
    readonly timeWindow: readonly [{ readonly duration: string }];
    readonly objectives: readonly [
      { readonly target?: number; readonly targetPercent?: number; readonly op?: string; readonly value?: number },
    ];
  };
}
interface Unread {
  readonly at: readonly (string | number)[];
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

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

function documentOf({ name, service, description, indicator, target, windowDays }: Objective): unknown {
  const timed = !["success-ratio", "latency"].includes(indicator.kind);
  return {
    apiVersion: "openslo/v1",
    kind: "SLO",
    metadata: { name },
    spec: {
      description,
      service,
      indicator: {
        metadata: { name: `${name}-indicator`, annotations: { [INDICATOR]: JSON.stringify(indicator) } },
        spec: metricOf(indicator),
      },
      timeWindow: [{ duration: `${windowDays}d`, isRolling: true }],
      budgetingMethod: timed ? "Timeslices" : "Occurrences",
      objectives: [
        {
          target,
          ...(timed ? { timeSliceTarget: 1, timeSliceWindow: "1m", ...limitOf(indicator) } : {}),
        },
      ],
    },
  };
}

const limitOf = (indicator: Indicator): object => {
  if (indicator.kind === "throughput") return { op: "gte", value: indicator.minimumPerSecond };
  return "thresholdSeconds" in indicator ? { op: "lte", value: indicator.thresholdSeconds } : { op: "gte", value: 1 };
};

const prometheus = (selector: Selector): MetricDocument => ({
  metricSource: { type: "Prometheus", spec: { query: selectorText(selector) } },
});

function metricOf(indicator: Indicator): object {
  switch (indicator.kind) {
    case "success-ratio": {
      const part = indicator.failed ? { bad: prometheus(indicator.failed) } : { good: prometheus(indicator.good) };
      return { ratioMetric: { counter: true, ...part, total: prometheus(indicator.total) } };
    }
    case "latency": {
      const { metric, matchers } = indicator.histogram;
      const within = { metric: `${metric}_bucket`, matchers: [...matchers, bucketMatcher(indicator.thresholdSeconds)] };
      return {
        ratioMetric: {
          counter: true,
          good: prometheus(within),
          total: prometheus({ metric: `${metric}_count`, matchers }),
        },
      };
    }
    case "availability":
      return { thresholdMetric: prometheus(indicator.up) };
    case "mean-latency":
      return { thresholdMetric: prometheus({ ...indicator.histogram, metric: `${indicator.histogram.metric}_sum` }) };
    case "sampled-latency":
    case "sampled-mean-latency":
      return { thresholdMetric: prometheus(indicator.duration) };
    case "freshness":
      return { thresholdMetric: prometheus(indicator.timestamp) };
    case "throughput":
      return { thresholdMetric: prometheus(indicator.work) };
    case "queue-age":
      return { thresholdMetric: prometheus(indicator.age) };
  }
}

const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

const isOpenSlo = (value: unknown): value is OpenSloDocument => validate(value);

const message = (error: ErrorObject | undefined): string =>
  `${error?.instancePath ?? ""} ${error?.message ?? ""}`.trim();
const firstLine = (text: string): string => text.split("\n")[0] ?? "";

/** One finding a place: of several errors at one place the deepest rule speaks. */
function schemaFaults(errors: readonly ErrorObject[], value: unknown): Unread[] {
  const places = new Map<string, Unread>();
  for (const error of errors) {
    if (
      error.keyword === "oneOf" &&
      errors.some((other) => other !== error && other.instancePath === error.instancePath)
    ) {
      // The branches of a choice say the same in two ways: the choice itself says it once.
      for (const other of errors) if (other.schemaPath.startsWith(`${error.schemaPath}/`)) places.delete(keyOf(other));
    }
    const found = schemaFault(error, value);
    if (!errors.some((choice) => choice.keyword === "oneOf" && error.schemaPath.startsWith(`${choice.schemaPath}/`)))
      places.set(keyOf(error), found);
  }
  return [...places.values()];
}

const keyOf = ({ instancePath, keyword, params }: ErrorObject): string =>
  `${instancePath} ${keyword} ${JSON.stringify(params)}`;

function schemaFault(error: ErrorObject, value: unknown): Unread {
  const at = error.instancePath
    .split("/")
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replace(/~1/g, "/").replace(/~0/g, "~")));
  const found = at.reduce<unknown>(
    (inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step],
    value,
  );
  const params = error.params as Readonly<Record<string, unknown>>;
  const because = "OpenSLO v1 defines the field so";
  switch (error.keyword) {
    case "additionalProperties":
      return {
        at: [...at, String(params["additionalProperty"])],
        found: params["additionalProperty"],
        allowed: "a field of OpenSLO v1",
        because: "nothing would read it",
      };
    case "required":
      return { at, found: "nothing", allowed: `${String(params["missingProperty"])}`, because };
    case "const":
      return { at, found, allowed: String(params["allowedValue"]), because };
    case "enum":
      return { at, found, allowed: (params["allowedValues"] as unknown[]).join(", "), because };
    case "oneOf":
      return {
        at,
        found: Object.keys(found ?? {}).join(", "),
        allowed: `exactly one of ${choices(error)}`,
        because,
      };
    default:
      return { at, found, allowed: error.message ?? "another value", because };
  }
}

/** Names among which a choice is made. */
const choices = ({ instancePath }: ErrorObject): string => {
  if (instancePath.endsWith("/ratioMetric")) return "good, bad";
  return instancePath.startsWith("/spec/objectives/") ? "target, targetPercent" : "thresholdMetric, ratioMetric";
};

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
