import { chart } from "../model/definition";
import { MONITORING_NAMESPACE } from "../model/monitoring-placement";
import { leaveDeadNodesQuickly, resources, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

export interface ReloaderSettings {
  /** Namespaces whose workloads are restarted when a secret of theirs changes. At least one. */
  readonly namespaces: readonly string[];
}

const pods = { app: "reloader-reloader", release: "reloader" };

/** Starts pods again, by a rolling update, when a secret that their workload names has changed. */
export const reloader = chart<ReloaderSettings>({
  key: "reloader",
  chart: "reloader",
  repository: "https://stakater.github.io/stakater-charts",
  version: "2.2.16",
  releaseName: "reloader",
  namespace: "reloader",
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [],
  freeForm: {
    "reloader.deployment.containerSecurityContext": "a container's security context, copied",
    "reloader.deployment.resources": "a container's resources, copied",
  },
  example: { namespaces: ["ci-failure-agent"] },
  // templates/poddisruptionbudget.yaml of 2.2.16: minAvailable and maxUnavailable only; read 2026-11-29.
  disruptionBudgets: [{ name: "reloader-reloader", maxUnavailable: 1, matchLabels: pods }],
  lock,
  installation: {
    purpose: "restarts",
    // Grafana too: it reads its password when it starts.
    settings: ({ restarted }) => ({ namespaces: [...restarted, MONITORING_NAMESPACE] }),
    traffic: {},
    restartsWorkloads: true,
  },
  values: ({ namespaces }) => {
    if (namespaces.length === 0)
      throw new Error("reloader has no namespace to watch: with an empty list it would watch its own only");
    return {
      reloader: {
        // The chart's own roles could make Jobs in every namespace. Those of the platform admit what a restart needs, in
        // the namespaces of applications only: constructs/kubernetes/restart-rights.ts.
        rbac: { enabled: false },
        watchGlobally: false,
        namespaces: [...namespaces].sort(),
        ignoreConfigMaps: true,
        ignoreJobs: true,
        ignoreCronJobs: true,
        // An annotation of the pod template, which the workload's Terraform leaves alone, and no variable in containers.
        reloadStrategy: "annotations",
        // A change is seen by the leader only: without a second replica, what changes during a drain would restart nothing.
        enableHA: true,
        logFormat: "json",
        readOnlyRootFileSystem: true,
        deployment: {
          replicas: 2,
          priorityClassName: "system-cluster-critical",
          // It keeps the secrets of the watched namespaces in memory, some kilobytes each.
          resources: resources(10, 48, 128),
          gomaxprocsOverride: "1",
          containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          topologySpreadConstraints: spreadOverZonesAndNodes(pods),
          tolerations: leaveDeadNodesQuickly,
        },
        podMonitor: { enabled: true },
      },
    };
  },
});
