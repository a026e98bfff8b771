import { BASE_WINDOW_SECONDS, burnRates, factorOf, intervalOf, type BurnRate } from "./burn-rates";
import { prometheusDuration } from "../duration";
import { eventRates } from "./promql";
import type { Evaluation, Objective, Rule, RuleGroup } from "./types";

/** Metrics that the rules record. Labels: `application` (the service) and `slo` (the objective's name). */
export const recorded = {
  objective: "slo:objective:ratio",
  bad: "slo:bad_events:rate5m",
  all: "slo:events:rate5m",
  errorRatio: (seconds: number) => `slo:error_ratio:rate${prometheusDuration(seconds)}`,
  budgetRemaining: "slo:error_budget_remaining:ratio",
} as const;

export const NO_DATA_ALERT = "ObjectiveWithoutData";

/** How an alert is labelled and where its runbook is. */
export interface AlertContext {
  readonly owner: string;
  /** Annotation `runbook_url` of an alert. */
  runbookUrl(alert: string): string;
  /** Annotation `dashboard_url` of the service. */
  readonly dashboardUrl: string;
}

/**
 * Rule groups of one service: two recordings an objective, and windows and alerts that all of them share.
 *
 * Windows are averages of recorded event rates, so a busy hour weighs more than a quiet one (event-weighted budget).
 * @throws RangeError without objectives, or with objectives of several windows
 */
export function compile(
  service: string,
  objectives: readonly Objective[],
  evaluation: Evaluation,
  context: AlertContext,
): readonly RuleGroup[] {
  const [windowDays, ...others] = [...new Set(objectives.map((objective) => objective.windowDays))];
  if (windowDays === undefined || others.length > 0)
    throw new RangeError(
      `${service}: objectives of one window, found ${objectives.length} objectives of ${others.length + 1}`,
    );
  const short = burnRates.filter((rate) => intervalOf(rate, evaluation) === evaluation.evaluationIntervalSeconds);
  const long = burnRates.filter((rate) => !short.includes(rate));
  const period = windowDays * 86_400;
  const build = (name: string, interval: number, rules: readonly Rule[]): RuleGroup => ({
    name: `${service}.${name}`,
    interval: prometheusDuration(interval),
    rules,
  });
  return [
    build("objectives", evaluation.evaluationIntervalSeconds, [
      ...objectives.flatMap((objective) => eventRules(objective)),
      ...windowsOf(short).map((seconds) => windowRule(service, seconds)),
      ...short.map((rate) => burnAlert(service, windowDays, rate, evaluation, context)),
      noDataAlert(service, context),
    ]),
    build("objectives-long", evaluation.longEvaluationIntervalSeconds, [
      ...[...windowsOf(long), period]
        .filter((seconds) => !windowsOf(short).includes(seconds))
        .map((seconds) => windowRule(service, seconds)),
      budgetRule(service, period),
      ...long.map((rate) => burnAlert(service, windowDays, rate, evaluation, context)),
    ]),
  ];
}

const windowsOf = (rates: readonly BurnRate[]): number[] =>
  [...new Set(rates.flatMap(({ longSeconds, shortSeconds }) => [shortSeconds, longSeconds]))].sort((a, b) => a - b);

function eventRules({ service, name, indicator, target }: Objective): Rule[] {
  const labels = { application: service, slo: name };
  const { bad, all } = eventRates(indicator, prometheusDuration(BASE_WINDOW_SECONDS));
  return [
    { record: recorded.objective, expr: `vector(${target})`, labels },
    { record: recorded.bad, expr: bad, labels },
    { record: recorded.all, expr: all, labels },
  ];
}

/** Series of one service. */
const of = (metric: string, service: string): string => `${metric}{application="${service}"}`;

function windowRule(service: string, seconds: number): Rule {
  const window = prometheusDuration(seconds);
  const [bad, all] = [of(recorded.bad, service), of(recorded.all, service)];
  return {
    record: recorded.errorRatio(seconds),
    expr:
      seconds === BASE_WINDOW_SECONDS
        ? `${bad} / (${all} > 0)`
        : `avg_over_time(${bad}[${window}]) / (avg_over_time(${all}[${window}]) > 0)`,
    labels: { application: service },
  };
}

const budgetRule = (service: string, period: number): Rule => ({
  record: recorded.budgetRemaining,
  expr: `1 - ${of(recorded.errorRatio(period), service)} / (1 - ${of(recorded.objective, service)})`,
  labels: { application: service },
});

function burnAlert(
  service: string,
  windowDays: number,
  rate: BurnRate,
  { minimumEvents }: Evaluation,
  context: AlertContext,
): Rule {
  const threshold = `${factorOf(rate, windowDays)} * (1 - ${of(recorded.objective, service)})`;
  const above = (seconds: number): string => `${of(recorded.errorRatio(seconds), service)} > ${threshold}`;
  const window = prometheusDuration(rate.longSeconds);
  const events = `avg_over_time(${of(recorded.all, service)}[${window}]) * ${rate.longSeconds} > ${minimumEvents}`;
  return {
    alert: rate.alert,
    expr: `${above(rate.longSeconds)} and ${above(rate.shortSeconds)} and ${events}`,
    for: prometheusDuration(rate.forSeconds),
    labels: labelsOf(context, rate.severity, rate.priority),
    annotations: {
      summary: `{{ $labels.application }} misses its objective {{ $labels.slo }}: {{ $value | humanizePercentage }} of the events of ${window} were bad`,
      description: `At this rate ${rate.budgetShare * 100} % of the error budget of ${windowDays} days is spent in ${window}.`,
      runbook_url: context.runbookUrl(rate.alert),
      dashboard_url: context.dashboardUrl,
    },
  };
}

function noDataAlert(service: string, context: AlertContext): Rule {
  return {
    alert: NO_DATA_ALERT,
    expr: `${of(recorded.objective, service)} unless ${of(recorded.all, service)}`,
    for: "30m",
    labels: labelsOf(context, "warning", "P3"),
    annotations: {
      summary: `Nothing measures the objective {{ $labels.slo }} of {{ $labels.application }}`,
      description: "The metric behind the objective is absent: neither success nor failure is seen.",
      runbook_url: context.runbookUrl(NO_DATA_ALERT),
      dashboard_url: context.dashboardUrl,
    },
  };
}

const labelsOf = ({ owner }: AlertContext, severity: string, priority: string): Record<string, string> => ({
  severity,
  priority,
  owner,
});
