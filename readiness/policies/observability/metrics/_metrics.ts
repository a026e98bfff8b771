import { platformCharts } from "../../../../catalog/charts";
import { metricProducers } from "../../../../catalog/monitoring/metrics";
import type { Program } from "../../../../catalog/applications";
import { perPlatform } from "../../../figures/per-platform";
import { isObject, objectsOf, parsedJson, textOf, type Json } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { alertsOf, recordingsOf, subjectOf } from "../_alerts";

/** An expression that something deployed evaluates. */
export interface Expression extends Subject {
  readonly region: string;
  readonly expr: string;
}

const ofType = (value: Json | undefined, type: string): boolean => isObject(value) && value["type"] === type;

/** Queries of dashboards to Prometheus, as Grafana's ConfigMaps hold them. */
const dashboardQueries = ({ objects }: Platform): readonly Expression[] =>
  objects
    .filter(({ object }) => object.kind === "ConfigMap" && object.metadata.labels?.["grafana_dashboard"] === "1")
    .flatMap((placed) =>
      Object.values(isObject(placed.object["data"]) ? placed.object["data"] : {}).flatMap((text) => {
        const dashboard = parsedJson(textOf(text));
        if (!isObject(dashboard)) return [];
        return objectsOf(dashboard["panels"])
          .filter(({ datasource }) => ofType(datasource, "prometheus"))
          .flatMap((panel) =>
            objectsOf(panel["targets"]).flatMap((target) => {
              const expr = textOf(target["expr"]);
              const label = `dashboard ${textOf(dashboard["uid"]) ?? "?"}, panel ${textOf(panel["title"]) ?? "?"}`;
              return expr === undefined ? [] : [{ ...subjectOf(placed, label), region: placed.region, expr }];
            }),
          );
      }),
    );

const recordings = ({ objects }: Platform): readonly Expression[] =>
  objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap((placed) =>
      objectsOf(isObject(placed.object["spec"]) ? placed.object["spec"]["groups"] : undefined)
        .flatMap(({ rules }) => objectsOf(rules))
        .flatMap((rule) => {
          const [record, expr] = [textOf(rule["record"]), textOf(rule["expr"])];
          return record === undefined || expr === undefined
            ? []
            : [{ ...subjectOf(placed, `recording ${record}`), region: placed.region, expr }];
        }),
    );

/** Everything that is evaluated: alerts, recordings and panels of dashboards. */
export const expressionsOf = (platform: Platform): readonly Expression[] => [
  ...alertsOf(platform),
  ...recordings(platform),
  ...dashboardQueries(platform),
];

/** Prometheus adds these to the name of a histogram. */
const namesOf = ([name, { kind }]: [string, { readonly kind: string }]): readonly string[] =>
  kind === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => `${name}${suffix}`) : [name];

const seriesOf = (program: Program): readonly string[] => Object.entries(program.metrics.series ?? {}).flatMap(namesOf);

/** Metrics of a region: those of charts that are scraped, of rules, and of programs whose code is recorded. */
const producedBy = perPlatform((platform: Platform): ReadonlyMap<string, ReadonlySet<string>> => {
  const regions = platform.clusters.flatMap(({ region }) => region ?? []);
  return new Map(regions.map((region) => [region, produced(region, platform)]));
});
export const producedIn = (region: string, platform: Platform): ReadonlySet<string> =>
  producedBy(platform).get(region) ?? new Set();

function produced(region: string, platform: Platform): ReadonlySet<string> {
  const released = (chart: string | null): boolean =>
    platform.releases.some((release) => release.region === region && release.chart === chart);
  const asked = new Set(
    platform.objects
      .filter(({ object, region: place }) => place === region && object.kind === "ServiceMonitor")
      .flatMap(({ object }) => objectsOf(isObject(object["spec"]) ? object["spec"]["endpoints"] : undefined))
      .map(({ path }) => textOf(path)),
  );
  const scraped = (chart: string): boolean =>
    released(chart) &&
    platformCharts.some(({ lock }) => lock.chart === chart && (lock.rendered?.monitors.length ?? 0) > 0);
  const probed = platform.objects.some(({ object, region: place }) => place === region && object.kind === "Probe");
  const watched = new Set(
    platform.objects
      .filter(({ object, region: place }) => place === region && /^(Service|Pod)Monitor$/.test(object.kind))
      .map(({ object }) => object.metadata.namespace),
  );
  return new Set([
    ...metricProducers
      .filter(({ chart, probes, path }) =>
        path === undefined
          ? chart === null || (scraped(chart) && (probes !== true || probed))
          : released(chart) && asked.has(path),
      )
      .flatMap(({ metrics }) => metrics),
    ...recordingsOf(platform).flatMap((one) => (one.region === region ? one.record : [])),
    ...platform.applicationRecords
      .filter(({ application }) => watched.has(application))
      .flatMap(({ programs }) => Object.values(programs).flatMap(seriesOf)),
  ]);
}

/** Applications of which it is not known what they expose: nothing is held against their code. */
export const unrecorded = perPlatform(
  ({ applicationRecords, namespaces }: Platform): ReadonlySet<string> =>
    new Set(
      namespaces
        .map(({ name }) => name ?? "")
        .filter((name) => {
          const record = applicationRecords.find(({ application }) => application === name);
          return (
            record === undefined || Object.values(record.programs).every(({ metrics }) => metrics.series === undefined)
          );
        }),
    ),
);
