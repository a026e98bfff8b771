import type { Evaluation, Objective } from "./types";

/** Range over which events are counted first; all windows are averages of it. Also the shortest window. */
export const BASE_WINDOW_SECONDS = 300;

/** A pair of windows: the long one decides, the short one ends the alert soon after the cause is gone. */
export interface BurnRate {
  readonly alert: string;
  /** Share of the budget that is spent when the alert fires. */
  readonly budgetShare: number;
  readonly longSeconds: number;
  readonly shortSeconds: number;
  readonly forSeconds: number;
  readonly severity: "critical" | "warning";
  readonly priority: "P1" | "P2" | "P3" | "P4";
}

/**
 * Windows, shares and `for` of multi-window, multi-burn-rate alerts.
 *
 * Source: Site Reliability Workbook, chapter 5, table 5-8 (windows and shares); kubernetes-mixin, `for` of
 * KubeAPIErrorBudgetBurn. Read 2026-11-29.
 */
export const burnRates: readonly BurnRate[] = [
  {
    alert: "ErrorBudgetBurn2PercentIn1h",
    budgetShare: 0.02,
    longSeconds: 3600,
    shortSeconds: 300,
    forSeconds: 120,
    severity: "critical",
    priority: "P1",
  },
  {
    alert: "ErrorBudgetBurn5PercentIn6h",
    budgetShare: 0.05,
    longSeconds: 21_600,
    shortSeconds: 1800,
    forSeconds: 900,
    severity: "critical",
    priority: "P2",
  },
  {
    alert: "ErrorBudgetBurn10PercentIn1d",
    budgetShare: 0.1,
    longSeconds: 86_400,
    shortSeconds: 7200,
    forSeconds: 3600,
    severity: "warning",
    priority: "P3",
  },
  {
    alert: "ErrorBudgetBurn10PercentIn3d",
    budgetShare: 0.1,
    longSeconds: 259_200,
    shortSeconds: 21_600,
    forSeconds: 10_800,
    severity: "warning",
    priority: "P4",
  },
];

const SECONDS_A_DAY = 86_400;

/** How many times faster than allowed the budget is spent: budget share × period ÷ long window. */
export const factorOf = ({ budgetShare, longSeconds }: BurnRate, windowDays: number): number =>
  Number(((budgetShare * windowDays * SECONDS_A_DAY) / longSeconds).toPrecision(6));

/** Share of bad events above which the alert fires. */
export const thresholdOf = (rate: BurnRate, { target, windowDays }: Pick<Objective, "target" | "windowDays">): number =>
  factorOf(rate, windowDays) * (1 - target);

/** Whether any share of bad events is above the threshold. */
export const isSatisfiable = (rate: BurnRate, objective: Pick<Objective, "target" | "windowDays">): boolean =>
  thresholdOf(rate, objective) < 1;

/** Minutes of bad time in the window, if everything fails while it lasts. */
export const errorBudgetMinutes = ({ target, windowDays }: Pick<Objective, "target" | "windowDays">): number =>
  Number((windowDays * 1440 * (1 - target)).toFixed(2));

/** Seconds until the budget is spent, if this share of the events is bad. */
export const exhaustionSeconds = (
  { target, windowDays }: Pick<Objective, "target" | "windowDays">,
  badShare: number,
): number => (windowDays * SECONDS_A_DAY * (1 - target)) / badShare;

export interface Detection {
  readonly alert: string;
  /** From the first bad event to the alert, at most; Infinity if it never fires. */
  readonly seconds: number;
}

/**
 * Longest time from the beginning of an incident to one alert, at constant traffic after a window without bad events.
 *
 * A window is an average of rates over five minutes, so a share of bad events rises for five minutes before it is whole.
 */
export function detectionBy(
  rate: BurnRate,
  objective: Pick<Objective, "target" | "windowDays">,
  badShare: number,
  evaluation: Evaluation,
): Detection {
  const threshold = thresholdOf(rate, objective);
  if (badShare <= threshold) return { alert: rate.alert, seconds: Infinity };
  const reached = Math.max(
    secondsUntil(threshold / badShare, rate.longSeconds),
    secondsUntil(threshold / badShare, rate.shortSeconds),
  );
  const interval = intervalOf(rate, evaluation);
  const seconds = Math.ceil(reached + rate.forSeconds + evaluation.scrapeIntervalSeconds + 2 * interval);
  return { alert: rate.alert, seconds };
}

/** The alert that fires first. */
export function detection(
  objective: Pick<Objective, "target" | "windowDays">,
  badShare: number,
  evaluation: Evaluation,
): Detection {
  return burnRates
    .map((rate) => detectionBy(rate, objective, badShare, evaluation))
    .reduce((first, next) => (next.seconds < first.seconds ? next : first));
}

/** Interval of the group that a window's recording is evaluated in. */
export const intervalOf = ({ longSeconds }: Pick<BurnRate, "longSeconds">, evaluation: Evaluation): number =>
  longSeconds >= SECONDS_A_DAY ? evaluation.longEvaluationIntervalSeconds : evaluation.evaluationIntervalSeconds;

/** Seconds until the average over a window of a share that rises from 0 to 1 in the base window is above `share`. */
function secondsUntil(share: number, windowSeconds: number): number {
  const base = BASE_WINDOW_SECONDS;
  if (windowSeconds <= base) return share * base;
  const area = share * windowSeconds;
  return area <= base / 2 ? Math.sqrt(2 * base * area) : area + base / 2;
}
