import { alarmMetric } from "../../../../catalog/alarm-metrics";
import { oneOf } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, pass } from "../../../policy/verdict";
import { intervalOf, mostOf, sourceOf } from "./_alarm-metrics";
import { deliveryVerdicts, roomVerdicts, silenceVerdict, thresholdVerdict, timeVerdicts } from "./_alarm-verdicts";

const alarms = resource("aws_cloudwatch_metric_alarm");
const inSecondary = resource("aws_cloudwatch_metric_alarm", (_, __, stack) => /^(edge|.*eu-west-1)$/.test(stack));
const of = (metric: string) => resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === metric);
const subscriptions = resource("aws_sns_topic_subscription");
const silentLatch = resource("aws_cloudwatch_metric_alarm", (block) => block["statistic"] === "SampleCount");

export default policy({
  id: "OB-20",
  severity: "error",
  proves: ["FL-28", "FG-09"],
  title: "Each CloudWatch alarm watches what is published, can fire, and has a receiver",
  because:
    "an alarm on a misspelled metric, on another region's, or with a threshold that is never reached looks like health until the day that it should have fired",
  remedy:
    "name the metric, dimension and region as catalog/alarm-metrics.json records them, with a threshold in its range and a topic with a subscription",
  subjects: (platform) => platform.alarms,
  check: (alarm, platform) => {
    const metric = alarmMetric(alarm.namespace, alarm.metric);
    const told = deliveryVerdicts(alarm, platform);
    if (!metric)
      return [
        ...told,
        fail({
          expected: "a metric whose source is recorded",
          actual: `${alarm.namespace ?? ""} ${alarm.metric ?? "none"}`,
        }),
      ];
    const source = sourceOf(alarm, metric, platform);
    const watched = alarm.dimensions.map(
      ({ name, value, resource: from }) => `${name} ${value ?? from?.address ?? "?"}`,
    );
    return [
      ...told,
      source
        ? pass(`${source.address} publishes it`)
        : fail({
            expected: `${metric.dimension.name} of something that publishes ${metric.metric} in ${metric.region ?? alarm.region ?? ""}`,
            actual: `${watched.join(", ") || "no dimension"} in ${alarm.region ?? "no region"}`,
          }),
      oneOf(metric.statistics, alarm.statistic, "statistic"),
      source ? thresholdVerdict(alarm, metric, mostOf(metric, source)) : notApplicable("nothing publishes it"),
      ...(source ? roomVerdicts(alarm, metric, mostOf(metric, source)) : []),
      ...timeVerdicts(alarm, metric, intervalOf(source, platform)),
      silenceVerdict(alarm, metric, platform),
    ];
  },
  mutants: [
    change("a misspelled metric", alarms, set("metric_name", "Engagd")),
    change("another namespace, in the secondary", inSecondary, set("namespace", "AWS/RDSx")),
    change("a dimension of another name", alarms, (block) => {
      block["dimensions"] = { name: "x" };
    }),
    change("no dimension", alarms, unset("dimensions")),
    change("an application without that metric", of("Engaged"), set("dimensions.application", "ghost")),
    change("an instance that does not exist", of("FreeStorageSpace"), set("dimensions.DBInstanceIdentifier", "ghost")),
    change("a metric of replicas of the writer", of("FreeStorageSpace"), set("metric_name", "ReplicaLag")),
    change("the alarm of a latch in the other region", of("Engaged"), set("region", "us-east-1")),
    change("a Route 53 metric outside of us-east-1", of("Engaged"), (block) => {
      Object.assign(block, {
        namespace: "AWS/Route53",
        metric_name: "HealthCheckStatus",
        dimensions: { HealthCheckId: "x" },
      });
    }),
    change("a threshold above what is published", of("Engaged"), set("threshold", 2)),
    change("a threshold that is always met", of("Engaged"), set("threshold", 0)),
    change("a hundred failures", of("Errors"), set("threshold", 100)),
    change("more free space than there is", of("FreeStorageSpace"), set("threshold", 2 ** 50)),
    change("five bytes of free space", of("FreeStorageSpace"), set("threshold", 5)),
    change("before RDS has grown the storage", of("FreeStorageSpace"), set("period", 60)),
    change("a comparison turned round", of("Errors"), set("comparison_operator", "LessThanThreshold")),
    change("the mean of failures", of("Errors"), set("statistic", "Average")),
    change("ten seconds of a metric of minutes", alarms, set("period", 10)),
    change("a day of lag", of("ReplicaLag"), set("period", 86_400)),
    change("more points than periods", alarms, set("datapoints_to_alarm", 99)),
    change("silence shorter than the schedule", of("Invocations"), set("period", 60)),
    change("no failure is a failure", of("Errors"), set("treat_missing_data", "breaching")),
    change("no run is fine", of("Invocations"), set("treat_missing_data", "notBreaching")),
    change("keeps its state", of("ReplicaLag"), set("treat_missing_data", "ignore")),
    remove("a latch without an alarm", silentLatch),
    change("switched off", alarms, set("actions_enabled", false)),
    change("no actions, in the secondary", inSecondary, set("alarm_actions", [])),
    change("a topic that does not exist", alarms, set("alarm_actions", ["arn:aws:sns:eu-west-1:210987654321:ghost"])),
    remove("no subscriptions", subscriptions),
    change("no address", subscriptions, set("endpoint", "operations")),
    change("a filter that no alarm passes", subscriptions, set("filter_policy", '{"severity":["page"]}')),
  ],
  boundary: {
    holds: change("a look back of an hour", of("Errors"), set("period", 3600)),
    breaks: change("a look back of an hour and a minute", of("Errors"), set("period", 3660)),
  },
});
