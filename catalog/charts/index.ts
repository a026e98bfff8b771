import { awsLoadBalancerController } from "./aws-load-balancer-controller";
import type { Chart, JsonObject } from "./chart";
import { clusterAutoscaler } from "./cluster-autoscaler";
import { externalSecrets } from "./external-secrets";
import { keda } from "./keda";
import { metricsServer } from "./metrics-server";
import { prometheusOperatorCrds } from "./prometheus-operator-crds";
import { reloader } from "./reloader";
import { velero } from "./velero";

export type { AwsServiceAccount, Chart, CrdInstallation, JsonObject, JsonValue, KubernetesMinor } from "./chart";
export {
  awsLoadBalancerController,
  clusterAutoscaler,
  externalSecrets,
  keda,
  metricsServer,
  prometheusOperatorCrds,
  reloader,
  velero,
};
export { KEDA_METRICS_PORT, KEDA_OPERATOR_PORT } from "./keda";
export { repositoryPasswordSecret, storageLocation } from "./velero";

/** What can be said of a chart without its settings. */
export type CatalogedChart = Omit<Chart<never>, "values" | "example"> & { exampleValues(): JsonObject };

function cataloged<Settings>({ values, example, ...facts }: Chart<Settings>): CatalogedChart {
  return { ...facts, exampleValues: () => values(example) };
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
];
