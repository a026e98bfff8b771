import { recorded } from "../../models/slo/compile";
import { eventRates } from "../../models/slo/promql";
import type { Objective } from "../../models/slo/types";
import { hasItsData, type Need } from "../alerts";
import data from "./platform.json";

export interface PanelQuery {
  readonly expr: string;
  readonly legend: string;
}
export interface PanelSpecification {
  readonly title: string;
  readonly kind: "timeseries" | "stat" | "logs";
  /** Unit of Grafana, such as `percentunit`. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** @default nothing - it has data on every platform */
  readonly needs?: Need;
}
export interface DashboardSpecification {
  /** Stable: links and bookmarks name it. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  /** Whose alerts are shown as annotations. @default all */
  readonly application?: string;
  readonly panels: readonly PanelSpecification[];
}

const dashboards = data.dashboards as readonly DashboardSpecification[];

/** Dashboards of the platform with the panels that have data; one without any is left out. */
export const platformDashboards = (present: ReadonlySet<Need>): readonly DashboardSpecification[] =>
  dashboards
    .map((one) => ({ ...one, panels: one.panels.filter((panel) => hasItsData(panel, present)) }))
    .filter(({ panels }) => panels.length > 0);

/** Identifier of the dashboard of an application, or of the platform's overview. */
export const dashboardUid = (scope: string): string => (scope === "platform" ? "plimsoll-cluster" : `app-${scope}`);

/** The dashboard of an application: objectives and budget, golden signals, saturation, cost, logs. */
export function applicationDashboard(
  application: string,
  objectives: readonly Objective[],
  signals: { readonly requests: boolean },
): DashboardSpecification {
  const own = `application="${application}"`;
  const inNamespace = `namespace="${application}"`;
  const panel = (
    title: string,
    unit: string,
    queries: readonly (readonly [string, string])[],
    kind: PanelSpecification["kind"] = "timeseries",
  ): PanelSpecification => ({ title, kind, unit, queries: queries.map(([expr, legend]) => ({ expr, legend })) });
  return {
    uid: dashboardUid(application),
    title: `Application ${application}`,
    application,
    panels: [
      panel("Error budget that is left", "percentunit", [[`${recorded.budgetRemaining}{${own}}`, "{{slo}}"]], "stat"),
      panel("Bad events, five minutes", "percentunit", [[`${recorded.errorRatio(300)}{${own}}`, "{{slo}}"]]),
      panel("Bad events, one hour", "percentunit", [
        [`${recorded.errorRatio(3600)}{${own}}`, "{{slo}}"],
        [`14.4 * (1 - ${recorded.objective}{${own}})`, "pages above, {{slo}}"],
      ]),
      ...objectives.map(({ name, description, indicator }) =>
        panel(`${name}: ${description}`, "short", [
          [eventRates(indicator, "5m").bad, "bad"],
          [eventRates(indicator, "5m").all, "all"],
        ]),
      ),
      ...(signals.requests
        ? [
            panel("Requests a second", "reqps", [[`application:requests:rate5m{${own}}`, "requests"]]),
            panel("Mean latency", "s", [
              [`application:request_latency_mean:rate5m{${own}}`, "now"],
              [`application:request_latency_mean:rate5m{${own}} offset 1w`, "a week ago"],
            ]),
          ]
        : []),
      panel("CPU of the request", "percentunit", [
        [
          `sum by (pod) (rate(container_cpu_usage_seconds_total{${inNamespace},container!=""}[$__rate_interval])) / sum by (pod) (kube_pod_container_resource_requests{${inNamespace},resource="cpu"})`,
          "{{pod}}",
        ],
      ]),
      panel("Memory of the limit", "percentunit", [
        [
          `max by (pod) (container_memory_working_set_bytes{${inNamespace},container!=""}) / max by (pod) (kube_pod_container_resource_limits{${inNamespace},resource="memory"})`,
          "{{pod}}",
        ],
      ]),
      panel("Restarts in an hour", "short", [
        [`sum by (pod) (increase(kube_pod_container_status_restarts_total{${inNamespace}}[1h]))`, "{{pod}}"],
      ]),
      panel("Replicas", "short", [
        [`kube_deployment_status_replicas_ready{${inNamespace}}`, "{{deployment}} ready"],
        [`kube_horizontalpodautoscaler_spec_max_replicas{${inNamespace}}`, "{{horizontalpodautoscaler}} maximum"],
      ]),
      panel("Cost an hour", "currencyUSD", [
        [
          `sum(sum by (node) (kube_pod_container_resource_requests{${inNamespace},resource="cpu"}) * on (node) group_left () max by (node) (node_cpu_hourly_cost)) + sum(sum by (node) (kube_pod_container_resource_requests{${inNamespace},resource="memory"}) / 1073741824 * on (node) group_left () max by (node) (node_ram_hourly_cost))`,
          "requests of CPU and memory",
        ],
      ]),
      panel("Errors in logs", "short", [[`{${inNamespace}} | json | level=~"error|fatal"`, ""]], "logs"),
    ],
  };
}

/** Every PromQL query of a dashboard. */
export const queriesOf = ({ panels }: DashboardSpecification): readonly string[] =>
  panels.filter(({ kind }) => kind !== "logs").flatMap(({ queries }) => queries.map(({ expr }) => expr));
