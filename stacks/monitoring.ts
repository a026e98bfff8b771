import { PersistentVolumeClaimV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { CREDENTIALS_SECRET, credentialFiles } from "../catalog/alerts/alertmanager";
import { alloy } from "../catalog/charts/alloy/chart";
import { grafana } from "../catalog/charts/grafana/chart";
import { JAEGER, jaeger } from "../catalog/charts/jaeger/chart";
import { ALERTMANAGER_SERVICE_ACCOUNT, kubePrometheusStack } from "../catalog/charts/kube-prometheus-stack/chart";
import { loki, lokiPermissions } from "../catalog/charts/loki/chart";
import type { Chart } from "../catalog/charts/model/definition";
import { imageMirror, type ImageMirror } from "../catalog/charts/model/image-mirror";
import { MONITORING_NAMESPACE, NODE_AGENTS_NAMESPACE } from "../catalog/charts/model/monitoring-placement";
import { opencost } from "../catalog/charts/opencost/chart";
import { otelCollector } from "../catalog/charts/opentelemetry-collector/chart";
import { blackboxExporter } from "../catalog/charts/prometheus-blackbox-exporter/chart";
import { nodeExporter } from "../catalog/charts/prometheus-node-exporter/chart";
import { postgresExporter } from "../catalog/charts/prometheus-postgres-exporter/chart";
import { redisExporter } from "../catalog/charts/prometheus-redis-exporter/chart";
import { monitoringSettings } from "../catalog/monitoring";
import { onCall } from "../config/on-call";
import { configured, type Site } from "../config/site";
import { WorkloadRole } from "../constructs/aws/cluster/workload-role";
import { PrivateBucket } from "../constructs/aws/private-bucket";
import { MonitoringTraffic } from "../constructs/kubernetes/access/monitoring-traffic";
import { RestartRights } from "../constructs/kubernetes/access/restart-rights";
import { SystemTraffic } from "../constructs/kubernetes/access/system-traffic";
import { ChartBudgets } from "../constructs/kubernetes/chart-budgets";
import { ChartRelease } from "../constructs/kubernetes/chart-release";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import { ownershipLabels } from "../constructs/kubernetes/labels";
import { Manifests } from "../constructs/kubernetes/manifests";
import {
  EXPORTER_SECRETS,
  exporterSecret,
  storeMonitor,
  type WatchedStore,
} from "../constructs/kubernetes/observability/store-monitors";
import { peerHeartbeat } from "../config/notifications";
import { ALERTMANAGER_CONFIGURATION, DASHBOARD_CONFIG_MAPS } from "./alerting/stack";
import { type DataStack, secretName } from "./data";
import { DEFAULT_STORAGE_CLASS, platformOwnership, SECRET_STORE } from "./platform-services";

export interface MonitoringStackProps {
  readonly access: ClusterAccess;
  readonly clusterArn: string;
  readonly data: DataStack;
  /** Namespaces of applications: they send traces. */
  readonly applications: readonly string[];
  /** Databases and caches of the region. */
  readonly stores: readonly WatchedStore[];
}

const OTLP_PORTS = [4317, 4318];
const LOKI_PORT = 3100;
const GRAFANA_ADMIN = "grafana-admin";
/** Claim that holds the traces, and its size. */
const TRACES = { claim: "jaeger", sizeGiB: 20 };

/** Prometheus, Alertmanager, Grafana, logs and traces of one region, on nodes of their own. */
export class MonitoringStack extends KubernetesStack {
  static override readonly guardedBy = ["CP-22", "SC-10", "SC-11", "SC-17"] as const;

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly props: MonitoringStackProps,
  ) {
    super(scope, `monitoring-${site.region.name}`, site, "monitoring", props.access);
    const traffic = this.addTraffic();
    this.addMetrics(traffic);
    this.addStores(traffic);
    this.addLogs(traffic);
    this.addTraces(traffic);
    this.addDashboards(traffic);
    this.addAgents();
  }

  private get mirror(): ImageMirror {
    const { environment, region } = this.site;
    return imageMirror(environment.accountId, region.name, environment.organisation);
  }

  private addTraffic(): ITerraformDependable {
    return new MonitoringTraffic(this, "traffic", {
      namespace: MONITORING_NAMESPACE,
      ownership: platformOwnership(this.site),
      senders: [
        { namespace: NODE_AGENTS_NAMESPACE, ports: [LOKI_PORT] },
        ...this.props.applications.map((namespace) => ({ namespace, ports: OTLP_PORTS })),
      ],
      networkCidr: this.site.region.cidr,
      dependsOn: [],
    }).policy;
  }

  private addMetrics(traffic: ITerraformDependable): void {
    const { clusterName, region } = this.site;
    const credentials = this.addCredentials();
    const stack = this.addChart(
      kubePrometheusStack,
      {
        clusterName,
        region: region.name,
        storageClass: DEFAULT_STORAGE_CLASS,
        retentionDays: monitoringSettings.retentionDays,
        scrapeIntervalSeconds: monitoringSettings.scrapeIntervalSeconds,
        evaluationIntervalSeconds: monitoringSettings.evaluationIntervalSeconds,
        volumeGiB: monitoringSettings.prometheusVolumeGiB,
        alertmanagerConfiguration: ALERTMANAGER_CONFIGURATION,
        alertmanagerSecrets: [CREDENTIALS_SECRET],
      },
      [traffic, credentials, ...this.addHeartbeat()],
      { skipCrds: true },
    );
    this.addChart(blackboxExporter, {}, [traffic]);
    this.addChart(opencost, { clusterName }, [stack]);
  }

  /** Exporters of the region's databases and caches, each with a Secret of users that read statistics. */
  private addStores(traffic: ITerraformDependable): void {
    for (const [kind, chart] of [
      ["postgres", postgresExporter],
      ["redis", redisExporter],
    ] as const) {
      const stores = this.props.stores.filter((store) => store.kind === kind);
      if (stores.length === 0) continue;
      const name = EXPORTER_SECRETS[kind];
      const store = { kind: "ClusterSecretStore", name: SECRET_STORE };
      const { release } = new Manifests(this, `${name}-stores`, {
        name: `${name}-stores`,
        namespace: MONITORING_NAMESPACE,
        manifests: [
          exporterSecret(kind, stores, MONITORING_NAMESPACE, store),
          storeMonitor(kind, stores, MONITORING_NAMESPACE),
        ],
        declaration: configured(this.site.environment, ""),
      });
      this.addChart(chart, { secret: name }, [traffic, release]);
    }
  }

  /** Role with which Alertmanager publishes its heartbeat to the topic of the other region. */
  private addHeartbeat(): readonly ITerraformDependable[] {
    const { environment, prefix } = this.site;
    return new WorkloadRole(this, ALERTMANAGER_SERVICE_ACCOUNT, {
      name: `${prefix}-${ALERTMANAGER_SERVICE_ACCOUNT}`.slice(0, 64),
      clusterName: this.props.access.name,
      clusterArn: this.props.clusterArn,
      accountId: environment.accountId,
      namespace: MONITORING_NAMESPACE,
      serviceAccount: ALERTMANAGER_SERVICE_ACCOUNT,
      statements: [{ Effect: "Allow", Action: ["sns:Publish"], Resource: [peerHeartbeat(this.site).topicArn] }],
      declaration: configured(environment, ""),
    }).ready;
  }

  /** Credentials of the receivers: a person enters them in Secrets Manager, Alertmanager reads them as files. */
  private addCredentials(): ITerraformDependable {
    const key = secretName(this.site, "monitoring", "ALERTMANAGER_CREDENTIALS");
    return new Manifests(this, CREDENTIALS_SECRET, {
      name: CREDENTIALS_SECRET,
      namespace: MONITORING_NAMESPACE,
      manifests: [
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ExternalSecret",
          metadata: { name: CREDENTIALS_SECRET, namespace: MONITORING_NAMESPACE },
          spec: {
            refreshInterval: "1h",
            secretStoreRef: { kind: "ClusterSecretStore", name: SECRET_STORE },
            target: { name: CREDENTIALS_SECRET, creationPolicy: "Owner", deletionPolicy: "Retain" },
            data: credentialFiles(Object.keys(onCall.teams)).map((file) => ({
              secretKey: file,
              remoteRef: { key, property: file },
            })),
          },
        },
      ],
    }).release;
  }

  private addLogs(traffic: ITerraformDependable): void {
    const { environment, prefix, region } = this.site;
    const bucket = new PrivateBucket(this, "logs", {
      bucketName: `${prefix}-logs-${environment.accountId}`,
      keyArn: this.props.data.key.arn,
      environment,
      noncurrentDays: 1,
      expirationDays: monitoringSettings.logRetentionDays + 1,
      declaration: configured(environment, ""),
    });
    const roles = loki.awsServiceAccounts.flatMap(
      (account) =>
        new WorkloadRole(this, `logs-${account.name}`, {
          name: `${prefix}-${account.name}`.slice(0, 64),
          clusterName: this.props.access.name,
          clusterArn: this.props.clusterArn,
          accountId: environment.accountId,
          namespace: account.namespace,
          serviceAccount: account.name,
          statements: lokiPermissions(bucket.arn, this.props.data.key.arn),
          declaration: configured(environment, ""),
        }).ready,
    );
    this.addChart(
      loki,
      {
        mirror: this.mirror,
        bucket: bucket.bucketName,
        region: region.name,
        storageClass: DEFAULT_STORAGE_CLASS,
        retentionDays: monitoringSettings.logRetentionDays,
      },
      [traffic, ...roles, ...bucket.ready],
    );
  }

  private addTraces(traffic: ITerraformDependable): void {
    const claim = new PersistentVolumeClaimV1(this, "traces", {
      metadata: {
        name: TRACES.claim,
        namespace: MONITORING_NAMESPACE,
        labels: ownershipLabels(platformOwnership(this.site)),
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: DEFAULT_STORAGE_CLASS,
        resources: { requests: { storage: `${TRACES.sizeGiB}Gi` } },
      },
      // The volume is created in the zone of its first pod.
      waitUntilBound: false,
    });
    const store = this.addChart(jaeger, { claim: TRACES.claim }, [traffic, claim]);
    new Manifests(this, "jaeger-monitor", {
      name: "jaeger-monitor",
      namespace: MONITORING_NAMESPACE,
      manifests: [
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "ServiceMonitor",
          metadata: { name: JAEGER.name, namespace: MONITORING_NAMESPACE },
          spec: {
            selector: { matchLabels: { "app.kubernetes.io/instance": JAEGER.name } },
            endpoints: [{ port: JAEGER.metricsPort, interval: `${monitoringSettings.scrapeIntervalSeconds}s` }],
          },
        },
      ],
      declaration: configured(this.site.environment, ""),
    });
    this.addChart(otelCollector, {}, [store]);
  }

  /** The administrator's password is generated and rotated in Secrets Manager; Grafana reads it when it starts. */
  private addDashboards(traffic: ITerraformDependable): void {
    const { binding } = new RestartRights(this, "restart-rights", {
      namespace: MONITORING_NAMESPACE,
      ownership: platformOwnership(this.site),
      dependsOn: [],
    });
    const { release } = new Manifests(this, GRAFANA_ADMIN, {
      name: GRAFANA_ADMIN,
      namespace: MONITORING_NAMESPACE,
      manifests: [
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ExternalSecret",
          metadata: { name: GRAFANA_ADMIN, namespace: MONITORING_NAMESPACE },
          spec: {
            refreshInterval: "1h",
            secretStoreRef: { kind: "ClusterSecretStore", name: SECRET_STORE },
            target: {
              name: GRAFANA_ADMIN,
              creationPolicy: "Owner",
              deletionPolicy: "Retain",
              template: { data: { "admin-user": "admin", "admin-password": "{{ .password }}" } },
            },
            data: [
              {
                secretKey: "password",
                remoteRef: { key: secretName(this.site, "monitoring", "GRAFANA_ADMIN_PASSWORD") },
              },
            ],
          },
        },
      ],
    });
    this.addChart(grafana, { mirror: this.mirror, adminSecret: GRAFANA_ADMIN, dashboards: DASHBOARD_CONFIG_MAPS }, [
      traffic,
      release,
      binding,
    ]);
  }

  private addAgents(): void {
    const ownership = platformOwnership(this.site);
    const { name, guards } = new GuardedNamespace(this, "namespace-node-agents", {
      name: NODE_AGENTS_NAMESPACE,
      ownership,
      podSecurity: "privileged",
      declaration: configured(this.site.environment, ""),
    });
    const { policy } = new SystemTraffic(this, "traffic-node-agents", {
      namespace: name,
      ownership,
      webhookPorts: [],
      storePorts: [LOKI_PORT],
      networkCidr: this.site.region.cidr,
      dependsOn: guards,
    });
    this.addChart(nodeExporter, {}, [...guards, policy]);
    this.addChart(alloy, { mirror: this.mirror }, [...guards, policy]);
  }

  private addChart<Settings>(
    chart: Chart<Settings>,
    settings: Settings,
    dependsOn: ITerraformDependable[],
    options: { readonly skipCrds?: boolean } = {},
  ): ITerraformDependable {
    const values = chart.values(settings);
    const { release } = new ChartRelease(this, chart.key, { chart, values, dependsOn, ...options });
    new ChartBudgets(this, { chart, dependsOn: [release] });
    return release;
  }
}
