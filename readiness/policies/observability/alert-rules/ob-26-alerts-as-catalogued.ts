import { alertGroups, type CataloguedAlert, generatedAlerts, PLATFORM } from "../../../../catalog/alerts";
import { label } from "../../../../contract";
import { objectOf, objectsOf, textMapOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { equals } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, type JsonObject, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { eachRule, prometheusRules, subjectOf } from "../_alerts";

interface WrittenRule extends Subject {
  readonly region: string;
  /** Application, or the platform. */
  readonly scope: string;
  readonly name: string;
  readonly rule: Readonly<Record<string, string | undefined>>;
  readonly labels: Readonly<Record<string, string>>;
}

const groupsOf = (scope: string) => alertGroups.filter((group) => group.scope === scope);
const alertsIn = (scope: string): readonly CataloguedAlert[] => groupsOf(scope).flatMap(({ rules }) => rules);
const recordingsIn = (scope: string) => groupsOf(scope).flatMap(({ recordings }) => recordings ?? []);

/** Rules whose name the catalogue has, in the scope of their object. */
const written = ({ objects, namespaces }: Platform): readonly WrittenRule[] =>
  objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap((placed) => {
      const namespace = placed.object.metadata.namespace ?? "";
      const owned = namespaces.some(({ name, objectives }) => name === namespace && objectives !== undefined);
      const scope = owned ? namespace : PLATFORM;
      return objectsOf(objectOf(placed.object["spec"])["groups"])
        .flatMap(({ rules }) => objectsOf(rules))
        .map((rule): WrittenRule => {
          const name = textOf(rule["alert"]) ?? textOf(rule["record"]) ?? "?";
          const fields = ["alert", "record", "expr", "for", "keep_firing_for"].map((field) => [
            field,
            textOf(rule[field]),
          ]);
          return {
            ...subjectOf(placed, `${textOf(rule["alert"]) === undefined ? "recording" : "alert"} ${name}`),
            region: placed.region,
            scope,
            name,
            rule: Object.fromEntries(fields) as WrittenRule["rule"],
            labels: textMapOf(rule["labels"]),
          };
        });
    });

const ownerOf = ({ scope, region }: WrittenRule, { namespaces, environment }: Platform): string =>
  namespaces.find((one) => one.name === scope && one.region === region)?.labels[label.owner] ?? environment.owner;

/** Two rules of one name are distinguished by their expression; the first one is what is expected where none fits. */
function catalogued({ scope, name, rule }: WrittenRule) {
  const found = alertsIn(scope).filter(({ alert }) => alert === name);
  return found.find(({ expr }) => expr === rule["expr"]) ?? found[0];
}

function judge(one: WrittenRule, platform: Platform): Verdict[] {
  const { scope, name, rule, labels } = one;
  const [alert, generated] = [catalogued(one), generatedAlerts.find((known) => known.alert === name)];
  const recording = recordingsIn(scope).find(({ record }) => record === rule["record"]);
  const routed = alert ?? generated;
  return [
    ...(recording ? [equals(recording.expr, rule["expr"], `expression of ${name}`)] : []),
    ...(alert
      ? [
          equals(alert.expr, rule["expr"], `expression of ${name}`),
          equals(alert.for ?? "at once", rule["for"] ?? "at once", `time before ${name} fires`),
          equals(alert.keepFiringFor ?? "no longer", rule["keep_firing_for"] ?? "no longer", `time ${name} goes on`),
        ]
      : []),
    ...(routed && rule["alert"] !== undefined
      ? [
          equals(routed.severity, labels["severity"], `severity of ${name}`),
          equals(routed.priority, labels["priority"], `priority of ${name}`),
          equals(ownerOf(one, platform), labels["owner"], `owner of ${name}, by which it is routed`),
        ]
      : []),
  ];
}

const ofAlert = (name: string, alert: string, edit: (rule: JsonObject) => void, stack = /./): Mutation =>
  change(
    name,
    { ...prometheusRules, where: (_, __, of) => stack.test(of) },
    eachRule((rule) => {
      if (rule["alert"] === alert) edit(rule);
    }),
  );
const labelled = (of: string, value: string) => (rule: JsonObject) => {
  asObject(rule["labels"])[of] = value;
};
const expressed = (from: string, to: string) => (rule: JsonObject) => {
  rule["expr"] = String(rule["expr"]).replace(from, to);
};

export default policy({
  id: "OB-26",
  severity: "error",
  proves: ["CA-20", "FF-11", "XB-03"],
  title: "Alerts and recordings of the catalogue are evaluated as they are catalogued",
  because:
    "each was tested with series that it fires at and with the closest that it does not fire at; with another threshold, delay or owner it says nothing, or says it to those who cannot help",
  remedy: "change the rule in catalog/alerts, where its tests stand; labels come from the owner of its scope",
  subjects: (platform) =>
    written(platform).filter(
      (one) =>
        catalogued(one) !== undefined ||
        generatedAlerts.some(({ alert }) => alert === one.name) ||
        recordingsIn(one.scope).some(({ record }) => record === one.name),
    ),
  check: judge,
  mutants: [
    ofAlert("a backup a hundred times older", "BackupStale", expressed("26 * 3600", "2600 * 3600")),
    ofAlert("another metric", "BackupStale", expressed("last_successful", "last_success")),
    ofAlert("a hundred failures", "BackupFailed", expressed("> 0", "> 100"), /-eu-west-1$/),
    ofAlert("a week later", "BackupStale", (rule) => (rule["for"] = "7d")),
    ofAlert("a month longer", "BackupStale", (rule) => (rule["keep_firing_for"] = "30d")),
    ofAlert("another severity", "KubernetesApiDown", labelled("severity", "warning")),
    ofAlert("another priority", "KubernetesApiDown", labelled("priority", "P3")),
    ofAlert("an owner that has no receiver", "KubernetesApiDown", labelled("owner", "platform")),
    ofAlert("a burn that pages no team", "ErrorBudgetBurn2PercentIn1h", labelled("priority", "P4")),
    change(
      "a baseline of another time",
      prometheusRules,
      eachRule((rule) => {
        if (rule["record"] === "application:requests:rate5m:median1d")
          rule["expr"] = String(rule["expr"]).replaceAll("offset 1h", "offset 30d");
      }),
    ),
  ],
  boundary: {
    holds: ofAlert("an annotation more", "BackupStale", (rule) => (asObject(rule["annotations"])["note"] = "x")),
    breaks: ofAlert("an hour more", "BackupStale", expressed("26 * 3600", "27 * 3600")),
  },
});
