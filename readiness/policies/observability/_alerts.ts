import { asObject, type JsonObject } from "../../policy/json";
import { manifest } from "../../policy/mutation";
import { CONFIGURATION } from "../../inventory/views/alerts";

export {
  type Alert,
  alertsOf,
  type Notifications,
  notificationsOf,
  type Recording,
  recordingsOf,
  subjectOf,
} from "../../inventory/views/alerts";

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
