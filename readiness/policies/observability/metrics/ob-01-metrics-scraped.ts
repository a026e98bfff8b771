import { platformCharts } from "../../../../catalog/charts";
import { isObject, type Json, objectOf, objectsOf, textMapOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { runningIn } from "../../../policy-terms/program";
import { portOf, scrapedPorts, scrapers } from "../../../policy-terms/scrapes";
import { releaseOf } from "../../../policy-terms/targets";

type Labels = Readonly<Record<string, string>>;

/** A monitor as far as it can be compared with pods of a chart: endpoints without a name take the default port. */
interface Watcher {
  readonly selector: Labels;
  readonly ports: readonly (string | null)[];
}

type Scraped = Subject & ({ readonly workload: Workload } | { readonly release: Release });

const subjectsOf = ({ workloads, releases }: Platform): readonly Scraped[] => [
  ...workloads.filter(({ job }) => !job).map((workload) => ({ ...workload, workload })),
  ...releases.filter(({ local }) => !local).map((release) => ({ ...release, release })),
];

/** Ports that NetworkPolicies open to the namespace of the scrapers. */
const openedPorts = (workload: Workload, { networkPolicies }: Platform): string[] =>
  networkPolicies
    .filter((one) => one.region === workload.region && one.workloads.includes(workload))
    .flatMap(({ ingress }) => ingress)
    .filter(({ peers }) =>
      peers.some(({ namespaceSelector }) => namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] === scrapers),
    )
    .flatMap(({ ports }) => ports.map(({ port }) => String(portOf(port, workload) ?? port ?? "every port")));

function ofWorkload(workload: Workload, platform: Platform): Verdict[] {
  const scraped = scrapedPorts(workload, platform);
  const opened = openedPorts(workload, platform).filter((port) => port !== "every port");
  const exposes = (runningIn(workload, platform)?.program.metrics.path ?? null) !== null;
  if (opened.length === 0 && !exposes) return [notApplicable("it exposes no metrics")];
  return [
    ...(exposes ? [holds(scraped.length > 0, "a monitor scrapes it", "none does")] : []),
    // The prober asks ports from the same namespace: one that is opened for it need not have metrics.
    ...(opened.length === 0
      ? []
      : [
          holds(
            opened.some((port) => scraped.includes(port)),
            `a monitor scrapes port ${opened.join(" or ")}`,
            scraped.join(", ") || "none",
          ),
        ]),
  ];
}

/** Whether the release says that a monitor of the chart is off: what was rendered with it on is not there then. */
const switchedOff = (value: Json | undefined): boolean =>
  isObject(value) &&
  Object.entries(value).some(
    ([key, inner]) => (/monitor$/i.test(key) && objectOf(inner)["enabled"] === false) || switchedOff(inner),
  );

const watchersIn = (namespace: string, region: string | undefined, { objects }: Platform): readonly Watcher[] =>
  objects
    .filter((one) => one.region === region && one.object.metadata.namespace === namespace)
    .filter(({ object }) => /^(Service|Pod)Monitor$/.test(object.kind))
    .map(({ object }) => {
      const spec = objectOf(object["spec"]);
      const endpoints = [...objectsOf(spec["endpoints"]), ...objectsOf(spec["podMetricsEndpoints"])];
      return {
        selector: textMapOf(objectOf(spec["selector"])["matchLabels"]),
        ports: endpoints.map(({ port }) => textOf(port) ?? null),
      };
    });

/** Labels of a Service are known as far as it selects pods by them: one that says otherwise is of another program. */
const contradicts = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).some(([key, value]) => labels[key] !== undefined && labels[key] !== value);

function ofRelease(release: Release, platform: Platform): Verdict[] {
  const rendered = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version)
    ?.lock.rendered;
  if (!rendered) return [unknown(`what ${release.chart ?? "the chart"} renders is not recorded: run make charts`)];
  if (release.valuesUnknown) return [unknown(release.valuesUnknown.reason)];
  const own = switchedOff(release.values) ? [] : rendered.monitors;
  const verdicts = rendered.workloads.map(({ namespace, name, podLabels, containers }) => {
    const names = new Set([
      ...containers.flatMap(({ ports }) => ports.flatMap((port) => port.name ?? [])),
      ...rendered.services
        .filter(({ selector }) => !contradicts(selector, podLabels))
        .flatMap(({ ports }) => ports.flatMap((port) => port.name ?? [])),
    ]);
    if (containers.every(({ ports }) => ports.length === 0)) return [];
    const watched = [...own, ...watchersIn(namespace, release.region, platform)].some(
      ({ selector, ports }) =>
        !contradicts(selector, podLabels) && ports.some((port) => port === null || names.has(port)),
    );
    return [holds(watched, `a monitor scrapes ${namespace}/${name}`, `none; its ports: ${[...names].join(", ")}`)];
  });
  return verdicts.flat().length > 0 ? verdicts.flat() : [notApplicable("its pods open no port")];
}

const applicationMonitors = manifest("ServiceMonitor", ({ metadata }) => objectOf(metadata)["namespace"] !== scrapers);
const jaegerMonitor = manifest("ServiceMonitor", (_, id) => id.endsWith("/jaeger"));

export default policy({
  id: "OB-01",
  severity: "error",
  title: "Everything that exposes metrics is scraped",
  because: "what is not scraped fails without an alert: its rules have no data, and TargetDown does not know it",
  remedy:
    "set metrics of the component, switch on the monitor of the chart, or write a ServiceMonitor in stacks/monitoring.ts",
  proves: ["FF-10", "FG-17", "FL-10", "FL-18", "XB-02", "XB-10"],
  subjects: subjectsOf,
  check: (subject, platform) =>
    "workload" in subject ? ofWorkload(subject.workload, platform) : ofRelease(subject.release, platform),
  mutants: [
    remove("applications without monitors", applicationMonitors),
    change("a port that no container opens", manifest("PodMonitor"), set("spec.podMetricsEndpoints.0.port", "http")),
    change(
      "a collector without its monitor",
      releaseOf("opentelemetry-collector"),
      set("values.0.serviceMonitor.enabled", false),
    ),
    remove("Jaeger without a monitor", jaegerMonitor),
    change(
      "a monitor of Jaeger that asks another program",
      jaegerMonitor,
      set(["spec", "selector", "matchLabels", "app.kubernetes.io/instance"], "loki"),
    ),
  ],
  boundary: {
    holds: change(
      "Jaeger asked by another label of its own",
      jaegerMonitor,
      set("spec.selector.matchLabels", { "app.kubernetes.io/name": "jaeger" }),
    ),
    breaks: change("Jaeger asked at a port that it has not", jaegerMonitor, set("spec.endpoints.0.port", "metrics")),
  },
});
