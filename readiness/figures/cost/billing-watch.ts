import type { BillableResource, ByScenario } from "../../../models/cost";
import { byScenario } from "../../../models/cost";
import type { RegionUsage } from "../../../config/usage";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";
import { scheduledRuns } from "./invocations";

const daysOfMonth = 365 / 12;
const pricedDetectorFeatures = ["EKS_AUDIT_LOGS"];
/** A new detector has each of these on by default. Source: GuardDuty API reference, CreateDetector, read 2026-11-21. */
const detectorFeaturesByDefault = [
  "EBS_MALWARE_PROTECTION",
  "EKS_AUDIT_LOGS",
  "LAMBDA_NETWORK_LOGS",
  "RDS_LOGIN_EVENTS",
  "S3_DATA_EVENTS",
];

/** Logs, alarms, audit, threat detection and messages. */
export const watchRules: Readonly<Record<string, Rule>> = {
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_metric_alarm: alarm,
  aws_cloudwatch_dashboard: (resource, context) => [
    { kind: "cloudwatch", ...context.subject(resource), alarms: 0, highResolutionAlarms: 0, metrics: 0, dashboards: 1 },
  ],
  aws_cloudwatch_event_rule: (resource, context) => [
    resource.has("schedule_expression")
      ? {
          kind: "metered",
          ...context.subject(resource),
          priceId: "eventbridge.events",
          quantity: (scheduledRuns(resource) ?? context.usage.global.functionInvocations) / 1_000_000,
        }
      : {
          kind: "free-of-charge",
          ...context.subject(resource),
          reason:
            "events that AWS services publish cost nothing; the functions that they call are billed by themselves",
        },
  ],
  aws_cloudtrail: (resource, context) => {
    const [first] = context.platform.ofType("aws_cloudtrail");
    if (first !== resource) return [context.unpriced(resource, "a second trail, whose management events are billed")];
    const selects = resource.has("event_selector.data_resource") || resource.has("advanced_event_selector");
    return selects
      ? [context.unpriced(resource, "data events of a trail whose number is not declared")]
      : [
          {
            kind: "free-of-charge",
            ...context.subject(resource),
            reason: "the first copy of management events costs nothing; its bucket and key are billed by themselves",
          },
        ];
  },
  aws_guardduty_detector: threatDetection,
  // Queues of the platform keep what could not be delivered: none is polled.
  aws_sqs_queue: (resource, context) => [
    {
      kind: "metered",
      ...context.subject(resource),
      priceId: "sqs.standard-requests",
      quantity: context.usage.global.notifications / 1_000_000,
    },
  ],
  aws_sns_topic: (resource, context) => [
    {
      kind: "metered",
      ...context.subject(resource),
      priceId: "sns.publish",
      quantity: context.usage.global.notifications / 1_000_000,
    },
  ],
};

function logGroup(resource: Resource, context: BillingContext): BillableResource[] {
  const written = logOf(resource, context);
  const days = resource.number("retention_in_days");
  if (written === undefined) return [context.unpriced(resource, "a log group whose volume is not declared")];
  if (days === undefined || days === 0) return [context.unpriced(resource, "a log group that never expires its logs")];
  const ingestedGb = context.volume(written.volume, resource.region);
  const kept = (days / daysOfMonth) * context.usage.logStoredShare;
  return [
    {
      kind: "log-group",
      ...context.subject(resource),
      source: written.source,
      ingestedGb,
      storedGb: byScenario((scenario) => ingestedGb[scenario] * kept),
    },
  ];
}

/** Who writes to a log group: AWS itself by its reserved names and by the flow log that names it. */
function logOf(
  resource: Resource,
  context: BillingContext,
): { readonly volume: keyof RegionUsage; readonly source: "vended" | "custom" } | undefined {
  const name = resource.text("name") ?? "";
  if (name.startsWith("/aws/eks/")) return { volume: "controlPlaneLogGb", source: "vended" };
  if (name.startsWith("aws-waf-logs-")) return { volume: "firewallLogGb", source: "vended" };
  if (name.startsWith("/aws/rds/")) return { volume: "databaseLogGb", source: "custom" };
  if (name.startsWith("/aws/vendedlogs/states/")) return { volume: "promotionLogGb", source: "vended" };
  if (name.startsWith("/aws/lambda/")) return { volume: "functionLogGb", source: "custom" };
  return context.platform.referrers(resource).some(({ type }) => type === "aws_flow_log")
    ? { volume: "flowLogGb", source: "vended" }
    : undefined;
}

/** An alarm costs as many alarms as it reads metrics; a metric of one's own name space is paid for, once for all its alarms. */
function alarm(resource: Resource, context: BillingContext): BillableResource[] {
  const read = context.platform.alarms.find((one) => one.resource === resource);
  const metrics = Math.max(1, resource.blocks("metric_query").filter((query) => query.has("metric")).length);
  const same = context.platform.alarms.filter(
    (one) =>
      one.namespace === read?.namespace &&
      one.metric === read?.metric &&
      JSON.stringify(one.resource.map("dimensions")) === JSON.stringify(resource.map("dimensions")),
  );
  const own = read?.namespace !== undefined && !read.namespace.startsWith("AWS/") && same[0] === read;
  const fast = (read?.periodSeconds ?? 60) < 60;
  return [
    {
      kind: "cloudwatch",
      ...context.subject(resource),
      alarms: fast ? 0 : metrics,
      highResolutionAlarms: fast ? metrics : 0,
      metrics: own ? metrics : 0,
      dashboards: 0,
    },
  ];
}

function threatDetection(resource: Resource, context: BillingContext): BillableResource[] {
  const declared = new Map(
    context.platform
      .ofType("aws_guardduty_detector_feature")
      .filter((feature) => feature.resource("detector_id") === resource)
      .map((feature) => [feature.text("name") ?? "of no known name", feature.text("status")]),
  );
  const features = [...new Set([...detectorFeaturesByDefault, ...declared.keys()])]
    .sort()
    .filter((name) => declared.get(name) !== "DISABLED");
  const none: ByScenario = { steady: 0, peak: 0, failover: 0 };
  return [
    {
      kind: "guardduty",
      ...context.subject(resource),
      managementEvents: context.volume("threatManagementEvents", resource.region),
      auditEvents: features.includes("EKS_AUDIT_LOGS") ? context.volume("threatAuditEvents", resource.region) : none,
      analysedGb: context.volume("threatAnalysedGb", resource.region),
      monitoredVcpus: none,
    },
    ...features
      .filter((name) => !pricedDetectorFeatures.includes(name))
      .map((name) => context.unpriced(resource, `GuardDuty feature ${name}`, ` ${name}`)),
  ];
}
