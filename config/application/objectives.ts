import type { Indicator, Objective, Selector } from "../../models/slo/types";
import {
  complement,
  freshness,
  is,
  Lacking,
  latencyWithin,
  meanLatency,
  type Origin,
  queueAge,
  successRatio,
  throughput,
} from "./indicators";
import type { Draft } from "./rules/draft";
import type { ExposedMeasure, Measure } from "./parts/measure";
import { jobOf } from "./scrapes";

/** Histogram of the OpenTelemetry HTTP semantic conventions, with their advised buckets. Source: opentelemetry.io/docs/specs/semconv/http/http-metrics, read 2026-11-29. */
const otelRequests = (component: string): ExposedMeasure => ({
  component,
  histogram: "http_server_request_duration_seconds",
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  // Who declares no metric does not know its buckets: the next lower one judges.
  roundToBucket: "down",
  failed: { http_response_status_code: "5.." },
});

export const DEFAULT_WINDOW_DAYS = 30;
/** Share of time in which objectives that are judged over time must hold. */
export const DEFAULT_TIME_SHARE = 0.99;

/** An objective with the field that declares it, or the reason why no metric is behind it. */
export interface DeclaredObjective {
  readonly path: readonly string[];
  readonly objective: Objective;
}
export interface UnmeasuredObjective {
  readonly path: readonly string[];
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

/**
 * What is written of an application's objectives, each with its indicator.
 *
 * @param judging a measure whose name is there without its value was refused: nothing more is said of what it measures
 */
export function declaredObjectives(
  draft: Draft,
  judging = false,
): {
  readonly declared: readonly DeclaredObjective[];
  readonly unmeasured: readonly UnmeasuredObjective[];
} {
  const { name, objectives } = draft;
  if (name === undefined || objectives === undefined) return { declared: [], unmeasured: [] };
  const reader = new Reader(draft, name);
  const refused = (value: { readonly measuredBy?: unknown }): boolean =>
    judging && "measuredBy" in value && value.measuredBy === undefined;
  reader.availability();
  if (!refused(objectives))
    reader.measured(
      ["objectives"],
      "",
      objectives as Declared,
      (objectives.measuredBy as Measure | undefined) ?? defaultMeasure(draft),
    );
  for (const [indicator, value] of Object.entries(objectives.indicators ?? {}))
    if (value !== undefined && !refused(value))
      reader.measured(
        ["objectives", "indicators", indicator],
        `${indicator}-`,
        value as Declared,
        value.measuredBy as Measure | undefined,
      );
  return { declared: reader.declared, unmeasured: reader.unmeasured };
}

/** Objectives of an application that has been validated. */
export const objectivesOf = (application: Draft): readonly Objective[] =>
  declaredObjectives(application).declared.map(({ objective }) => objective);

/** Fields that an objective is declared by. */
interface Declared {
  readonly latencyMeanMs?: number;
  readonly latencyP95Ms?: number;
  readonly latencyP99Ms?: number;
  readonly errorRate?: number;
  readonly freshnessMinutes?: number;
  readonly queueAgeSeconds?: number;
  readonly minimumPerSecond?: number;
  readonly timeShare?: number;
}

function defaultMeasure(draft: Draft): Measure | undefined {
  const service =
    draft.entry?.component ?? Object.entries(draft.components ?? {}).find(([, part]) => part?.kind === "service")?.[0];
  return service === undefined ? undefined : otelRequests(service);
}

class Reader {
  readonly declared: DeclaredObjective[] = [];
  readonly unmeasured: UnmeasuredObjective[] = [];

  private readonly origin: Origin;

  constructor(
    private readonly draft: Draft,
    private readonly application: string,
  ) {
    this.origin = objectiveOrigin(draft, application);
  }

  /** Of what customers reach: probed from outside. Of the rest: the controller of the workload says so. */
  availability(): void {
    const { objectives, entry, components } = this.draft;
    const target = objectives?.availability;
    if (target === undefined) return;
    const workload = Object.keys(components ?? {})[0];
    if (entry === undefined && workload === undefined) return;
    const up: Selector = entry
      ? { metric: "probe_success", matchers: [is("application", this.application), is("probe", "entry")] }
      : {
          metric: "kube_deployment_status_condition",
          matchers: [
            is("namespace", this.application),
            is("deployment", workload ?? ""),
            is("condition", "Available"),
            is("status", "true"),
          ],
        };
    this.add(
      ["objectives", "availability"],
      "availability",
      target,
      { kind: "availability", up },
      entry
        ? `${this.application} answers the probes of its health path`
        : `${workload ?? ""} has the replicas that it needs`,
    );
  }

