import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as LogsPanel } from "@grafana/grafana-foundation-sdk/logs";
import { DataqueryBuilder as LokiQuery } from "@grafana/grafana-foundation-sdk/loki";
import { DataqueryBuilder as PrometheusQuery } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanel } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesPanel } from "@grafana/grafana-foundation-sdk/timeseries";
import type { DashboardSpecification, PanelSpecification } from "../../../catalog/dashboards";

/** Identifiers that Grafana's data sources are provisioned with. */
export const dataSources = {
  metrics: { type: "prometheus", uid: "prometheus" },
  logs: { type: "loki", uid: "loki" },
  traces: { type: "jaeger", uid: "jaeger" },
} as const;

const PANEL_HEIGHT = 8;
const PANEL_WIDTH = 12;

/** A dashboard as Grafana reads it. Alerts of the application are shown on the time axis of every panel. */
export function dashboardJson(specification: DashboardSpecification): object {
  const { uid, title, application } = specification;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .tags(["plimsoll", ...(application === undefined ? [] : [application])])
    .readonly()
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(alertsOn(application));
  for (const link of linksOf(application)) builder.link(link);
  for (const panel of specification.panels) builder.withPanel(panelOf(panel));
  return builder.build();
}

function alertsOn(application: string | undefined): AnnotationQueryBuilder {
  const labels = ['alertstate="firing"', 'severity=~"critical|warning"'];
  if (application !== undefined) labels.push(`application="${application}"`);
  return new AnnotationQueryBuilder()
    .name("Alerts")
    .datasource(dataSources.metrics)
    .enable(true)
    .iconColor("red")
    .expr(`ALERTS{${labels.join(",")}}`);
}

function linksOf(application: string | undefined): DashboardLinkBuilder[] {
  const explore = (source: string, query: object): string =>
    `/explore?left=${encodeURIComponent(JSON.stringify({ datasource: source, queries: [query], range: { from: "now-1h", to: "now" } }))}`;
  const link = (title: string, url: string): DashboardLinkBuilder =>
    new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
  const all = new DashboardLinkBuilder("Dashboards")
    .type(DashboardLinkType.Dashboards)
    .tags(["plimsoll"])
    .asDropdown(true);
  if (application === undefined) return [all];
  return [
    all,
    link("Logs", explore(dataSources.logs.uid, { refId: "A", expr: `{namespace="${application}"} | json` })),
    link("Traces", explore(dataSources.traces.uid, { refId: "A", queryType: "search", service: application })),
  ];
}

function panelOf({ title, kind, unit, queries }: PanelSpecification): TimeseriesPanel | StatPanel | LogsPanel {
  if (kind === "logs") {
    const panel = new LogsPanel()
      .title(title)
      .height(PANEL_HEIGHT)
      .span(2 * PANEL_WIDTH)
      .datasource(dataSources.logs);
    for (const [index, { expr }] of queries.entries()) panel.withTarget(new LokiQuery().refId(refOf(index)).expr(expr));
    return panel;
  }
  const panel = (kind === "stat" ? new StatPanel() : new TimeseriesPanel())
    .title(title)
    .unit(unit)
    .height(PANEL_HEIGHT)
    .span(PANEL_WIDTH)
    .datasource(dataSources.metrics);
  for (const [index, { expr, legend }] of queries.entries())
    panel.withTarget(
      new PrometheusQuery()
        .refId(refOf(index))
        .expr(expr)
        .legendFormat(legend)
        .exemplar(kind === "timeseries"),
    );
  return panel;
}

const refOf = (index: number): string => String.fromCharCode(65 + index);
