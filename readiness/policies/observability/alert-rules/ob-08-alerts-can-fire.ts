import { evaluation } from "../../../../catalog/monitoring/evaluation";
import { burnRates, detection, exhaustionSeconds } from "../../../../models/slo/burn-rates";
import { recorded } from "../../../../models/slo/compile";
import type { Platform } from "../../../inventory/platform";
import { above, atMost, holds } from "../../../policy/comparison";
import { change } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { type Alert, alertsOf, eachRule, prometheusRules, recordingsOf } from "../_alerts";

const threshold = /> ([\d.]+) \* \(1 - slo:objective:ratio\{application="([^"]+)"\}\)/;

const burnAlerts = (platform: Platform): readonly Alert[] =>
  alertsOf(platform).filter(({ name }) => burnRates.some(({ alert }) => alert === name));

/** Days of the window: all objectives of the platform have it. */
const WINDOW_DAYS = 30;

const objective = (target: string) =>
  eachRule((rule) => {
    if (rule["record"] === recorded.objective) rule["expr"] = `vector(${target})`;
  });

export default policy({
  id: "OB-08",
  severity: "error",
  title: "Each burn-rate alert can fire, and before the error budget is spent",
  because:
    "an alert whose threshold is above all events never fires, and one that is late reports a budget that is gone",
  remedy: "raise the target above 1 − 1 ÷ factor, or lower the factor of the alert",
  proves: [],
  beyond: "the reports name objectives and no error budgets",
  subjects: burnAlerts,
  check: ({ expr, region }, platform) => {
    const [, factor = "", application] = threshold.exec(expr) ?? [];
    const targets = recordingsOf(platform)
      .filter(
        (one) =>
          one.region === region && one.record === recorded.objective && one.labels["application"] === application,
      )
      .map((one) => ({ slo: one.labels["slo"] ?? "", target: Number(/^vector\((.+)\)$/.exec(one.expr)?.[1]) }));
    if (targets.length === 0) return holds(false, "an objective that the alert compares with", "none");
    return targets.flatMap(({ slo, target }) => {
      const objectiveOf = { target, windowDays: WINDOW_DAYS };
      return [
        above(
          Number(factor) * (1 - target),
          1,
          `share of bad events of a total outage, above the threshold for ${slo}`,
          {
            arithmetic: `threshold ${factor} × (1 − ${target})`,
          },
        ),
        atMost(
          Math.floor(exhaustionSeconds(objectiveOf, 1)),
          detection(objectiveOf, 1, evaluation).seconds,
          `seconds until a total outage of ${slo} alerts, against those until the budget is spent`,
        ),
      ];
    });
  },
  mutants: [
    change("an objective that leaves no room for the factor", prometheusRules, objective("0.9")),
    change("an objective of five nines", prometheusRules, objective("0.99999")),
    change(
      "a factor of a thousand",
      prometheusRules,
      eachRule((rule) => {
        if (rule["alert"] !== undefined) rule["expr"] = String(rule["expr"]).replaceAll("> 14.4 *", "> 1000 *");
      }),
    ),
    change(
      "a threshold of no objective",
      prometheusRules,
      eachRule((rule) => {
        if (rule["alert"] !== undefined)
          rule["expr"] = String(rule["expr"]).replaceAll("slo:objective:ratio", "slo:objectives:ratio");
      }),
    ),
  ],
  boundary: {
    holds: change("the weakest objective that can alert", prometheusRules, objective("0.9306")),
    breaks: change("one step weaker", prometheusRules, objective("0.9305")),
  },
});
