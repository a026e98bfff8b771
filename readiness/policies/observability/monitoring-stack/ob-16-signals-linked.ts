import {
  arrayOf,
  isObject,
  objectOf,
  objectsOf,
  parsedJson,
  textOf,
  type Json,
  type JsonObject,
} from "../../../inventory/json";
import { annotation } from "../../../../contract";
import { dashboardUid } from "../../../../catalog/dashboards";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { equals, holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

/** Data sources that Grafana is provisioned with. */
function sourcesOf({ values }: Release): readonly JsonObject[] {
  return Object.values(objectOf(values["datasources"])).flatMap((file) => objectsOf(objectOf(file)["datasources"]));
}

const uidOf = (source: JsonObject | undefined): string => textOf(source?.["uid"]) ?? "";
const detail = (source: JsonObject | undefined): JsonObject => objectOf(source?.["jsonData"]);
/** A shift of zero makes Grafana search an empty interval. */
const shifted = (value: Json | undefined): boolean => /^-?[1-9]\d*[smh]$/.test(textOf(value) ?? "");

/** From a metric to its trace, from a log to its trace, from a trace to its logs. */
function links(sources: readonly JsonObject[], logPipeline: string): Verdict[] {
  const of = (type: string): JsonObject | undefined => sources.find((source) => source["type"] === type);
  const [metrics, logs, traces] = [of("prometheus"), of("loki"), of("jaeger")];
  const toLogs = objectOf(detail(traces)["tracesToLogsV2"]);
  const fromLogs = objectsOf(detail(logs)["derivedFields"]).filter(({ matcherType }) => matcherType === "label");
  const fromMetrics = objectsOf(detail(metrics)["exemplarTraceIdDestinations"]);
  const leads = (from: readonly JsonObject[]): boolean =>
    traces !== undefined && from.some(({ datasourceUid }) => datasourceUid === uidOf(traces));
  return [
    holds(leads(fromMetrics), "exemplars of metrics lead to traces", `${fromMetrics.length} destinations`),
    holds(leads(fromLogs), "a label of a log line leads to its trace", `${fromLogs.length} derived fields`),
    holds(
      logs !== undefined &&
        toLogs["datasourceUid"] === uidOf(logs) &&
        shifted(toLogs["spanStartTimeShift"]) &&
        shifted(toLogs["spanEndTimeShift"]),
      "a span leads to the logs around it",
      JSON.stringify(toLogs),
    ),
    holds(
      fromLogs.every(({ matcherRegex }) => logPipeline.includes(`${textOf(matcherRegex) ?? "?"} = `)),
      "the log collector keeps the field that leads to the trace",
      fromLogs.map(({ matcherRegex }) => textOf(matcherRegex) ?? "").join(", ") || "no field",
    ),
  ];
}

/** Every data source is a Service of a release in the same namespace. */
function reachable(
  sources: readonly JsonObject[],
  { namespace = "", region }: Release,
  { releases }: Platform,
): Verdict[] {
  const own = releases.filter((release) => release.region === region && release.namespace === namespace);
  const foreign = sources.filter(({ url }) => {
    const [, service = "", place] = /^http:\/\/([a-z0-9-]+)\.([a-z0-9-]+):\d+$/.exec(textOf(url) ?? "") ?? [];
    return place !== namespace || !own.some(({ name = "?" }) => service === name || service.startsWith(`${name}-`));
  });
  return [
    equals(
      [],
      foreign.map(({ name }) => textOf(name) ?? "?"),
      "data sources that are no service of the monitoring stack",
    ),
  ];
}

/** Data sources that a dashboard names, at any depth. Grafana's own, of annotations, need none. */
function namedSources(value: Json | undefined): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(namedSources);
  if (!isObject(value)) return [];
  const uid = textOf(objectOf(value["datasource"])["uid"]);
  const own = uid === undefined || uid === "grafana" || uid === "-- Grafana --" ? [] : [uid];
  return [...own, ...Object.values(value).flatMap(namedSources)];
}

