import { meanDuration, requestRate } from "../../models/slo/promql";
import type { Rule } from "../../models/slo/types";
import { objectiveOrigin } from "./objectives";
import type { Measure } from "./parts/measure";
import { requestSeries, probeSeries } from "./indicators";
import type { Draft } from "./rules/draft";

/** Recordings that baselines, anomalies and dashboards read: request rate and mean latency of an application. */
export function signalRules(application: Draft): readonly Rule[] {
  const { name = "", objectives } = application;
  const measure = objectives?.measuredBy as Measure | undefined;
  const origin = objectiveOrigin(application, name);
  const record = (metric: string, expr: string): Rule => ({ record: metric, expr, labels: { application: name } });
  if (measure === undefined || "scrapeOf" in measure) return [];
  if ("probe" in measure)
    return [
      record(
        "application:request_latency_mean:rate5m",
        `avg(avg_over_time(${probeSeries("probe_duration_seconds", measure, origin)}[5m]))`,
      ),
    ];
  const { histogram } = requestSeries(measure, origin);
  return histogram === undefined
    ? []
    : [
        record("application:requests:rate5m", requestRate(histogram, "5m")),
        record("application:request_latency_mean:rate5m", meanDuration(histogram, "5m")),
      ];
}

/** Whether requests are counted: anomalies of traffic are found for those only. */
export const countsRequests = (application: Draft): boolean =>
  signalRules(application).some((rule) => "record" in rule && rule.record === "application:requests:rate5m");
