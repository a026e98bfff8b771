import { annotation } from "../../../../contract";
import { isObject, objectOf, type Json } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Namespace } from "../../../inventory/facts/kubernetes/namespaces";
import { holds } from "../../../policy/comparison";
import { change, remove } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { burnRates } from "../../../../models/slo/burn-rates";
import { recorded } from "../../../../models/slo/compile";
import { alertsOf, eachRule, prometheusRules, recordingsOf, withoutRules } from "../_alerts";

const own = ({ namespaces }: Platform): readonly Namespace[] =>
  namespaces.filter(({ annotations }) => annotations[annotation.objectives] !== undefined);

/** Name of an objective by the field that declares it, and the share of events that it promises. */
function promised(declared: Json): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const read = (prefix: string, value: Json | undefined): void => {
    const { availability, latencyP95Ms, latencyP99Ms, latencyMeanMs, errorRate } = objectOf(value);
    if (typeof availability === "number") found.set("availability", availability);
    if (latencyP95Ms !== undefined) found.set(`${prefix}latency-p95`, 0.95);
    if (latencyP99Ms !== undefined) found.set(`${prefix}latency-p99`, 0.99);
    if (latencyMeanMs !== undefined) found.set(`${prefix}latency-mean`, 0.5);
    if (typeof errorRate === "number") found.set(`${prefix}errors`, Number((1 - errorRate).toPrecision(12)));
  };
  read("", declared);
  const { indicators } = objectOf(declared);
  if (isObject(indicators)) for (const [name, value] of Object.entries(indicators)) read(`${name}-`, value);
  return found;
}

export default policy({
  id: "OB-02",
  severity: "error",
  title: "Each declared objective is measured and has all burn-rate alerts",
  because: "an objective that no rule computes is missed without a sign, and the error budget is not known",
  remedy: "declare the metric behind the objective by measuredBy, and let the stack of the application add its rules",
  proves: ["CA-21", "FF-11", "FF-12", "FF-13", "FF-14", "FF-15", "FG-14", "FL-25", "XB-03", "XB-04", "XB-05"],
  subjects: own,
  check: (namespace, platform) => {
    const recordings = recordingsOf(platform).filter(
      ({ region, labels }) => region === namespace.region && labels["application"] === namespace.name,
    );
    const alerts = alertsOf(platform).filter(
      ({ region, expr }) => region === namespace.region && expr.includes(`application="${namespace.name}"`),
    );
    const slos = (metric: string) => recordings.filter(({ record }) => record === metric);
    const objectives = [...promised(JSON.parse(namespace.annotations[annotation.objectives] ?? "{}") as Json)].map(
      ([slo, target]) => {
        const recordedTarget = slos(recorded.objective).find(({ labels }) => labels["slo"] === slo)?.expr;
        const measured = [recorded.bad, recorded.all].every((metric) =>
          slos(metric).some(({ labels }) => labels["slo"] === slo),
        );
        const value = Number(/^vector\(([\d.]+)\)$/.exec(recordedTarget ?? "")?.[1]);
        return holds(
          measured && value >= target,
          `${slo}: measured, with an objective of at least ${target}`,
          measured ? `an objective of ${recordedTarget ?? "nothing"}` : "no recording of it",
          { field: "objectives" },
        );
      },
    );
    const missing = burnRates
      .filter(({ alert }) => !alerts.some(({ name }) => name === alert))
      .map(({ alert }) => alert);
    return [
      ...objectives,
      holds(
        missing.length === 0,
        "an alert of each burn rate",
        missing.length === 0 ? "all are there" : `without ${missing.join(", ")}`,
      ),
    ];
  },
  mutants: [
    remove("no rules at all", prometheusRules),
    change(
      "no counter of bad events",
      prometheusRules,
      withoutRules((rule) => rule["record"] === recorded.bad),
    ),
    change(
      "no counter of events",
      prometheusRules,
      withoutRules((rule) => rule["record"] === recorded.all),
    ),
    change(
      "one burn rate less",
      prometheusRules,
      withoutRules((rule) => rule["alert"] === "ErrorBudgetBurn5PercentIn6h"),
    ),
    change(
      "alerts of another application",
      prometheusRules,
      eachRule((rule) => (rule["expr"] = String(rule["expr"]).replace(/application="[^"]*"/g, 'application="shop"'))),
    ),
  ],
  boundary: {
    holds: change(
      "a stricter objective",
      prometheusRules,
      eachRule((rule) => {
        if (rule["record"] === recorded.objective) rule["expr"] = "vector(0.9999)";
      }),
    ),
    breaks: change(
      "a weaker objective",
      prometheusRules,
      eachRule((rule) => {
        if (rule["record"] === recorded.objective && rule["expr"] === "vector(0.999)") rule["expr"] = "vector(0.998)";
      }),
    ),
  },
});
