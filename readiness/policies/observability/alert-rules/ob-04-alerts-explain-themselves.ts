import { alertGroups, generatedAlerts } from "../../../../catalog/alerts";
import { holds } from "../../../policy/comparison";
import { change, type JsonObject } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { alertsOf, eachRule, prometheusRules } from "../_alerts";

/** Alerts that docs/runbooks has a page of: both are written from the same data. */
const withRunbook: ReadonlySet<string> = new Set([
  ...alertGroups.flatMap(({ rules }) => rules.map(({ alert }) => alert)),
  ...generatedAlerts.map(({ alert }) => alert),
]);

const alerts = (edit: (rule: JsonObject) => void) =>
  eachRule((rule) => {
    if (rule["alert"] !== undefined) edit(rule);
  });
const annotation = (name: string, value: string | undefined) =>
  alerts((rule) => {
    const annotations = rule["annotations"] as JsonObject;
    if (value === undefined) delete annotations[name];
    else annotations[name] = value;
  });

export default policy({
  id: "OB-04",
  severity: "error",
  title: "Each alert has severity, priority, owner, summary and a runbook that exists",
  because: "who is called at night needs to know what is wrong, how urgent it is and what to do first",
  remedy: "write the alert with its texts into catalog/alerts; make docs writes its runbook",
  proves: [],
  beyond: "the reports ask for runbooks (FF-24, FG-26, CA-27), not for the link from each alert",
  equivalents: ["pint alerts/annotation"],
  subjects: alertsOf,
  check: ({ name, labels, annotations }) => {
    const { severity = "", priority = "", owner = "" } = labels;
    const { summary = "", runbook_url: runbook = "" } = annotations;
    return [
      holds(
        /^(critical|warning|none)$/.test(severity),
        "severity critical, warning or none",
        severity || "no severity",
      ),
      holds(/^P[0-4]$/.test(priority), "a priority from P0 to P4", priority || "no priority"),
      holds(owner !== "", "an owner", owner || "no owner"),
      holds(summary.length >= 10, "a summary of at least 10 characters", `${summary.length} characters`),
      holds(
        /^https:\/\//.test(runbook) && runbook.endsWith(`/${name}`),
        `a runbook_url that ends with /${name}`,
        runbook || "none",
      ),
      holds(
        withRunbook.has(name),
        `a runbook of ${name} in the catalogue`,
        withRunbook.has(name) ? "it is there" : "there is none",
      ),
    ];
  },
  mutants: [
    change(
      "severity page",
      prometheusRules,
      alerts((rule) => ((rule["labels"] as JsonObject)["severity"] = "page")),
    ),
    change(
      "priority high",
      prometheusRules,
      alerts((rule) => ((rule["labels"] as JsonObject)["priority"] = "high")),
    ),
    change(
      "no owner",
      prometheusRules,
      alerts((rule) => delete (rule["labels"] as JsonObject)["owner"]),
    ),
    change("no summary", prometheusRules, annotation("summary", undefined)),
    change("no runbook", prometheusRules, annotation("runbook_url", undefined)),
    change(
      "a runbook of another alert",
      prometheusRules,
      annotation("runbook_url", "https://docs.example.com/runbooks/Other"),
    ),
    change(
      "an alert without a description",
      prometheusRules,
      alerts((rule) => {
        rule["alert"] = "Nameless";
        (rule["annotations"] as JsonObject)["runbook_url"] = "https://docs.example.com/runbooks/Nameless";
      }),
    ),
  ],
  boundary: {
    holds: change("a summary of ten characters", prometheusRules, annotation("summary", "API is down")),
    breaks: change("a summary of nine characters", prometheusRules, annotation("summary", "API down!")),
  },
});
