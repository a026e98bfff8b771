import { prometheusSeconds } from "../../models/duration";
import type { Routing } from "../../models/routing/types";
import type { Rule, RuleGroup } from "../../models/slo/types";

/** How many times faster the live run goes: an hour of alerts passes in a minute. */
export const SPEED = 60;

/** A duration of the live run, in milliseconds as Prometheus and Alertmanager read them. */
export function faster(duration: string): string {
  const seconds = prometheusSeconds(duration);
  if (seconds === undefined) throw new Error(`not a duration: ${duration}`);
  return `${Math.max(1, Math.round((seconds * 1000) / SPEED))}ms`;
}

/** Ranges, offsets and steps of an expression; thresholds stay as they are. */
export const fasterExpression = (expr: string): string =>
  expr
    .replace(/\[([0-9a-z]+)(?::([0-9a-z]+))?\]/g, (_, range: string, step: string | undefined) =>
      step === undefined ? `[${faster(range)}]` : `[${faster(range)}:${faster(step)}]`,
    )
    .replace(/\boffset ([0-9a-z]+)/g, (_, duration: string) => `offset ${faster(duration)}`);

export function fasterGroups(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  return groups.map(({ name, interval, rules }) => ({
    name,
    // Faster than twice a second Prometheus only competes with itself: long groups keep up, short ones run at their pace.
    interval: interval === undefined ? "500ms" : faster(interval),
    rules: rules.map((rule): Rule =>
      "record" in rule
        ? { ...rule, expr: fasterExpression(rule.expr) }
        : {
            ...rule,
            expr: fasterExpression(rule.expr),
            ...(rule.for === undefined ? {} : { for: faster(rule.for) }),
            ...(rule.keep_firing_for === undefined ? {} : { keep_firing_for: faster(rule.keep_firing_for) }),
          },
    ),
  }));
}

/** The same tree, times and inhibitions; every receiver posts to the endpoint instead, under its own name. */
export function redirected({ route, receivers, time_intervals, inhibit_rules }: Routing, endpoint: string): object {
  return {
    route: fasterRoute(route),
    inhibit_rules: inhibit_rules ?? [],
    time_intervals: time_intervals ?? [],
    receivers: receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${endpoint}/${name}`, send_resolved: false, max_alerts: 0 }],
    })),
  };
}

function fasterRoute(route: Routing["route"]): object {
  const { group_wait, group_interval, repeat_interval, routes } = route;
  return {
    ...route,
    ...(group_wait === undefined ? {} : { group_wait: group_wait === "0s" ? "0s" : faster(group_wait) }),
    ...(group_interval === undefined ? {} : { group_interval: faster(group_interval) }),
    ...(repeat_interval === undefined ? {} : { repeat_interval: faster(repeat_interval) }),
    ...(routes === undefined ? {} : { routes: routes.map(fasterRoute) }),
  };
}
