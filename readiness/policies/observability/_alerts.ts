import { asObject, type JsonObject } from "../../policy/json";
import { manifest } from "../../policy/mutation";
import { CONFIGURATION } from "../../inventory/views/kubernetes/alerts";

export {
  type Alert,
  alertsOf,
  type Notifications,
  notificationsOf,
  type Recording,
  recordingsOf,
  subjectOf,
} from "../../inventory/views/kubernetes/alerts";

/** Settings of a channel in a receiver. */
export const channelSettings = {
  page: "pagerduty_configs",
  chat: "slack_configs",
  ticket: "jira_configs",
  mail: "email_configs",
} as const;
export type Channel = keyof typeof channelSettings;

/** Channels that an alert needs at every hour: the reports' routing by severity and priority. */
export function neededChannels({ severity, priority = "" }: Readonly<Record<string, string>>): readonly Channel[] {
  if (severity === "none") return [];
  return [
    "chat",
    ...(severity === "critical" || /^P[12]$/.test(priority) ? (["page"] as const) : []),
    ...(severity === "critical" ? [] : (["mail"] as const)),
    ...(/^P[34]$/.test(priority) ? (["ticket"] as const) : []),
  ];
}

/** Target of mutants: PrometheusRules. */
export const prometheusRules = manifest("PrometheusRule");

/** Changes each rule of an object. */
export const eachRule =
  (edit: (rule: JsonObject) => void) =>
  (object: JsonObject): void => {
    for (const group of asObject(object["spec"])["groups"] as JsonObject[])
      for (const rule of group["rules"] as JsonObject[]) edit(rule);
  };

/** Removes the rules of an object that a condition holds for. */
export const withoutRules =
  (gone: (rule: JsonObject) => boolean) =>
  (object: JsonObject): void => {
    for (const group of asObject(object["spec"])["groups"] as JsonObject[])
      group["rules"] = (group["rules"] as JsonObject[]).filter((rule) => !gone(rule));
  };

/** Target of mutants: the configuration of Alertmanager. */
export const alertmanagerSecret = manifest(
  "Secret",
  (object) => asObject(object["stringData"])[CONFIGURATION] !== undefined,
);

/** Changes the configuration of Alertmanager. */
export const configuration =
  (edit: (routing: JsonObject) => void) =>
  (object: JsonObject): void => {
    const data = asObject(object["stringData"]);
    const routing = JSON.parse(String(data[CONFIGURATION])) as JsonObject;
    edit(routing);
    data[CONFIGURATION] = JSON.stringify(routing);
  };
