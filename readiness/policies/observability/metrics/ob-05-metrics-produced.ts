import { metricNames, readsByPattern } from "../../../../models/slo/metric-names";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, together, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";
import { eachRule, prometheusRules, withoutRules } from "../_alerts";
import { type Expression, expressionsOf, producedIn, unrecorded } from "./_metrics";

/** Namespace that every selector of the expression is bound to, where there is one. */
const namespaceOf = ({ expr }: Expression): string | undefined => /namespace="([^"]+)"/.exec(expr)?.[1];

const inRule = (alert: string, from: string, to: string) =>
  eachRule((rule: JsonObject) => {
    if (rule["alert"] === alert) rule["expr"] = String(rule["expr"]).replaceAll(from, to);
  });

export default policy({
  id: "OB-05",
  severity: "error",
  title: "Each metric that a rule or dashboard reads is produced by something scraped",
  because: "a rule on a metric that nothing exposes never fires, and its dashboard is empty in the incident",
  remedy:
    "correct the name, deploy and scrape its exporter (catalog/monitoring/metrics.json), record the series of the program in catalog/applications, or measure the application by measuredBy.probe",
  proves: ["CA-19", "FG-17"],
  equivalents: ["pint promql/series"],
  subjects: expressionsOf,
  check: (expression, platform) => {
    const { expr, region } = expression;
    if (unrecorded(platform).has(namespaceOf(expression) ?? ""))
      return notApplicable("the code of the application is not recorded");
    const produced = producedIn(region, platform);
    const lacking = metricNames(expr).filter((name) => !produced.has(name));
    return [
      holds(!readsByPattern(expr), "metrics are selected by name", "a matcher of __name__"),
      holds(lacking.length === 0, `metrics produced in ${region}`, lacking.join(", ") || "they are"),
    ];
  },
  mutants: [
    change(
      "a mistyped metric",
      prometheusRules,
      inRule("NodeNotReady", "kube_node_status_condition", "kube_node_condition"),
    ),
    change(
      "a metric by pattern",
      prometheusRules,
      inRule("NodeNotReady", "kube_node_status_condition{", '{__name__=~"kube_node.*",'),
    ),
    remove("no Velero", releaseOf("velero")),
    remove("no node exporter", releaseOf("prometheus-node-exporter")),
    remove("no probes", manifest("Probe")),
    remove(
      "stores that no exporter is asked about",
      manifest("ServiceMonitor", (_, id) => id.endsWith("/postgres-exporter-stores")),
    ),
    change(
      "a recording less",
      prometheusRules,
      withoutRules((rule) => rule["record"] === "application:request_latency_mean:rate5m:median1d"),
    ),
    remove(
      "a program that nothing scrapes",
      manifest("PodMonitor", (object) => JSON.stringify(object["metadata"]).includes('"operator"')),
    ),
  ],
  boundary: {
    holds: change(
      "another metric that is there",
      prometheusRules,
      inRule("NodeNotReady", "kube_node_status_condition", "kube_node_info"),
    ),
    breaks: together(
      "one letter more",
      change("", prometheusRules, inRule("NodeNotReady", "kube_node_status_condition", "kube_node_infos")),
    ),
  },
});
