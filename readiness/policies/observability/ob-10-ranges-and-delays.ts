import { prometheusSeconds } from "../../../models/duration";
import { objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import { atLeast } from "../../policy/comparison";
import { change, set, type JsonObject } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { pass, unknown, type Verdict } from "../../policy/verdict";
import { releaseOf } from "../../policy-terms/targets";
import { eachRule, prometheusRules, subjectOf } from "./_alerts";

interface TimedRule extends Subject {
  readonly region: string;
  readonly expr: string;
  readonly delay: string | undefined;
  /** Of the rule's group; undefined: that of Prometheus. */
  readonly interval: string | undefined;
}

const rulesOf = ({ objects }: Platform): readonly TimedRule[] =>
  objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap((placed) =>
      objectsOf(objectOf(placed.object["spec"])["groups"]).flatMap((group) =>
        objectsOf(group["rules"]).map((rule) => ({
          ...subjectOf(placed, `rule ${textOf(rule["alert"]) ?? textOf(rule["record"]) ?? "?"}`),
          region: placed.region,
          expr: textOf(rule["expr"]) ?? "",
          delay: textOf(rule["for"]),
          interval: textOf(group["interval"]),
        })),
      ),
    );

/** Ranges over scraped samples, by the metric: recordings and subqueries have intervals of their own. */
const rangesOf = (expr: string): readonly string[] =>
  [...expr.matchAll(/(?<![\w:])([A-Za-z_]\w*)(?:\{[^}]*\})?\[(\w+)\]/g)].flatMap(([, , range]) => range ?? []);

const inAlert = (alert: string, edit: (rule: JsonObject) => void) =>
  eachRule((rule) => {
    if (rule["alert"] === alert) edit(rule);
  });
const metrics = releaseOf("kube-prometheus-stack");

export default policy({
  id: "OB-10",
  severity: "error",
  title: "A delay is at least one evaluation, and a range holds at least two samples",
  because: "a rate over one sample is empty, so its alert never fires; a delay below the interval means the interval",
  remedy: "lengthen the range or the delay of the rule, or shorten the interval of its group",
  proves: ["FF-11", "FG-15"],
  equivalents: ["pint promql/rate", "pint alerts/for"],
  subjects: rulesOf,
  check: ({ region, expr, delay, interval }, platform): Verdict[] => {
    const release = platform.releases.find((one) => one.chart === "kube-prometheus-stack" && one.region === region);
    const spec = objectOf(objectOf(release?.values["prometheus"])["prometheusSpec"]);
    const scraped = prometheusSeconds(textOf(spec["scrapeInterval"]) ?? "");
    const evaluated = prometheusSeconds(interval ?? textOf(spec["evaluationInterval"]) ?? "");
    if (scraped === undefined || evaluated === undefined)
      return [unknown(`the intervals of Prometheus in ${region} are not set`)];
    const ranges = [...new Set(rangesOf(expr))];
    return [
      pass(`evaluated every ${evaluated} s`),
      ...ranges.map((range) =>
        atLeast(2 * scraped, prometheusSeconds(range), `seconds of the range [${range}], against two samples`),
      ),
      ...(delay === undefined || prometheusSeconds(delay) === 0
        ? []
        : [atLeast(evaluated, prometheusSeconds(delay), "seconds of the delay, against one evaluation")]),
    ];
  },
  mutants: [
    change("scraped every five minutes", metrics, set("values.0.prometheus.prometheusSpec.scrapeInterval", "5m")),
    change(
      "a range of one sample",
      prometheusRules,
      inAlert("PrometheusRuleFailures", (rule) => (rule["expr"] = String(rule["expr"]).replace("[5m]", "[30s]"))),
    ),
    change("groups that are evaluated once an hour", prometheusRules, set("spec.groups.interval", "1h")),
  ],
  boundary: {
    holds: change(
      "a delay of one evaluation",
      prometheusRules,
      inAlert("NodeNotReady", (rule) => (rule["for"] = "30s")),
    ),
    breaks: change(
      "a second less",
      prometheusRules,
      inAlert("NodeNotReady", (rule) => (rule["for"] = "29s")),
    ),
  },
});
