import { placeOfAlert } from "../../../../catalog/alerts";
import type { Routing } from "../../../../models/routing/types";
import { objectOf, objectsOf, textMapOf, textOf } from "../../json";
import type { PlacedObject } from "../../kubernetes/object";
import type { Platform } from "../../platform";
import type { Subject } from "../../subject";

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
    const place = placeOfAlert(name);
    return [
      {
        ...(place ? { place } : {}),
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

/** Key of the secret that holds the configuration. */
export const CONFIGURATION = "alertmanager.yaml";

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
