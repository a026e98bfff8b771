import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { Construct } from "constructs";
import { prometheusOperatorCrds } from "../../catalog/charts/prometheus-operator-crds/chart";
import { applicationDashboard, type DashboardSpecification, platformDashboards } from "../../catalog/dashboards";
import { objectivesOf } from "../../config/application/objectives";
import type { Application } from "../../config/application/schema";
import { countsRequests } from "../../config/application/signals";
import { type Site } from "../../config/site";
import { deliverAlarmsOf, type DeliveredBy } from "../../constructs/aws/alarm-delivery";
import { alarmText } from "../../constructs/aws/alarm-text";
import { EncryptionKey } from "../../constructs/aws/encryption-key";
import { type ClusterAccess, KubernetesStack } from "../../constructs/kubernetes/kubernetes-stack";
import { ownershipLabels } from "../../constructs/kubernetes/labels";
import { type Manifest, Manifests } from "../../constructs/kubernetes/manifests";
import { dashboardJson } from "../../constructs/kubernetes/observability/dashboard";
import { platformOwnership } from "../platform-services";
import { escalationOf, heartbeatTopicName, notificationConfiguration } from "../../config/notifications";
import { platformRuleGroups, presentIn, prometheusRule } from "./rules";

export interface AlertingStackProps {
  readonly access: ClusterAccess;
  readonly applications: readonly Application[];
  /** What delivers the alarms of the region. */
  readonly delivery: DeliveredBy;
}

/** Secret with `alertmanager.yaml`, which the Alertmanager object names as its configSecret. */
export const ALERTMANAGER_CONFIGURATION = "alertmanager-configuration";
/** ConfigMaps that Grafana's dashboard providers mount. */
export const DASHBOARD_CONFIG_MAPS = {
  platform: "dashboards-platform",
  applications: "dashboards-applications",
} as const;

/** Rules, routing and dashboards of one region, and the dead man's switch of the other. */
export class AlertingStack extends KubernetesStack {
  static override readonly guardedBy = ["SC-10", "SC-17"] as const;

  /** Notifies the receivers of Alertmanager, and the escalation chain by e-mail, without anything in the cluster. */
  readonly topicArn: string;
  private readonly namespace = prometheusOperatorCrds.namespace;

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly props: AlertingStackProps,
  ) {
    super(scope, `alerting-${site.region.name}`, site, "alerting", props.access);
    this.addRules();
    this.addRouting();
    this.addDashboards();
    this.topicArn = this.addHeartbeat();
  }

  private addRules(): void {
    const { environment } = this.site;
    const groups = platformRuleGroups(environment, this.props.applications);
    const rule = prometheusRule(this.metadata("platform-alerts"), groups);
    this.addManifests("platform-rules", [rule], "catalog/alerts/index.ts");
  }

  /** No value in it is secret: credentials are files that the operator mounts. */
  private addRouting(): void {
    const configuration = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: this.metadata(ALERTMANAGER_CONFIGURATION),
      type: "Opaque",
      stringData: { "alertmanager.yaml": JSON.stringify(notificationConfiguration(this.site)) },
    };
    this.addManifests("alertmanager-configuration", [configuration], "config/on-call.ts");
  }

  private addDashboards(): void {
    const applications = this.props.applications.map((application) =>
      applicationDashboard(application.name, objectivesOf(application), { requests: countsRequests(application) }),
    );
    this.addDashboardMap("platform", platformDashboards(presentIn(this.props.applications)));
    this.addDashboardMap("applications", applications);
  }

  private addDashboardMap(
    kind: keyof typeof DASHBOARD_CONFIG_MAPS,
    dashboards: readonly DashboardSpecification[],
  ): void {
    new ConfigMapV1(this, DASHBOARD_CONFIG_MAPS[kind], {
      metadata: {
        name: DASHBOARD_CONFIG_MAPS[kind],
        namespace: this.namespace,
        labels: { ...ownershipLabels(platformOwnership(this.site)), grafana_dashboard: "1" },
      },
      data: Object.fromEntries(dashboards.map((one) => [`${one.uid}.json`, JSON.stringify(dashboardJson(one))])),
    });
  }

  /**
   * Alertmanager of the other region publishes once a minute to the topic here; the alarm fires when it stops. It lies
   * here because the other region may be what failed.
   */
  private addHeartbeat(): string {
    const { environment, prefix } = this.site;
    const key = new EncryptionKey(this, "key", {
      name: `${prefix}-alerting`,
      description: `Heartbeat and notifications, ${environment.name}`,
      environment,
      servicePrincipals: ["cloudwatch.amazonaws.com"],
    });
    const heartbeat = new SnsTopic(this, "heartbeat", { name: heartbeatTopicName(this.site) });
    const notifications = new SnsTopic(this, "notifications", { name: `${prefix}-alerting`, kmsMasterKeyId: key.arn });
    for (const [index, email] of escalationOf(environment).entries())
      new SnsTopicSubscription(this, `notifications-${index}`, {
        topicArn: notifications.arn,
        protocol: "email",
        endpoint: email,
      });
    deliverAlarmsOf(this, "notifications", notifications.arn, this.props.delivery);
    new CloudwatchMetricAlarm(this, "heartbeat-missing", {
      alarmName: `${prefix}-heartbeat-missing`,
      alarmDescription: alarmText(
        this,
        "HeartbeatMissing",
        "Alertmanager of the other region has not published for ten minutes",
      ),
      namespace: "AWS/SNS",
      metricName: "NumberOfMessagesPublished",
      dimensions: { TopicName: heartbeat.name },
      statistic: "Sum",
      // SNS hands its metrics over every five minutes: shorter periods without one would be taken for silence.
      period: 300,
      evaluationPeriods: 2,
      datapointsToAlarm: 2,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: [notifications.arn],
      okActions: [notifications.arn],
    });
    return notifications.arn;
  }

  private addManifests(id: string, manifests: readonly Manifest[], file: string): void {
    new Manifests(this, id, { name: id, namespace: this.namespace, manifests, declaration: { file, path: "" } });
  }

  private metadata(name: string): Manifest["metadata"] {
    return { name, namespace: this.namespace, labels: ownershipLabels(platformOwnership(this.site)) };
  }
}
