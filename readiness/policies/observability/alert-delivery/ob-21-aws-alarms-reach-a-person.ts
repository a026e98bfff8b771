import { awsAlarms } from "../../../../catalog/alerts/alarms";
import { alarmNote, type AlarmNote } from "../../../../contract";
import { unmutedReceivers } from "../../../../models/routing";
import type { Alarm } from "../../../inventory/facts/aws/alarms";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { equals, holds } from "../../../policy/comparison";
import { change, type JsonObject, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { deliveriesIn, isMailed, undelivered } from "./_alarm-delivery";
import { alertmanagerSecret, channelSettings, configuration, neededChannels, notificationsOf } from "../_alerts";

const catalogued: ReadonlySet<string> = new Set(awsAlarms.map(({ alert }) => alert));

/** Whether the alarm says that the delivery itself fails: it cannot be delivered by it. */
const isOfDelivery = ({ labels }: AlarmNote): boolean =>
  labels["alertname"] === "AlarmDeliveryFailed" || labels["alertname"] === "AlarmsUndelivered";

function receiverVerdicts(alarm: Alarm, { labels, receivers, runbook }: AlarmNote, platform: Platform): Verdict[] {
  const alert = labels["alertname"] ?? "";
  const routing = notificationsOf(platform).find(({ region }) => region === alarm.region)?.routing;
  if (!routing) return [fail({ expected: `Alertmanager of ${alarm.region ?? "its region"}`, actual: "there is none" })];
  const reached = neededChannels(labels).filter((channel) =>
    routing.receivers.some(
      ({ name, ...own }) => receivers.includes(name) && Array.isArray(own[channelSettings[channel]]),
    ),
  );
  return [
    holds(catalogued.has(alert), "an alarm of catalog/alerts/alarms.json", alert || "no name"),
    holds(
      runbook.startsWith("https://") && runbook.endsWith(`/${alert}`),
      `a runbook that ends with /${alert}`,
      runbook,
    ),
    equals(unmutedReceivers(routing, labels).join(" "), receivers.join(" "), "receivers that the routing tree chooses"),
    equals(neededChannels(labels).join(", "), reached.join(", "), "channels that its severity demands"),
  ];
}

/** Both ways to a person: the function to Alertmanager's receivers, and e-mail, which needs no function. */
function wayVerdicts(alarm: Alarm, note: AlarmNote, platform: Platform): Verdict[] {
  const topics = (actions: readonly (Resource | string)[]): readonly Resource[] =>
    actions.flatMap((one) => (typeof one !== "string" && one.type === "aws_sns_topic" ? [one] : []));
  const delivery = deliveriesIn(platform).find(({ region }) => region === alarm.region);
  const [topic] = topics(alarm.actions);
  if (!topic || !delivery)
    return [
      fail({
        expected: "a topic, and a function that delivers its alarms",
        actual: topic ? "no function" : "no topic",
      }),
    ];
  const why = undelivered(topic, delivery, platform);
  const ends = alarm.resource.resources("ok_actions").includes(topic);
  return [
    holds(
      ends,
      "the end of the alarm goes to the same topic",
      ends ? "it does" : "it is not reported: a page stays open",
    ),
    ...(isOfDelivery(note)
      ? []
      : [holds(why === undefined, `${delivery.text("function_name") ?? delivery.name} delivers it`, why ?? "it does")]),
    ...(note.labels["severity"] === "critical"
      ? [holds(isMailed(topic, platform), "an e-mail as well, if the function fails", "no subscription by e-mail")]
      : []),
  ];
}

const described = (edit: (text: string) => string) => (block: JsonObject) => {
  block["alarm_description"] = edit(String(block["alarm_description"]));
};
const alarms = resource("aws_cloudwatch_metric_alarm");
const inSecondary = resource("aws_cloudwatch_metric_alarm", (_block, _id, stack) => /^(edge|.*eu-west-1)$/.test(stack));
const criticalOnes = resource("aws_cloudwatch_metric_alarm", (block) =>
  String(block["alarm_description"]).includes("severity=critical"),
);
const calls = (region: string) =>
  resource(
    "aws_sns_topic_subscription",
    (block, _id, stack) => block["protocol"] === "lambda" && stack.endsWith(region),
  );

export default policy({
  id: "OB-21",
  severity: "error",
  proves: ["FL-20", "FF-16"],
  title: "Each CloudWatch alarm reaches the receivers that its severity demands",
  because:
    "an alarm that ends as one more e-mail wakes no engineer: a full database or a silent latch is found in the morning",
  remedy:
    "describe the alarm with alarmText and an alarm of catalog/alerts/alarms.json, and have its topic delivered with deliverAlarmsOf",
  subjects: (platform) => platform.alarms,
  check: (alarm, platform) => {
    const note = alarmNote(alarm.resource.expanded("alarm_description") ?? "");
    if (!note)
      return fail({
        expected: "a description with runbook, labels and receivers",
        actual: alarm.resource.text("alarm_description") ?? "none",
      });
    return [...receiverVerdicts(alarm, note, platform), ...wayVerdicts(alarm, note, platform)];
  },
  mutants: [
    change("a description of its own", alarms, set("alarm_description", "The disk is full")),
    change(
      "without an owner, in the secondary",
      inSecondary,
      described((text) => text.replace(/owner=\S+/, "owner=")),
    ),
    change(
      "another team's receivers",
      alarms,
      described((text) => text.replace(/Receivers: .*/, "Receivers: slack-quality page-quality email-quality")),
    ),
    change(
      "no page",
      criticalOnes,
      described((text) => text.replace(/page-\S+/, "")),
    ),
    change(
      "critical by night only",
      criticalOnes,
      described((text) => text.replace(/priority=P[12]/, "priority=P0")),
    ),
    change(
      "a runbook of nothing",
      alarms,
      described((text) => text.replace(/Runbook: \S+/, "Runbook: https://x.example/")),
    ),
    change(
      "an alarm without a runbook page",
      alarms,
      described((text) => text.replaceAll(/(alertname=|\/)\w+(?=[ \n])/g, "$1Other")),
    ),
    change("an end that is not reported", alarms, set("ok_actions", [])),
    remove("the primary's topics call nothing", calls("us-east-1")),
    remove("the secondary's topics call nothing", calls("eu-west-1")),
    remove("the latch's topic calls nothing", calls("edge")),
    remove(
      "the function admits no topic",
      resource("aws_lambda_permission", (block) => block["principal"] === "sns.amazonaws.com"),
    ),
    change("a filter that no alarm passes", calls("eu-west-1"), set("filter_policy", '{"severity":["page"]}')),
    change("nothing keeps what is not handed over", calls("us-east-1"), (block) => {
      delete block["redrive_policy"];
    }),
    remove(
      "no e-mail as the second way",
      resource("aws_sns_topic_subscription", (block) => block["protocol"] === "email"),
    ),
    remove(
      "no function",
      resource("aws_lambda_function", (_block, id) => id.startsWith("delivery")),
    ),
    change(
      "a routing tree that changes alone",
      alertmanagerSecret,
      configuration((routing) => {
        (routing["route"] as JsonObject)["routes"] = [];
      }),
    ),
  ],
  boundary: {
    holds: change("another threshold", alarms, set("threshold", 1)),
    breaks: change(
      "a warning that calls itself critical",
      resource("aws_cloudwatch_metric_alarm", (block) =>
        String(block["alarm_description"]).includes("severity=warning"),
      ),
      described((text) => text.replace("severity=warning", "severity=critical")),
    ),
  },
});
