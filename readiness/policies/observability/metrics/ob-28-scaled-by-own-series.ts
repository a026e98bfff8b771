import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Autoscaler } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { quantity } from "../../../../models/quantity";
import { metricNames, readsByPattern } from "../../../../models/slo/metric-names";
import { atMost, holds } from "../../../policy/comparison";
import { change, type JsonObject, manifest, type Mutation, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { autoscalers } from "../../../policy-terms/targets";
import { producedIn } from "./_metrics";

/** What an autoscaler asks of Prometheus, and the amount at which a pod is added. */
interface Question {
  readonly expr: string;
  /** Whether the query itself has to choose the application: metrics of pods are those of the target. */
  readonly chooses: boolean;
  readonly target: number | undefined;
  readonly per: "pod" | "all pods";
}

/** Metrics of other than the resources of pods. Source: Kubernetes, HorizontalPodAutoscaler v2 API, MetricSpec; read 2026-11-29. */
function questionsOf({ object }: Autoscaler): readonly Question[] {
  const spec = objectOf(object["spec"]);
  const amount = (text: string | undefined) => (text === undefined ? undefined : quantity(text));
  const triggers = objectsOf(spec["triggers"])
    .filter(({ type }) => type === "prometheus")
    .map((trigger): Question => {
      const metadata = objectOf(trigger["metadata"]);
      return {
        expr: textOf(metadata["query"]) ?? "",
        chooses: true,
        target: amount(textOf(metadata["threshold"])),
        per: textOf(trigger["metricType"]) === "Value" ? "all pods" : "pod",
      };
    });
  const metrics = objectsOf(spec["metrics"]).flatMap((metric): Question[] => {
    const source = objectOf(
      metric[{ Pods: "pods", Object: "object", External: "external" }[textOf(metric["type"]) ?? ""] ?? ""],
    );
    const { name, selector } = objectOf(source["metric"]);
    const target = objectOf(source["target"]);
    if (name === undefined) return [];
    const labels = Object.entries(objectOf(objectOf(selector)["matchLabels"]));
    return [
      {
        expr: `${textOf(name) ?? ""}{${labels.map(([label, value]) => `${label}="${textOf(value) ?? ""}"`).join(",")}}`,
        chooses: metric["type"] === "External",
        target: amount(textOf(target["averageValue"]) ?? textOf(target["value"])),
        per: target["averageValue"] === undefined ? "all pods" : "pod",
      },
    ];
  });
  return [...triggers, ...metrics];
}

/** Every selector that names a metric, with its matchers. */
const selectors = (expr: string): readonly string[] =>
  metricNames(expr).flatMap((name) =>
    [...expr.matchAll(new RegExp(String.raw`(?<![\w:])${name}(\{[^}]*\})?`, "g"))].map(
      ([, matchers = "{}"]) => matchers,
    ),
  );

function judgeQuestion(question: Question, autoscaler: Autoscaler, platform: Platform): Verdict[] {
  const { expr, chooses, target, per } = question;
  const { region, namespace } = autoscaler;
  const produced = producedIn(region, platform);
  const lacking = metricNames(expr).filter((name) => !produced.has(name));
  const own = new RegExp(String.raw`\b(namespace|application)="${namespace}"`);
  const foreign = chooses ? selectors(expr).filter((matchers) => !own.test(matchers)) : [];
  const rates = (autoscaler.target.workload?.component?.throughput?.carries ?? [])
    .filter(({ unit }) => unit.endsWith("/s"))
    .flatMap(({ perReplica }) => perReplica ?? []);
  const shared = per === "pod" ? 1 : Math.max(1, autoscaler.min ?? 1);
  return [
    holds(metricNames(expr).length > 0 && !readsByPattern(expr), "a metric by its name", expr || "no query"),
    holds(lacking.length === 0, `metrics produced in ${region}`, `${lacking.join(", ")}: no pod is ever added`),
    holds(foreign.length === 0, `only series of ${namespace}`, `${foreign.join(", ")} in ${expr}`),
    ...(target === undefined || target <= 0
      ? [fail({ expected: "an amount above 0 at which a pod is added", actual: String(target ?? "none") })]
      : rates.length === 0
        ? []
        : [
            atMost(
              Math.max(...rates),
              target / shared,
              "a second and pod at which another one starts, against what a pod was declared to carry",
              { field: "throughput.carries" },
            ),
          ]),
  ];
}

const asked = (query: string, threshold: string): JsonObject => ({
  type: "prometheus",
  metadata: { serverAddress: "http://monitoring-prometheus.monitoring:9090", query, threshold },
});
const scaling = (name: string, query: string, threshold = "10"): Mutation =>
  change(name, manifest("ScaledObject"), set("spec.triggers.1", asked(query, threshold)));
const measuring = (name: string, metric: string, value: string): Mutation =>
  change(
    name,
    { ...autoscalers, where: (block, _, stack) => stack.startsWith("ledger-") && block["spec"] !== undefined },
    set("spec.metric.1", {
      type: "Pods",
      pods: { metric: { name: metric }, target: { type: "AverageValue", average_value: value } },
    }),
  );

export default policy({
  id: "OB-28",
  severity: "error",
  proves: ["FL-09", "CA-04"],
  title: "Series that an autoscaler follows exist, are the application's and within its pods' reach",
  because:
    "an autoscaler that asks for a series that nothing exposes stays at the minimum under any load; one that reads another application's grows with its neighbour; above what a pod carries, pods fail before one is added",
  remedy:
    "name a metric of catalog/monitoring or of the application's record, choose it by namespace, and set the target to at most throughput.carries.perReplica",
  subjects: (platform) => platform.autoscalers,
  check: (autoscaler, platform): Verdict | readonly Verdict[] => {
    const questions = questionsOf(autoscaler);
    return questions.length === 0
      ? { outcome: "pass", expected: "metrics of pods' resources and queues", actual: "no others" }
      : questions.flatMap((question) => judgeQuestion(question, autoscaler, platform));
  },
  mutants: [
    scaling("a metric that nothing exposes", 'sum(rate(orders_jobs_totals{namespace="orders"}[2m]))'),
    scaling("another application's", 'sum(rate(kube_node_info{namespace="ledger"}[2m]))'),
    scaling("all applications together", "sum(kube_node_info)"),
    scaling("no query", ""),
    scaling("no amount", 'sum(kube_node_info{namespace="orders"})', "0"),
    measuring("a metric of pods that no program has", "http_requests_per_second", "400"),
    measuring("a thousand times what a pod carries", "kube_node_info", "500000"),
  ],
  boundary: {
    holds: measuring("as much as a pod carries", "kube_node_info", "500"),
    breaks: measuring("one more", "kube_node_info", "501"),
  },
});
