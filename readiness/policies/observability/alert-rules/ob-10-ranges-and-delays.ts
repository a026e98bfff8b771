import { prometheusSeconds } from "../../../../models/duration";
import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { atLeast, atMost } from "../../../policy/comparison";
import { change, manifest, set, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { pass, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";
import { eachRule, prometheusRules, subjectOf } from "../_alerts";

/** Of the operator, where a Prometheus says nothing (prometheus-operator, api reference, PrometheusSpec.retention, read 2026-11-29). */
const UNSET_RETENTION_SECONDS = 86_400;

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

/** Furthest that an expression looks back: its longest range and its longest offset. */
function looksBack(expr: string): number {
  const longest = (pattern: RegExp): number =>
    Math.max(0, ...[...expr.matchAll(pattern)].map(([, duration = ""]) => prometheusSeconds(duration) ?? 0));
  return longest(/\[(\w+)(?::\w*)?\]/g) + longest(/\boffset (\w+)/g);
}

/** A monitor that scrapes less often than Prometheus does by itself. */
interface SlowMonitor extends Subject {
  readonly region: string;
  readonly every: readonly string[];
}

const monitorsOf = ({ objects }: Platform): readonly SlowMonitor[] =>
  objects
    .filter(({ object }) => /^(ServiceMonitor|PodMonitor)$/.test(object.kind))
    .flatMap((placed) => {
      const spec = objectOf(placed.object["spec"]);
      const every = [...objectsOf(spec["endpoints"]), ...objectsOf(spec["podMetricsEndpoints"])].flatMap(
        ({ interval }) => textOf(interval) ?? [],
      );
      return every.length === 0
        ? []
        : [{ ...subjectOf(placed, `monitor ${placed.object.metadata.name ?? "?"}`), region: placed.region, every }];
    });

/** Half of the shortest range of the region's rules: whatever it scrapes may be asked for with that range. */
function judgeMonitor({ region, every }: SlowMonitor, platform: Platform): Verdict[] {
  const shortest = Math.min(
    ...rulesOf(platform).flatMap((rule) =>
      rule.region === region ? rangesOf(rule.expr).flatMap((range) => prometheusSeconds(range) ?? []) : [],
    ),
  );
  return every.map((interval) =>
    atMost(
      Number.isFinite(shortest) ? shortest / 2 : 60,
      prometheusSeconds(interval),
      "seconds between two scrapes, against half of the shortest range of a rule",
    ),
  );
}

const inAlert = (alert: string, edit: (rule: JsonObject) => void) =>
  eachRule((rule) => {
    if (rule["alert"] === alert) edit(rule);
  });
const metrics = releaseOf("kube-prometheus-stack");

export default policy({
  id: "OB-10",
  severity: "error",
  title: "A delay is one evaluation or more, and a range holds samples that are kept",
  because: "a rate over one sample is empty, so its alert never fires; a delay below the interval means the interval",
  remedy: "lengthen the range or the delay of the rule, or shorten the interval of its group",
  proves: ["FF-11", "FG-15"],
  equivalents: ["pint promql/rate", "pint alerts/for"],
  subjects: (platform): readonly (TimedRule | SlowMonitor)[] => [...rulesOf(platform), ...monitorsOf(platform)],
  check: (item, platform): Verdict[] => {
    if ("every" in item) return judgeMonitor(item, platform);
    const { region, expr, delay, interval } = item;
    const release = platform.releases.find((one) => one.chart === "kube-prometheus-stack" && one.region === region);
    const spec = objectOf(objectOf(release?.values["prometheus"])["prometheusSpec"]);
    const scraped = prometheusSeconds(textOf(spec["scrapeInterval"]) ?? "");
    const evaluated = prometheusSeconds(interval ?? textOf(spec["evaluationInterval"]) ?? "");
    if (scraped === undefined || evaluated === undefined)
      return [unknown(`the intervals of Prometheus in ${region} are not set`)];
    const kept = prometheusSeconds(textOf(spec["retention"]) ?? "") ?? UNSET_RETENTION_SECONDS;
    const ranges = [...new Set(rangesOf(expr))];
    return [
      pass(`evaluated every ${evaluated} s`),
      ...(looksBack(expr) === 0
        ? []
        : [
            atLeast(
              looksBack(expr),
              kept,
              "seconds for which Prometheus keeps samples, against how far the rule looks back",
            ),
          ]),
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
    change("samples of an hour", metrics, set("values.0.prometheus.prometheusSpec.retention", "1h")),
    change(
      "a monitor that scrapes each ten minutes",
      manifest("ServiceMonitor"),
      set("spec.endpoints.0.interval", "10m"),
    ),
    change(
      "the same in the secondary",
      manifest("ServiceMonitor", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.endpoints.0.interval", "10m"),
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
