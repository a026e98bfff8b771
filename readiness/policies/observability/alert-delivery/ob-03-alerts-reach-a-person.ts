import { deliveries, hoursOfAWeek } from "../../../../models/routing/evaluate";
import type { Receiver } from "../../../../models/routing/types";
import { holds } from "../../../policy/comparison";
import { change, remove, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { fail } from "../../../policy/verdict";
import {
  type Alert,
  alertmanagerSecret,
  alertsOf,
  type Channel,
  channelSettings,
  configuration,
  eachRule,
  neededChannels,
  type Notifications,
  notificationsOf,
  prometheusRules,
} from "../_alerts";

/** Hours at which an alert reaches a channel, of the week. */
function hoursOf(alert: Alert, { routing }: Notifications, channel: Channel): number {
  const has = (name: string): boolean =>
    routing.receivers.some(
      (receiver: Receiver) => receiver.name === name && Array.isArray(receiver[channelSettings[channel]]),
    );
  const labels = { alertname: alert.name, ...alert.labels };
  return hoursOfAWeek().filter((hour) =>
    deliveries(routing, labels, hour).some(({ receiver, muted }) => !muted && has(receiver)),
  ).length;
}

const HOURS = 168;

function verdicts(alert: Alert, notifications: Notifications): Verdict[] {
  return neededChannels(alert.labels).map((channel) => {
    const hours = hoursOf(alert, notifications, channel);
    return holds(hours === HOURS, `a ${channel} notification at each of ${HOURS} hours of a week`, `${hours} hours`);
  });
}

const routes = (edit: (routes: JsonObject[]) => JsonObject[]) =>
  configuration((routing) => {
    const route = routing["route"] as JsonObject;
    route["routes"] = edit(route["routes"] as JsonObject[]);
  });
const without = (prefix: string) => routes((all) => all.filter(({ receiver }) => !String(receiver).startsWith(prefix)));

export default policy({
  id: "OB-03",
  severity: "error",
  title: "Each alert reaches its channels at every hour of the week",
  because: "an alert that ends at no receiver, or at one that is muted at night, wakes no engineer",
  remedy:
    "give the alert severity, priority and owner, and the routing tree a route for them (catalog/alerts/alertmanager.ts)",
  proves: ["FF-16", "FL-20", "CA-29"],
  subjects: alertsOf,
  check: (alert, platform) => {
    const notifications = notificationsOf(platform).find(({ region }) => region === alert.region);
    if (!notifications)
      return fail({ expected: `Alertmanager of ${alert.region} has a routing tree`, actual: "there is none" });
    if (alert.labels["severity"] === "none")
      return holds(alert.name === "Watchdog", "only the dead man's switch reaches no person", alert.name);
    return verdicts(alert, notifications);
  },
  mutants: [
    remove("no configuration", alertmanagerSecret),
    change("no route to Slack", alertmanagerSecret, without("slack-")),
    change("no route to PagerDuty", alertmanagerSecret, without("page-")),
    change("no tickets", alertmanagerSecret, without("ticket-")),
    change(
      "no e-mail",
      alertmanagerSecret,
      configuration((routing) => {
        for (const receiver of routing["receivers"] as JsonObject[]) delete receiver["email_configs"];
      }),
    ),
    change(
      "pages end at Slack",
      alertmanagerSecret,
      routes((all) => all.map((route) => ({ ...route, continue: false }))),
    ),
    change(
      "an alert without severity",
      prometheusRules,
      eachRule((rule) => {
        if (rule["alert"] === "NodeNotReady") rule["labels"] = { severity: "none" };
      }),
    ),
    change(
      "pages are muted at night",
      alertmanagerSecret,
      routes((all) =>
        all.map((route) =>
          String(route["receiver"]).startsWith("page-")
            ? {
                ...route,
                routes: (route["routes"] as JsonObject[]).map((child) => ({
                  ...child,
                  active_time_intervals: ["business-hours"],
                })),
              }
            : route,
        ),
      ),
    ),
  ],
  boundary: {
    holds: change(
      "an owner that the tree does not know",
      prometheusRules,
      eachRule((rule) => {
        if (rule["alert"] !== undefined) (rule["labels"] as JsonObject)["owner"] = "strangers";
      }),
    ),
    breaks: change(
      "tickets are muted in business hours",
      alertmanagerSecret,
      routes((all) =>
        all.map((route) =>
          String(route["receiver"]).startsWith("ticket-")
            ? {
                ...route,
                routes: (route["routes"] as JsonObject[]).map((child) => ({
                  ...child,
                  mute_time_intervals: ["business-hours"],
                })),
              }
            : route,
        ),
      ),
    ),
  },
});