/** Each application with objectives has a dashboard in the ConfigMaps that Grafana mounts, and each asks a source that is there. */
function dashboards(release: Release, platform: Platform, sources: readonly JsonObject[]): Verdict[] {
  const mounted = Object.values(objectOf(release.values["dashboardsConfigMaps"])).map((one) => textOf(one as Json));
  const pages = platform.objects
    .filter(
      ({ object, region }) =>
        region === release.region && object.kind === "ConfigMap" && mounted.includes(object.metadata.name),
    )
    .flatMap(({ object }) => Object.values(objectOf(object["data"])).map((text) => parsedJson(String(text))))
    .filter(isObject)
    .filter(({ panels }) => arrayOf(panels).length > 0);
  const found = pages.map(({ uid }) => textOf(uid));
  const wanted = platform.namespaces
    .filter(({ region, annotations }) => region === release.region && annotations[annotation.objectives] !== undefined)
    .map(({ name }) => dashboardUid(name ?? ""));
  return [
    equals(
      [],
      [...wanted, dashboardUid("platform")].filter((uid) => !found.includes(uid)),
      "dashboards that are missing",
    ),
    equals(
      [],
      [...new Set(pages.flatMap(namedSources))]
        .filter((uid) => !sources.some((source) => uidOf(source) === uid))
        .sort(),
      "data sources that dashboards ask and Grafana does not have",
    ),
  ];
}

const grafana = releaseOf("grafana");
const SOURCES = ["values", "0", "datasources", "datasources.yaml", "datasources"];

export default policy({
  id: "OB-16",
  severity: "error",
  title: "Each application has a dashboard; metrics, logs and traces lead to each other",
  because: "without the links an incident is searched three times, in metrics, in logs and in traces",
  remedy: "keep the links of data sources in catalog/charts/grafana/chart.ts and trace_id in the pipeline of Alloy",
  proves: ["FF-10", "FG-18", "FL-18"],
  subjects: ({ clusters }) => clusters,
  check: ({ region }, platform) => {
    const of = (chart: string): Release | undefined =>
      platform.releases.find((release) => release.chart === chart && release.region === region);
    const [release, collector] = [of("grafana"), of("alloy")];
    if (release === undefined) return fail({ expected: "a release of grafana", actual: "there is none" });
    if (release.valuesUnknown !== undefined) return unknown(`values of grafana: ${release.valuesUnknown.reason}`);
    const sources = sourcesOf(release);
    const pipeline = textOf(objectOf(objectOf(collector?.values["alloy"])["configMap"])["content"]) ?? "";
    return [
      ...links(sources, pipeline),
      ...reachable(sources, release, platform),
      ...dashboards(release, platform, sources),
    ];
  },
  mutants: [
    remove("no Grafana", grafana),
    change("no links of metrics", grafana, unset([...SOURCES, "0", "jsonData", "exemplarTraceIdDestinations"])),
    change("no links of logs", grafana, unset([...SOURCES, "2", "jsonData", "derivedFields"])),
    change(
      "logs lead to another source",
      grafana,
      set([...SOURCES, "2", "jsonData", "derivedFields", "0", "datasourceUid"], "tempo"),
    ),
    change("no links of spans", grafana, unset([...SOURCES, "3", "jsonData", "tracesToLogsV2"])),
    change("logs lose the trace", releaseOf("alloy"), set("values.0.alloy.configMap.content", "")),
    change("a source elsewhere", grafana, set([...SOURCES, "2", "url"], "http://loki.logging:3100")),
    change("dashboards that nothing mounts", grafana, unset("values.0.dashboardsConfigMaps.applications")),
    change(
      "panels that ask another source",
      resource("kubernetes_config_map_v1", (_, id) => id.startsWith("dashboards-")),
      update(
        "data",
        (data) =>
          JSON.parse(JSON.stringify(data).replaceAll('\\"uid\\":\\"prometheus\\"', '\\"uid\\":\\"mimir\\"')) as never,
      ),
    ),
    remove(
      "no dashboards",
      resource("kubernetes_config_map_v1", (_, id) => id.startsWith("dashboards-")),
    ),
  ],
  boundary: {
    holds: change(
      "a second around a span",
      grafana,
      set([...SOURCES, "3", "jsonData", "tracesToLogsV2", "spanStartTimeShift"], "-1s"),
    ),
    breaks: change(
      "nothing around a span",
      grafana,
      set([...SOURCES, "3", "jsonData", "tracesToLogsV2", "spanStartTimeShift"], "0s"),
    ),
  },
});
