import type { Construct } from "constructs";
import { prometheusOperatorCrds } from "../catalog/charts/prometheus-operator-crds/chart";
import { ChartRelease } from "../constructs/kubernetes/chart-release";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import { platformOwnership } from "./platform-services";
import { configured, type Site } from "../config/site";

/** Definitions of the kinds that several releases use, with one owner and before any of them. */
export class DefinitionsStack extends KubernetesStack {
  constructor(scope: Construct, site: Site, access: ClusterAccess) {
    super(scope, `crds-${site.region.name}`, site, "crds", access);
    const namespace = new GuardedNamespace(this, "namespace", {
      name: prometheusOperatorCrds.namespace,
      ownership: platformOwnership(site),
      declaration: configured(site.environment, ""),
    });
    new ChartRelease(this, "prometheus-operator-crds", {
      chart: prometheusOperatorCrds,
      values: prometheusOperatorCrds.values({}),
      dependsOn: namespace.guards,
    });
  }
}
