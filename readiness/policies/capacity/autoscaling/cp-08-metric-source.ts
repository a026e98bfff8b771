import type { Autoscaler } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import { addManifest, change, each, manifest, remove, set, together, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { autoscalers, CONTAINER, deployments, releaseOf } from "../../../policy-terms/targets";
import { undecided } from "../../../policy-terms/required-value";
import { hasCredentials } from "./_queue";

type Metric = Autoscaler["metrics"][number];

/** Charts that answer the metrics API which each type of metric is read from. */
const sources: Readonly<Record<string, readonly string[]>> = {
  Resource: ["metrics-server"],
  ContainerResource: ["metrics-server"],
  Pods: ["prometheus-adapter"],
  Object: ["prometheus-adapter"],
  External: ["keda", "prometheus-adapter"],
};

function hasSource(metric: Metric, autoscaler: Autoscaler, platform: Platform): Verdict {
  // KEDA's metrics are those of its own objects: for other autoscalers it has none.
  const charts = (sources[metric.type] ?? []).filter(
    (chart) => chart !== "keda" || autoscaler.object.kind === "ScaledObject",
  );
  const installed = platform.releases.filter(
    ({ region, chart }) => region === autoscaler.region && chart !== undefined && charts.includes(chart),
  );
  return holds(
    installed.length > 0,
    `${metric.type} metric ${metric.name ?? ""}: a release of ${charts.join(" or ") || "no known chart"} in ${autoscaler.region}`,
    installed.map(({ label }) => label).join(", ") || "there is none",
  );
}

/** A ScaledObject is an autoscaler only where KEDA makes one of it. */
function hasOperator({ region, object: { kind } }: Autoscaler, platform: Platform): Verdict[] {
  if (kind !== "ScaledObject") return [];
  const found = platform.releases.find((release) => release.region === region && release.chart === "keda");
  return [
    holds(found !== undefined, `a release of keda in ${region}, which makes the autoscaler`, found?.label ?? "none"),
  ];
}

/** A percentage is one of the request: with a container that requests nothing the autoscaler stops working. */
function hasRequest(metric: Metric, autoscaler: Autoscaler): Verdict[] {
  if (metric.utilizationPercent === undefined || !/Resource$/.test(metric.type)) return [];
  const containers = autoscaler.target.workload?.containers.filter(
    ({ name }) => metric.container === undefined || metric.container === name,
  );
  if (!containers)
    return [unknown(`what ${metric.name ?? "the metric"} is a percentage of: the target is not there (AV-07)`)];
  const reason = autoscaler.target.workload && undecided(autoscaler.target.workload, "resources.requests");
  if (reason !== undefined) return [unknown(`what ${metric.name ?? "the metric"} is a percentage of: ${reason}`)];
  const without = containers
    .filter(
      (container) => (metric.name === "cpu" ? container.cpuRequestMillis : container.memoryRequestMiB) === undefined,
    )
    .map(({ name }) => name);
  return [
    holds(
      without.length === 0 && containers.length > 0,
      `every container requests ${metric.name ?? "the resource"}, of which ${metric.utilizationPercent} % are asked`,
      without.length > 0 ? `none by ${without.sort().join(", ")}` : `${containers.length} containers`,
      { field: `requests.${metric.name ?? ""}` },
    ),
  ];
}

export default policy({
  id: "CP-08",
  severity: "error",
  title: "Each metric that an autoscaler reads has a source",
  because: "an autoscaler without its metric stays where it is, at the minimum, under any load",
  remedy:
    "install metrics-server for cpu and memory (KEDA for queues, an adapter for other metrics) in the region, and let every container request what is measured",
  proves: ["CA-04", "FL-09"],
  equivalents: ["hardeneks check_metrics_server_is_running"],
  subjects: (platform) => platform.autoscalers,
  check: (autoscaler, platform) =>
    autoscaler.metrics.length === 0
      ? fail({ expected: "at least one metric", actual: "none", field: "scale" })
      : [
          ...hasOperator(autoscaler, platform),
          ...hasCredentials(autoscaler, platform),
          ...autoscaler.metrics.flatMap((metric) => [
            hasSource(metric, autoscaler, platform),
            ...hasRequest(metric, autoscaler),
          ]),
        ],
  mutants: [
    remove("no metrics-server", releaseOf("metrics-server")),
    change("no metrics", autoscalers, unset("spec.metric")),
    change(
      "a queue depth that nothing measures",
      autoscalers,
      set("spec.metric.0", {
        type: "External",
        external: { metric: { name: "queue_depth" }, target: { type: "AverageValue", average_value: "10" } },
      }),
    ),
    change(
      "a percentage of a request that is not there",
      deployments,
      each(unset(`${CONTAINER}.resources.requests.cpu`), unset(`${CONTAINER}.resources.limits.cpu`)),
    ),
    together(
      "a queue without KEDA",
      remove("", releaseOf("keda")),
      addManifest(
        "",
        manifest("ExternalSecret", ({ metadata }) => JSON.stringify(metadata).includes("storefront")),
        {
          apiVersion: "keda.sh/v1alpha1",
          kind: "ScaledObject",
          metadata: { name: "queue", namespace: "storefront" },
          spec: {
            scaleTargetRef: { name: "worker" },
            minReplicaCount: 2,
            maxReplicaCount: 8,
            triggers: [{ type: "cpu", metricType: "Utilization", metadata: { value: "70" } }],
          },
        },
      ),
    ),
    change(
      "a sidecar that requests nothing",
      deployments,
      set(`${CONTAINER}.1`, { name: "sidecar", image: "sidecar" }),
    ),
  ],
  boundary: {
    holds: change(
      "an amount instead of a percentage",
      autoscalers,
      set("spec.metric.0", {
        type: "Resource",
        resource: { name: "cpu", target: { type: "AverageValue", average_value: "200m" } },
      }),
    ),
    breaks: change(
      "a percentage of a container's CPU, of a container that is not there",
      autoscalers,
      set("spec.metric.0", {
        type: "ContainerResource",
        container_resource: {
          name: "cpu",
          container: "ghost",
          target: { type: "Utilization", average_utilization: 70 },
        },
      }),
    ),
  },
});