  measured(path: readonly string[], prefix: string, declared: Declared, measure: Measure | undefined): void {
    // A part that was refused by itself is left out of the draft: what it lacks then is no second mistake.
    if (measure !== undefined && Object.values(measure).includes(undefined)) return;
    const timeShare = declared.timeShare ?? DEFAULT_TIME_SHARE;
    const what = prefix === "" ? "requests" : prefix.slice(0, -1);
    const latency = (field: "latencyP95Ms" | "latencyP99Ms", target: number, suffix: string): void => {
      const milliseconds = declared[field];
      if (milliseconds === undefined) return;
      const indicator = this.latency([...path, field], measure, milliseconds);
      if (indicator)
        this.add(
          [...path, field],
          `${prefix}${suffix}`,
          target,
          indicator,
          `${target * 100} % of the ${what} take at most ${milliseconds} ms`,
        );
    };
    latency("latencyP95Ms", 0.95, "latency-p95");
    latency("latencyP99Ms", 0.99, "latency-p99");
    this.one(path, "latencyMeanMs", declared.latencyMeanMs, measure, meanLatency, (ms, indicator) =>
      this.add(
        [...path, "latencyMeanMs"],
        `${prefix}latency-mean`,
        timeShare,
        indicator,
        `the ${what} take ${ms} ms on average at most`,
      ),
    );
    this.one(path, "errorRate", declared.errorRate, measure, successRatio, (rate, indicator) =>
      this.add(
        [...path, "errorRate"],
        `${prefix}errors`,
        complement(rate),
        indicator,
        `at most ${Number((rate * 100).toFixed(4))} % of the ${what} fail`,
      ),
    );
    this.one(path, "freshnessMinutes", declared.freshnessMinutes, measure, freshness, (minutes, indicator) =>
      this.add(
        [...path, "freshnessMinutes"],
        `${prefix}freshness`,
        timeShare,
        indicator,
        `the newest of ${what} is at most ${minutes} minutes old`,
      ),
    );
    this.one(path, "queueAgeSeconds", declared.queueAgeSeconds, measure, queueAge, (seconds, indicator) =>
      this.add(
        [...path, "queueAgeSeconds"],
        `${prefix}queue-age`,
        timeShare,
        indicator,
        `nothing of ${what} waits longer than ${seconds} s`,
      ),
    );
    this.one(path, "minimumPerSecond", declared.minimumPerSecond, measure, throughput, (least, indicator) =>
      this.add(
        [...path, "minimumPerSecond"],
        `${prefix}throughput`,
        timeShare,
        indicator,
        `at least ${least} of ${what} a second`,
      ),
    );
  }

  private one(
    path: readonly string[],
    field: keyof Declared,
    value: number | undefined,
    measure: Measure | undefined,
    make: (figure: number, measure: Measure, origin: Origin) => Indicator | Lacking,
    take: (figure: number, indicator: Indicator) => void,
  ): void {
    if (value === undefined) return;
    const made = measure === undefined ? new Lacking("measuredBy") : make(value, measure, this.origin);
    if (made instanceof Lacking) this.lacks([...path, field], made);
    else take(value, made);
  }

  private latency(path: readonly string[], measure: Measure | undefined, milliseconds: number): Indicator | undefined {
    const made = measure === undefined ? new Lacking("measuredBy") : latencyWithin(milliseconds, measure, this.origin);
    if (!(made instanceof Lacking)) return made;
    this.lacks(path, made);
    return undefined;
  }

  private lacks(path: readonly string[], { what, found }: Lacking): void {
    this.unmeasured.push({
      path,
      found: found ?? "no metric behind it",
      allowed: what === "measuredBy" ? "an objective with measuredBy" : `measuredBy with ${what}`,
      because: "an objective that nothing measures never alerts",
    });
  }

  private add(path: readonly string[], name: string, target: number, indicator: Indicator, description: string): void {
    const windowDays = this.draft.objectives?.windowDays ?? DEFAULT_WINDOW_DAYS;
    this.declared.push({
      path,
      objective: { name, service: this.application, description, indicator, target, windowDays },
    });
  }
}

/** Where the series of an application's components are found. */
export const objectiveOrigin = (draft: Draft, application: string): Origin => ({
  application,
  labelsOf: (component) => [is("namespace", application), is("job", jobOf(draft, application, component))],
});

/** Probes that objectives of an application are measured by, beside that of its health path. */
export function probedPaths({ objectives }: Draft): readonly string[] {
  const measures = [
    objectives?.measuredBy,
    ...Object.values(objectives?.indicators ?? {}).map((one) => one?.measuredBy),
  ];
  return [
    ...new Set(
      measures.flatMap((one) =>
        one !== undefined && "probe" in one && typeof one.probe === "string" ? [one.probe] : [],
      ),
    ),
  ];
}
