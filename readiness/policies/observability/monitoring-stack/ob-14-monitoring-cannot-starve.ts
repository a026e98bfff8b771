import { platformCharts } from "../../../../catalog/charts";
import { MONITORING_NAMESPACE, MONITORING_POOL } from "../../../../catalog/charts/model/monitoring-placement";
import { label } from "../../../../contract";
import { isObject, objectOf, objectsOf, textOf, type Json, type JsonObject } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { above, equals, holds } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown, type Verdict } from "../../../policy/verdict";
import { nodeGroups, releaseOf } from "../../../policy-terms/targets";

const POOL = label.pool;

/** Every value below a key of that name, at any depth. */
function under(key: string, value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one) => under(key, one));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key && inner !== undefined ? [inner] : []),
    ...under(key, inner),
  ]);
}

/** Pods of the release run on the monitoring nodes only, and none may take more memory than its limit. */
function contained(release: Release): Verdict[] {
  const selectors = under("nodeSelector", release.values).map((one) => textOf(objectOf(one)[POOL]));
  // Claims of volumes have requests too, of storage.
  const sizes = under("resources", release.values).filter(
    (one) => objectOf(objectOf(one)["requests"])["memory"] !== undefined,
  );
  const facts = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  const rendered = facts?.lock.rendered?.workloads;
  if (rendered === undefined) return [unknown(`the pods of ${release.label} are not known; run \`make charts\``)];
  const unlimited = rendered.flatMap(({ containers }) =>
    containers.flatMap(({ name, memoryLimitMiB }) => (memoryLimitMiB === null ? [name] : [])),
  );
  return [
    holds(
      selectors.length > 0 && selectors.every((pool) => pool === MONITORING_POOL),
      `pods of ${release.label} select the pool ${MONITORING_POOL}`,
      selectors.length === 0 ? "no node selector" : selectors.join(", "),
    ),
    holds(
      sizes.every((one) => objectOf(objectOf(one)["limits"])["memory"] !== undefined) && unlimited.length === 0,
      `each container of ${release.label} has a memory limit`,
      `${sizes.length} sizes; without a limit: ${unlimited.join(", ") || "none of the rendered pods"}`,
    ),
  ];
}

/** What limits samples, logs and spans that targets can send, by chart. */
const limits: Readonly<Record<string, (values: JsonObject) => Verdict[]>> = {
  "kube-prometheus-stack": ({ prometheus }) => {
    const spec = objectOf(objectOf(prometheus)["prometheusSpec"]);
    return [
      above(0, Number(spec["enforcedSampleLimit"] ?? 0), "samples of a scrape (enforcedSampleLimit)"),
      above(
        0,
        Number.parseInt(textOf(spec["enforcedBodySizeLimit"]) ?? "0", 10),
        "MB of a scrape (enforcedBodySizeLimit)",
      ),
      holds(spec["retentionSize"] !== undefined, "a size at which old samples are removed", "no retentionSize"),
    ];
  },
  loki: ({ loki }) => {
    const given = objectOf(objectOf(loki)["limits_config"]);
    return ["ingestion_rate_mb", "per_stream_rate_limit", "max_global_streams_per_user"].map((name) =>
      holds(given[name] !== undefined, `Loki limits ${name}`, textOf(given[name]) ?? "nothing"),
    );
  },
  "opentelemetry-collector": ({ alternateConfig }) => {
    const { processors, service } = objectOf(alternateConfig);
    const pipelines = Object.entries(objectOf(objectOf(service)["pipelines"]));
    const share = objectsOf(objectOf(objectOf(processors)["tail_sampling"])["policies"])
      .map(({ probabilistic }) => Number(objectOf(probabilistic)["sampling_percentage"] ?? Number.NaN))
      .filter((one) => !Number.isNaN(one));
    const unsampled = pipelines.filter(
      ([, pipeline]) =>
        JSON.stringify(objectOf(pipeline)["exporters"]).includes("jaeger") &&
        !JSON.stringify(objectOf(pipeline)["processors"]).includes("tail_sampling"),
    );
    return [
      equals(
        [],
        unsampled.map(([name]) => name),
        "pipelines that store every span",
      ),
      holds(
        pipelines.length > 0 && pipelines.every(([, one]) => JSON.stringify(one).includes("memory_limiter")),
        "each pipeline has a memory limiter",
        pipelines.map(([name]) => name).join(", "),
      ),
      above(0, share.length === 1 ? 100 - (share[0] ?? 100) : 0, "per cent of ordinary traces that are not kept"),
    ];
  },
};

const stack = releaseOf("kube-prometheus-stack");
const traces = releaseOf("opentelemetry-collector");
const POLICY = "values.0.alternateConfig.processors.tail_sampling.policies";

export default policy({
  id: "OB-14",
  severity: "error",
  title: "Monitoring has nodes of its own, memory limits, and limits on what it is sent",
  because: "monitoring that takes memory or disk without a limit stops the applications that it watches, or itself",
  remedy:
    "place charts of namespace monitoring with monitoringNodes, give each container a memory limit, and keep the limits of scrapes, logs and traces",
  proves: ["FF-22"],
  subjects: ({ clusters }) => clusters,
  check: ({ region }, platform: Platform) => {
    const own = platform.nodeGroups.filter(
      (group) => group.region === region && group.labels[POOL] === MONITORING_POOL,
    );
    const releases = platform.releases.filter(
      (release) => release.region === region && release.namespace === MONITORING_NAMESPACE && !release.local,
    );
    const withPods = releases.filter(({ chart }) => chart !== "prometheus-operator-crds");
    return [
      holds(
        own.length > 0 &&
          own.every(({ taints }) => taints.some(({ key, value }) => key === POOL && value === MONITORING_POOL)),
        `nodes of pool ${MONITORING_POOL} admit monitoring only`,
        `${own.length} groups, taints ${own.flatMap(({ taints }) => taints.map(({ key }) => key)).join(", ") || "none"}`,
      ),
      ...withPods.flatMap(contained),
      ...Object.entries(limits).flatMap(([chart, judge]) => {
        const release = releases.find((one) => one.chart === chart);
        return release === undefined ? holds(false, `a release of ${chart}`, "there is none") : judge(release.values);
      }),
    ];
  },
  mutants: [
    change("nodes that admit every pod", nodeGroups, (block) => {
      if (JSON.stringify(block["labels"]).includes(MONITORING_POOL)) delete block["taint"];
    }),
    change("traces among the applications", traces, unset("values.0.nodeSelector")),
    change("Jaeger without a memory limit", releaseOf("jaeger"), unset("values.0.jaeger.resources.limits")),
    change("scrapes of any size", stack, unset("values.0.prometheus.prometheusSpec.enforcedBodySizeLimit")),
    change("samples without end", stack, unset("values.0.prometheus.prometheusSpec.enforcedSampleLimit")),
    change("disk until it is full", stack, unset("values.0.prometheus.prometheusSpec.retentionSize")),
    change("logs without end", releaseOf("loki"), unset("values.0.loki.limits_config.per_stream_rate_limit")),
    change(
      "every span is stored",
      traces,
      set(
        ["values", "0", "alternateConfig", "service", "pipelines", "traces/sampled", "processors"],
        ["memory_limiter"],
      ),
    ),
    change("no memory limiter", traces, set("values.0.alternateConfig.service.pipelines.traces.processors", [])),
  ],
  boundary: {
    holds: change("99 % of the traces", traces, set(`${POLICY}.2.probabilistic.sampling_percentage`, 99)),
    breaks: change("all traces", traces, set(`${POLICY}.2.probabilistic.sampling_percentage`, 100)),
  },
});
