import { burnRates, errorBudgetMinutes } from "../../../models/slo/burn-rates";
import { recorded } from "../../../models/slo/compile";
import { prometheusSeconds } from "../../../models/duration";
import { deliveries, hoursOfAWeek } from "../../../models/routing/evaluate";
import type { Routing } from "../../../models/routing/types";
import { type Alert, alertsOf, notificationsOf, recordingsOf } from "../../inventory/views/kubernetes/alerts";
import type { Platform } from "../../inventory/platform";
import { measuredBy } from "./measured-by";

/** Objectives and the receivers of alerts, read from the rules and the routing tree that will be deployed. */
export interface AlertingSection {
  readonly objectives: readonly ObjectiveFigures[];
  readonly alerts: readonly AlertFigures[];
}

export interface ObjectiveFigures {
  readonly application: string;
  readonly objective: string;
  readonly regions: readonly string[];
  /** What exposes the metrics of its recorded events, such as `blackbox exporter`; empty: nothing is recorded. */
  readonly measuredBy: readonly string[];
  /** Share of good events. */
  readonly target: number;
  /** Rolling window; null: no burn-rate alert has it. */
  readonly windowDays: number | null;
  /** Bad minutes that the window allows; null without a window. */
  readonly budgetMinutes: number | null;
  readonly burnRates: readonly {
    readonly alert: string;
    readonly longSeconds: number;
    readonly shortSeconds: number;
    /** Share of bad events above which the alert fires. */
    readonly threshold: number;
  }[];
}

export interface AlertFigures {
  readonly alert: string;
  /** Null: an alert of the platform. */
  readonly application: string | null;
  readonly regions: readonly string[];
  readonly severity: string;
  readonly priority: string;
  readonly owner: string;
  /** How long it must hold; null: the rule's text is no duration. */
  readonly delaySeconds: number | null;
  /** Hours of a week (of 168) at which each channel is notified; channels that never are, are missing. */
  readonly hoursByChannel: Readonly<Record<string, number>>;
  readonly runbook: string | null;
}

/** Channel by the settings of a receiver. */
const channels: Readonly<Record<string, string>> = {
  pagerduty_configs: "PagerDuty",
  slack_configs: "Slack",
  jira_configs: "ticket",
  email_configs: "e-mail",
  sns_configs: "the other region",
  webhook_configs: "webhook",
};

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

export const alertingSection = (platform: Platform): AlertingSection => ({
  objectives: objectivesOf(platform),
  alerts: pagesOf(platform),
});

function objectivesOf(platform: Platform): ObjectiveFigures[] {
  const alerts = alertsOf(platform);
  const recordings = recordingsOf(platform);
  const found = new Map<string, ObjectiveFigures>();
  for (const { record, region, expr, labels } of recordings) {
    const target = Number(/^vector\(([\d.]+)\)$/.exec(expr)?.[1]);
    const { application, slo } = labels;
    if (record !== recorded.objective || Number.isNaN(target) || !application || !slo) continue;
    const key = JSON.stringify([application, slo, target]);
    const regions = distinct([...(found.get(key)?.regions ?? []), region]);
    const own = alerts.filter(
      (alert) => alert.region === region && alert.expr.includes(`application="${application}"`),
    );
    const events = recordings.filter(
      (one) =>
        regions.includes(one.region) &&
        (one.record === recorded.bad || one.record === recorded.all) &&
        one.labels["application"] === application &&
        one.labels["slo"] === slo,
    );
    found.set(key, {
      application,
      objective: slo,
      regions,
      measuredBy: measuredBy(events.map((one) => one.expr)),
      target,
      ...burnFigures(own, target),
    });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, figures]) => figures);
}

/** The window follows from the factor of each rule: factor = budget share × window ÷ long window. */
function burnFigures(
  alerts: readonly Alert[],
  target: number,
): Pick<ObjectiveFigures, "windowDays" | "budgetMinutes" | "burnRates"> {
  const rates = burnRates.flatMap((rate) => {
    const rule = alerts.find(({ name }) => name === rate.alert);
    const factor = Number(/> ([\d.]+) \* \(1 - /.exec(rule?.expr ?? "")?.[1]);
    return Number.isNaN(factor) ? [] : [{ rate, factor }];
  });
  const days = rates.map(({ rate, factor }) =>
    Number(((factor * rate.longSeconds) / (rate.budgetShare * 86_400)).toFixed(3)),
  );
  const windowDays = days.length > 0 && new Set(days).size === 1 ? (days[0] ?? null) : null;
  return {
    windowDays,
    budgetMinutes: windowDays === null ? null : errorBudgetMinutes({ target, windowDays }),
    burnRates: rates.map(({ rate, factor }) => ({
      alert: rate.alert,
      longSeconds: rate.longSeconds,
      shortSeconds: rate.shortSeconds,
      threshold: Number((factor * (1 - target)).toPrecision(6)),
    })),
  };
}

function pagesOf(platform: Platform): AlertFigures[] {
  const routings = new Map(notificationsOf(platform).map(({ region, routing }) => [region, routing]));
  const told = hoursOfRoutes();
  const found = new Map<string, AlertFigures>();
  for (const alert of alertsOf(platform)) {
    const { name, labels, region, delay, annotations } = alert;
    const application = labels["application"] ?? /application="([^"]+)"/.exec(alert.expr)?.[1] ?? null;
    const figures = {
      alert: name,
      application,
      severity: labels["severity"] ?? "",
      priority: labels["priority"] ?? "",
      owner: labels["owner"] ?? "",
      delaySeconds: prometheusSeconds(delay ?? "0s") ?? null,
      hoursByChannel: told(routings.get(region), { alertname: name, ...labels }),
      runbook: annotations["runbook_url"] ?? null,
    };
    const key = JSON.stringify(figures);
    found.set(key, { ...figures, regions: distinct([...(found.get(key)?.regions ?? []), region]) });
  }
  const order = ({ severity, priority, alert, application }: AlertFigures): string =>
    JSON.stringify([severity === "critical" ? 0 : severity === "warning" ? 1 : 2, priority, alert, application ?? ""]);
  return [...found.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Alerts with the same labels but for their names mostly take the same way: each way is walked once. */
function hoursOfRoutes() {
  const known = new Map<string, Readonly<Record<string, number>>>();
  const hours = hoursOfAWeek();
  return (routing: Routing | undefined, labels: Readonly<Record<string, string>>): Readonly<Record<string, number>> => {
    if (!routing) return {};
    const read = JSON.stringify(routing.route);
    const relevant = Object.fromEntries(Object.entries(labels).filter(([name]) => read.includes(name)));
    const key = JSON.stringify([read, relevant]);
    const before = known.get(key);
    if (before) return before;
    const settings = new Map(
      routing.receivers.map((receiver) => [receiver.name, Object.keys(receiver).filter((name) => name in channels)]),
    );
    const counts: Record<string, number> = {};
    for (const hour of hours) {
      const reached = deliveries(routing, labels, hour)
        .filter(({ muted }) => !muted)
        .flatMap(({ receiver }) => settings.get(receiver) ?? []);
      for (const setting of new Set(reached))
        counts[channels[setting] ?? setting] = (counts[channels[setting] ?? setting] ?? 0) + 1;
    }
    known.set(key, counts);
    return counts;
  };
}
