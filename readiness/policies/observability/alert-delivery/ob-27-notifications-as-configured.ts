import { notificationConfiguration } from "../../../../config/notifications";
import { siteOf } from "../../../../config/site";
import { isObject, type Json, objectOf } from "../../../inventory/json";
import { asObject } from "../../../policy/json";
import { change, type JsonObject, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { alertmanagerSecret, configuration, notificationsOf } from "../_alerts";

/** What follows from a setting that is another one, by the first step of its path. */
const consequences: Readonly<Record<string, string>> = {
  global: "no receiver of that channel delivers, or its credential is not found",
  inhibit_rules: "alerts are held back though no other one stands for them",
  receivers: "the team that owns the alert is not the one that gets it",
  route: "alerts are sent late, once, without end or to others",
  time_intervals: "pages are held back at other hours",
};

interface Difference {
  readonly path: string;
  readonly wanted: Json | undefined;
  readonly found: Json | undefined;
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
/** Entries by position, members by name. */
const parts = (value: Json | undefined): Readonly<Record<string, Json | undefined>> =>
  isList(value) ? Object.fromEntries(value.map((one, index) => [String(index), one])) : objectOf(value);

/** The deepest places where the two differ. */
function differences(wanted: Json | undefined, found: Json | undefined, path = ""): readonly Difference[] {
  if (JSON.stringify(wanted) === JSON.stringify(found)) return [];
  const alike = (isList(wanted) && isList(found)) || (isObject(wanted) && isObject(found));
  if (!alike) return [{ path, wanted, found }];
  const [left, right] = [parts(wanted), parts(found)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((name) =>
    differences(left[name], right[name], path === "" ? name : `${path}.${name}`),
  );
}

const shown = (value: Json | undefined): string => (value === undefined ? "not set" : JSON.stringify(value));

const edited = (name: string, edit: (routing: JsonObject) => void): Mutation =>
  change(name, alertmanagerSecret, configuration(edit));
const routesOf = (routing: JsonObject): JsonObject[] => asObject(routing["route"])["routes"] as JsonObject[];
const paging = (routing: JsonObject): JsonObject[] =>
  routesOf(routing).filter(({ receiver }) => String(receiver).startsWith("page-"));

export default policy({
  id: "OB-27",
  severity: "error",
  proves: ["FF-16", "FL-20", "CA-21"],
  title: "Alertmanager notifies as it was configured and tested",
  because:
    "Alertmanager accepts every interval, matcher and address: a page that repeats once a month, a rule that holds back what it should not or a mistyped channel is seen in the incident",
  remedy:
    "change config/on-call.ts or catalog/alerts/alertmanager.ts, whose tests show who is notified of what and when",
  subjects: notificationsOf,
  check: ({ region, routing }, { environment }): Verdict | readonly Verdict[] => {
    const role = environment.regions.primary.name === region ? "primary" : "secondary";
    const wanted = JSON.parse(JSON.stringify(notificationConfiguration(siteOf(environment, role)))) as Json;
    const found = differences(wanted, JSON.parse(JSON.stringify(routing)) as Json);
    return found.length === 0
      ? pass("as configured")
      : found.map(({ path, wanted: one, found: other }) =>
          fail({
            expected: `${path}: ${shown(one)}`,
            actual: shown(other),
            message: `Alertmanager of ${region}: ${path} is ${shown(other)}, configured is ${shown(one)}: ${consequences[path.split(".")[0] ?? ""] ?? "nothing judged it"}`,
          }),
        );
  },
  mutants: [
    edited("pages that repeat once a month", (routing) => {
      for (const route of paging(routing)) route["repeat_interval"] = "30d";
    }),
    edited("pages that wait an hour", (routing) => {
      for (const route of paging(routing)) route["group_wait"] = "1h";
    }),
    edited("one critical alert holds back all others", (routing) => {
      (routing["inhibit_rules"] as JsonObject[]).push({
        source_matchers: ['severity="critical"'],
        target_matchers: ['severity=~"critical|warning"'],
        equal: [],
      });
    }),
    edited("one store of one application holds back the warnings of all", (routing) => {
      for (const rule of routing["inhibit_rules"] as JsonObject[]) rule["equal"] = [];
    }),
    edited("a channel without readers", (routing) => {
      const text = JSON.stringify(routing["receivers"]).replaceAll("#alerts-", "#random-");
      routing["receivers"] = JSON.parse(text) as JsonObject[];
    }),
    edited("mail without TLS", (routing) => {
      asObject(routing["global"])["smtp_require_tls"] = false;
    }),
    edited("a mail server of another name", (routing) => {
      asObject(routing["global"])["smtp_smarthost"] = "email-smtp.useast1.amazonaws.com:587";
    }),
    edited("business hours around the clock", (routing) => {
      routing["time_intervals"] = [{ name: "business-hours", time_intervals: [{}] }];
    }),
    edited("each alert on its own", (routing) => {
      asObject(routing["route"])["group_by"] = ["..."];
    }),
  ],
  boundary: {
    holds: edited("members in another order", (routing) => {
      const { resolve_timeout, ...rest } = asObject(routing["global"]);
      routing["global"] = { ...rest, resolve_timeout: resolve_timeout ?? "5m" };
    }),
    breaks: edited("a second longer", (routing) => {
      asObject(routing["global"])["resolve_timeout"] = "301s";
    }),
  },
});
