import { chart } from "../model/definition";
import lock from "./lock.json";

/** Installed before every other chart: their ServiceMonitors and PodMonitors need these kinds. */
export const prometheusOperatorCrds = chart<Record<string, never>>({
  key: "prometheus-operator-crds",
  chart: "prometheus-operator-crds",
  repository: "https://prometheus-community.github.io/helm-charts",
  version: "31.0.1",
  releaseName: "prometheus-operator-crds",
  namespace: "monitoring",
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: { "crds.annotations": "copied onto each CustomResourceDefinition" },
  example: {},
  lock,
  // Without `keep`, an uninstall of the release would delete every monitor and rule of every application with the CRDs.
  values: () => ({ crds: { annotations: { "helm.sh/resource-policy": "keep" } } }),
});
