import { type Need, PLATFORM, type RuleContext, ruleGroupsOf } from "../../catalog/alerts";
import { dashboardUid } from "../../catalog/dashboards";
import { evaluation } from "../../catalog/monitoring/evaluation";
import { objectivesOf, probedPaths } from "../../config/application/objectives";
import type { Application } from "../../config/application/schema";
import { countsRequests, signalRules } from "../../config/application/signals";
import type { Environment } from "../../config/environment";
import { onCall } from "../../config/on-call";
import type { Site } from "../../config/site";
import { regionalHost } from "../../constructs/aws/network/failover-endpoint";
import type { JobAlertContext } from "../../constructs/kubernetes/workload/failed-run-alert";
import type { Manifest } from "../../constructs/kubernetes/manifests";
import { compile } from "../../models/slo/compile";
import type { RuleGroup } from "../../models/slo/types";

export const runbookUrl = (alert: string): string => `${onCall.runbookBaseUrl}/${alert}`;

/** How rules of an environment are labelled and linked. */
export function ruleContext(environment: Environment, applications: readonly Application[]): RuleContext {
  return {
    ownerOf: (scope) => applications.find(({ name }) => name === scope)?.owner ?? environment.owner,
    runbookUrl,
    dashboardUrl: (scope) => `https://grafana.${environment.domain}/d/${dashboardUid(scope)}`,
    present: presentIn(applications),
  };
}

/** Everything that Prometheus evaluates for an application: objectives, signals and the alerts of its report. */
export function applicationRuleGroups(application: Application, environment: Environment): readonly RuleGroup[] {
  const { name, owner } = application;
  const context = ruleContext(environment, [application]);
  const signals = signalRules(application);
  return [
    ...compile(name, objectivesOf(application), evaluation, {
      owner,
      runbookUrl: context.runbookUrl,
      dashboardUrl: context.dashboardUrl(name),
    }),
    ...(signals.length === 0 ? [] : [{ name: `${name}.signals`, interval: "30s", rules: signals }]),
    ...ruleGroupsOf(name, context),
  ];
}

/** How alerts of an application's jobs are labelled and linked. */
export function jobAlertContext(application: Application, environment: Environment): JobAlertContext {
  const { dashboardUrl } = ruleContext(environment, [application]);
  return { owner: application.owner, dashboardUrl: dashboardUrl(application.name), runbookUrl };
}

/** Stores and counted requests of the applications: what rules and dashboards of the platform need data of. */
export function presentIn(applications: readonly Application[]): ReadonlySet<Need> {
  const some = (has: (application: Application) => boolean): boolean => applications.some(has);
  const found: readonly (readonly [Need, boolean])[] = [
    ["databases", some(({ databases }) => Object.keys(databases ?? {}).length > 0)],
    ["caches", some(({ caches }) => Object.keys(caches ?? {}).length > 0)],
    ["requests", some(countsRequests)],
    ["entries", some(({ entry }) => entry !== undefined)],
  ];
  return new Set(found.flatMap(([need, there]) => (there ? [need] : [])));
}

/** The owner of the platform is notified, of every application. */
export const platformRuleGroups = (
  environment: Environment,
  applications: readonly Application[],
): readonly RuleGroup[] =>
  ruleGroupsOf(PLATFORM, { ...ruleContext(environment, []), present: presentIn(applications) });

export const prometheusRule = (metadata: Manifest["metadata"], groups: readonly RuleGroup[]): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata,
  spec: { groups },
});

/** Address of the blackbox exporter inside the cluster. */
const PROBER = "blackbox-exporter.monitoring.svc:9115";

/** Paths of an application that are probed at the address that customers use, by the name of the probe. */
function probes({ entry, ...rest }: Application): readonly { readonly name: string; readonly path: string }[] {
  if (!entry) return [];
  const further = probedPaths({ entry, ...rest }).filter((path) => path !== entry.healthPath);
  return [
    { name: "entry", path: entry.healthPath },
    ...further.map((path, index) => ({ name: `path-${index}`, path })),
  ];
}

/** Probes from this region: through the address that customers use, and through the other region's own. */
export function probeManifests(
  site: Site,
  application: Application,
  metadata: (name: string) => Manifest["metadata"],
): readonly Manifest[] {
  const { domain } = site.environment;
  return [
    ...probes(application).map(({ name, path }) =>
      probeOf(metadata(`probe-${name}`), `probe-${application.name}`, `https://${application.name}.${domain}${path}`, {
        application: application.name,
        probe: name,
        path,
      }),
    ),
    ...otherRegionProbe(site, application, metadata),
  ];
}

/** Without the label `application`: what is measured of an application is measured where its customers are served. */
function otherRegionProbe(
  { environment, role }: Site,
  { entry, name }: Application,
  metadata: (name: string) => Manifest["metadata"],
): readonly Manifest[] {
  if (!entry) return [];
  const other = role === "primary" ? "secondary" : "primary";
  const address = `https://${regionalHost(environment, other, name)}${entry.healthPath}`;
  const labels = { probe: "other-region", probed: name, probed_region: environment.regions[other].name };
  return [probeOf(metadata("probe-other-region"), "probe-other-region", address, labels)];
}

const probeOf = (
  metadata: Manifest["metadata"],
  jobName: string,
  address: string,
  labels: Readonly<Record<string, string>>,
): Manifest => ({
  apiVersion: "monitoring.coreos.com/v1",
  kind: "Probe",
  metadata,
  spec: {
    jobName,
    interval: "30s",
    scrapeTimeout: "10s",
    module: "http_2xx",
    prober: { url: PROBER },
    targets: { staticConfig: { static: [address], labels } },
  },
});
