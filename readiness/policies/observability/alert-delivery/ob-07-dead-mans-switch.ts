import { objectOf, objectsOf, textOf, type Json } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import { deliveries } from "../../../../models/routing/evaluate";
import { holds } from "../../../policy/comparison";
import { change, remove, resource, set, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import {
  alertmanagerSecret,
  alertsOf,
  configuration,
  type Notifications,
  notificationsOf,
  prometheusRules,
  withoutRules,
} from "../_alerts";

const WATCHDOG = "Watchdog";

/** Topic that the heartbeat of a region is published to. */
function topicOf(
  { routing }: Notifications,
  labels: Readonly<Record<string, string>>,
): { readonly region: string; readonly name: string } | undefined {
  const [delivery] = deliveries(routing, labels, new Date(0));
  const receiver = routing.receivers.find(({ name }) => name === delivery?.receiver);
  const [settings] = objectsOf(receiver?.["sns_configs"] as Json | undefined);
  const [, , , region, , name] = (textOf(settings?.["topic_arn"]) ?? "").split(":");
  return region === undefined || name === undefined ? undefined : { region, name };
}

/** Whether an alarm in the region fires when the topic is silent, and has a receiver. */
const watched = ({ alarms, ofType }: Platform, region: string, topic: string): boolean => {
  const topics = ofType("aws_sns_topic").filter((one) => one.region === region && one.arguments["name"] === topic);
  return topics.some(() =>
    alarms.some(({ resource: alarm }) => {
      const { metric_name, treat_missing_data, comparison_operator, threshold, alarm_actions, dimensions } =
        alarm.arguments;
      return (
        alarm.region === region &&
        metric_name === "NumberOfMessagesPublished" &&
        treat_missing_data === "breaching" &&
        comparison_operator === "LessThanThreshold" &&
        threshold === 1 &&
        Array.isArray(alarm_actions) &&
        alarm_actions.length > 0 &&
        objectOf(dimensions)["TopicName"] !== undefined
      );
    }),
  );
};

const heartbeatAlarm = resource(
  "aws_cloudwatch_metric_alarm",
  (block) => block["metric_name"] === "NumberOfMessagesPublished",
);
const heartbeat = (edit: (settings: JsonObject) => void) =>
  configuration((routing) => {
    for (const receiver of routing["receivers"] as JsonObject[])
      for (const settings of (receiver["sns_configs"] ?? []) as JsonObject[]) edit(settings);
  });

export default policy({
  id: "OB-07",
  severity: "error",
  title: "The dead man's switch of each region ends at an alarm in the other region",
  because:
    "a monitoring stack that fails with its region sends no alert: only the silence that another region hears does",
  remedy: "route Watchdog to a topic of the other region, with an alarm there that treats missing data as breaching",
  proves: [],
  beyond: "the reports assume that the monitoring itself works",
  subjects: notificationsOf,
  check: (notifications, platform) => {
    const watchdog = alertsOf(platform).find(
      ({ name, region }) => name === WATCHDOG && region === notifications.region,
    );
    const topic = topicOf(notifications, { alertname: WATCHDOG, ...watchdog?.labels });
    const fires = watchdog?.expr === "vector(1)" && watchdog.delay === undefined;
    return [
      holds(fires, "an alert that always fires", watchdog === undefined ? "none" : watchdog.expr),
      holds(
        topic !== undefined && topic.region !== notifications.region,
        `a topic outside of ${notifications.region}`,
        topic?.region ?? "no topic",
      ),
      holds(
        topic !== undefined && watched(platform, topic.region, topic.name),
        "an alarm beside the topic that fires on missing messages",
        "none that does",
      ),
    ];
  },
  mutants: [
    change(
      "no Watchdog",
      prometheusRules,
      withoutRules((rule) => rule["alert"] === WATCHDOG),
    ),
    change(
      "a topic of its own region",
      alertmanagerSecret,
      heartbeat((settings) => {
        settings["topic_arn"] = String(settings["topic_arn"]).includes("us-east-1")
          ? String(settings["topic_arn"]).replaceAll("us-east-1", "eu-west-1")
          : String(settings["topic_arn"]).replaceAll("eu-west-1", "us-east-1");
      }),
    ),
    change(
      "a topic that is not there",
      alertmanagerSecret,
      heartbeat((settings) => {
        settings["topic_arn"] = `${String(settings["topic_arn"])}s`;
      }),
    ),
    change(
      "no heartbeat receiver",
      alertmanagerSecret,
      configuration((routing) => {
        for (const receiver of routing["receivers"] as JsonObject[]) delete receiver["sns_configs"];
      }),
    ),
    remove("no alarm", heartbeatAlarm),
    change("silence is no reason to worry", heartbeatAlarm, set("treat_missing_data", "notBreaching")),
    change("an alarm without an action", heartbeatAlarm, set("alarm_actions", [])),
    change("an alarm on too many messages", heartbeatAlarm, set("comparison_operator", "GreaterThanThreshold")),
  ],
  boundary: {
    holds: change("three silent periods", heartbeatAlarm, set("evaluation_periods", 3)),
    breaks: change("no message is enough", heartbeatAlarm, set("threshold", 0)),
  },
});
