import { burnRates, factorOf, isSatisfiable } from "./burn-rates";
import { prometheusDuration } from "../duration";
import { BASE_WINDOW_SECONDS } from "./burn-rates";
import type { Evaluation, Objective } from "./types";

/** One thing that is wrong with an objective. */
export interface ObjectiveFault {
  /** Field of the objective, such as `target`. */
  readonly field: string;
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}

/** Everything that would make the rules of an objective silent or wrong. */
export function faultsOf(objective: Objective, evaluation: Evaluation): readonly ObjectiveFault[] {
  return [
    ...targetFaults(objective),
    ...windowFaults(objective, evaluation),
    ...indicatorFaults(objective, evaluation),
  ];
}

function targetFaults(objective: Objective): ObjectiveFault[] {
  const { target } = objective;
  if (!(target > 0 && target < 1))
    return [
      {
        field: "target",
        found: target,
        allowed: "more than 0 and less than 1, such as 0.999",
        because: "an objective of 1 has no error budget, and one of 0 promises nothing",
      },
    ];
  const impossible = burnRates.find((rate) => !isSatisfiable(rate, objective));
  if (!impossible) return [];
  const factor = factorOf(impossible, objective.windowDays);
  return [
    {
      field: "target",
      found: target,
      allowed: `more than ${Math.ceil((1 - 1 / factor) * 10_000) / 10_000}`,
      because: `${impossible.alert} fires above ${factor} × (1 − ${target}) = ${Number((factor * (1 - target)).toFixed(4))} of the events, and never more than all of them are bad`,
    },
  ];
}

function windowFaults({ windowDays }: Objective, { retentionDays }: Evaluation): ObjectiveFault[] {
  if (!Number.isInteger(windowDays) || windowDays < 7)
    return [
      {
        field: "windowDays",
        found: windowDays,
        allowed: "a whole number of days, at least 7",
        because: "the slowest alert looks back three days, and half of a shorter window would be spent before it fires",
      },
    ];
  if (windowDays <= retentionDays) return [];
  return [
    {
      field: "windowDays",
      found: windowDays,
      allowed: `at most ${retentionDays} days`,
      because: "Prometheus keeps samples no longer, and the budget would be computed from a part of the window",
    },
  ];
}

function indicatorFaults({ indicator }: Objective, { scrapeIntervalSeconds }: Evaluation): ObjectiveFault[] {
  const found: ObjectiveFault[] = [];
  if (BASE_WINDOW_SECONDS < 2 * scrapeIntervalSeconds)
    found.push({
      field: "indicator",
      found: `scraped every ${prometheusDuration(scrapeIntervalSeconds)}`,
      allowed: `at most every ${prometheusDuration(BASE_WINDOW_SECONDS / 2)}`,
      because: "a rate needs two samples in its range",
    });
  if (indicator.kind === "latency" && !indicator.histogram.buckets.includes(indicator.thresholdSeconds))
    found.push({
      field: "indicator",
      found: indicator.thresholdSeconds,
      allowed: `a bucket of ${indicator.histogram.metric}: ${indicator.histogram.buckets.join(", ")} s`,
      because: "a histogram counts requests up to its buckets only: for another threshold the rule reads nothing",
    });
  const figure =
    indicator.kind === "throughput"
      ? indicator.minimumPerSecond
      : "thresholdSeconds" in indicator
        ? indicator.thresholdSeconds
        : 1;
  if (!(figure > 0 && Number.isFinite(figure)))
    found.push({
      field: "indicator",
      found: figure,
      allowed: "more than 0",
      because: "every event would be bad",
    });
  return found;
}
