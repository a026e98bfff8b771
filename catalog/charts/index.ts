import { awsLoadBalancerController } from "./aws-load-balancer-controller/chart";
import { clusterAutoscaler } from "./cluster-autoscaler/chart";
import { externalSecrets } from "./external-secrets/chart";
import { keda } from "./keda/chart";
import { metricsServer } from "./metrics-server/chart";
import type { Chart, ChartInstallation, JsonObject } from "./model/definition";
import type { PlatformFacts } from "./model/platform-facts";
import { prometheusOperatorCrds } from "./prometheus-operator-crds/chart";
import { reloader } from "./reloader/chart";
import { alloy } from "./alloy/chart";
import { grafana } from "./grafana/chart";
import { jaeger } from "./jaeger/chart";
import { kubePrometheusStack } from "./kube-prometheus-stack/chart";
import { loki } from "./loki/chart";
import { opencost } from "./opencost/chart";
import { otelCollector } from "./opentelemetry-collector/chart";
import { blackboxExporter } from "./prometheus-blackbox-exporter/chart";
import { nodeExporter } from "./prometheus-node-exporter/chart";
import { postgresExporter } from "./prometheus-postgres-exporter/chart";
import { redisExporter } from "./prometheus-redis-exporter/chart";
import { velero } from "./velero/chart";

export type { AwsServiceAccount, Chart, JsonObject, JsonValue, KubernetesMinor } from "./model/definition";
export type { PlatformFacts } from "./model/platform-facts";

/** A chart whose settings' type is hidden. */
export interface CatalogedChart extends Omit<Chart<never>, "values" | "example" | "installation"> {
  exampleValues(): JsonObject;
  /** How the platform stack installs it; undefined where another stack does. */
  readonly installation?: Omit<ChartInstallation<never>, "settings"> & {
    readonly values: (platform: PlatformFacts) => JsonObject;
  };
}

/** Hides the settings of a chart behind its example and the facts of a platform. */
export function cataloged<Settings>({ values, example, installation, ...facts }: Chart<Settings>): CatalogedChart {
  const exampleValues = (): JsonObject => values(example);
  if (installation === undefined) return { ...facts, exampleValues };
  const { settings, ...how } = installation;
  return {
    ...facts,
    exampleValues,
    installation: { ...how, values: (platform: PlatformFacts) => values(settings(platform)) },
  };
}

/** The platform's charts in the order in which they are installed: kinds come before what uses them. */
export const platformCharts: readonly CatalogedChart[] = [
  cataloged(prometheusOperatorCrds),
  cataloged(awsLoadBalancerController),
  cataloged(metricsServer),
  cataloged(clusterAutoscaler),
  cataloged(externalSecrets),
  cataloged(reloader),
  cataloged(keda),
  cataloged(velero),
  cataloged(kubePrometheusStack),
  cataloged(nodeExporter),
  cataloged(loki),
  cataloged(jaeger),
  cataloged(otelCollector),
  cataloged(alloy),
  cataloged(blackboxExporter),
  cataloged(postgresExporter),
  cataloged(redisExporter),
  cataloged(grafana),
  cataloged(opencost),
];
