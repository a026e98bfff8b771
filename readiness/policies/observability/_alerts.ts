import { objectOf, objectsOf, textMapOf, textOf } from "../../inventory/json";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import { asObject, type JsonObject } from "../../policy/json";
import { manifest } from "../../policy/mutation";
import type { Routing } from "../../../models/routing/types";

/** One alert of a PrometheusRule. */
export interface Alert extends Subject {
  readonly region: string;
  readonly name: string;
  readonly expr: string;
  readonly delay: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One recording of a PrometheusRule. */
export interface Recording {
  readonly region: string;
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

const rulesIn = ({ objects }: Platform) =>
  objects
    .filter(({ object }) => object.kind === "PrometheusRule")
    .flatMap((placed) =>
      objectsOf(objectOf(placed.object["spec"])["groups"])
        .flatMap(({ rules }) => objectsOf(rules))
        .map((rule) => ({ placed, rule })),
    );

export const alertsOf = (platform: Platform): readonly Alert[] =>
  rulesIn(platform).flatMap(({ placed, rule }) => {
    const name = textOf(rule["alert"]);
    if (name === undefined) return [];
    const labels = textMapOf(rule["labels"]);
    return [
      {
        ...subjectOf(
          placed,
          `alert ${name}${labels["application"] === undefined ? "" : ` of ${labels["application"]}`}`,
        ),
        region: placed.region,
        name,
        expr: textOf(rule["expr"]) ?? "",
        delay: textOf(rule["for"]),
        labels,
        annotations: textMapOf(rule["annotations"]),
      },
    ];
  });

export const recordingsOf = (platform: Platform): readonly Recording[] =>
  rulesIn(platform).flatMap(({ placed, rule }) => {
    const record = textOf(rule["record"]);
    return record === undefined
      ? []
      : [{ region: placed.region, record, expr: textOf(rule["expr"]) ?? "", labels: textMapOf(rule["labels"]) }];
  });

/** Alertmanager's configuration of a region. */
export interface Notifications extends Subject {
  readonly region: string;
  readonly routing: Routing;
}

const CONFIGURATION = "alertmanager.yaml";

export const notificationsOf = ({ objects }: Platform): readonly Notifications[] =>
  objects.flatMap((placed) => {
    const text = textOf(objectOf(placed.object["stringData"])[CONFIGURATION]);
    if (text === undefined) return [];
    return [
      {
        ...subjectOf(placed, `Alertmanager of ${placed.region}`),
        region: placed.region,
        routing: JSON.parse(text) as Routing,
      },
    ];
  });

export const subjectOf = ({ resource }: PlacedObject, label: string): Subject => ({
  stack: resource.stack,
  address: resource.address,
  constructPath: resource.constructPath,
  label,
});

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
