import { type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Alarm } from "../../inventory/facts/aws/alarms";
import { perPlatform } from "../per-platform";
import { minutesBetweenRuns } from "./cache-copies";

/** A store, or a namespace, as the state machine describes it to the function. */
export interface TestedStore {
  /** `<application>/<name in its file>`; of a namespace its name. */
  readonly name: string;
  readonly kind: "database" | "cache" | "namespace";
  readonly identifier: string | undefined;
  /** What the test makes and deletes. */
  readonly scratch: string | undefined;
  /** Of a cache: `snapshot` or `copy`. */
  readonly source: string | undefined;
  readonly secret: string | undefined;
  /** Instance class or node type of the scratch. */
  readonly size: string | undefined;
  readonly extensions: readonly string[];
  readonly allowedAgeMinutes: number | undefined;
  /** Of a namespace: its name in the cluster. */
  readonly namespace: string | undefined;
  /** Of a namespace: Velero's location of its backups, the cluster that wrote them, and what keeps it idle. */
  readonly location: string | undefined;
  readonly prefix: string | undefined;
  readonly modifiers: string | undefined;
  /** Of a namespace: image of the pod that mounts its volumes. */
  readonly image: string | undefined;
}

/** A state machine that restores stores, looks at them and deletes them. */
export interface RestoreTest {
  readonly machine: Resource;
  readonly region: string | undefined;
  /** Function of its steps. */
  readonly check: Resource | undefined;
  readonly stores: readonly TestedStore[];
  /** States of one store. */
  readonly states: JsonObject;
  /** Longest time between two tests; undefined: nothing starts it. */
  readonly minutesBetween: number | undefined;
  readonly timeoutSeconds: number | undefined;
  /** Stores that are restored at the same time. */
  readonly atOnce: number | undefined;
  /** Alarms on its metrics. */
  readonly alarms: readonly Alarm[];
}

/** State machines with a Map whose states look at a restored store. */
export const restoreTests = perPlatform((platform: Platform): readonly RestoreTest[] =>
  platform.ofType("aws_sfn_state_machine").flatMap((machine) => restoreTestOf(machine, platform) ?? []),
);

function restoreTestOf(machine: Resource, platform: Platform): RestoreTest | undefined {
  const definition = parsed(machine.expanded("definition"));
  const states = Object.values(objectOf(definition["States"])).map(objectOf);
  const each = states.find((state) => textOf(state["Type"]) === "Map");
  const inner = objectOf(objectOf(each?.["ItemProcessor"])["States"]);
  if (!Object.values(inner).some((state) => actionOf(objectOf(state)) === "restore")) return undefined;
  return {
    machine,
    region: machine.region,
    check: platform.dependencies(machine).find(({ type }) => type === "aws_lambda_function"),
    stores: states.flatMap((state) => objectsOf(state["Result"])).map((item) => storeOf(objectOf(item["store"]))),
    states: inner,
    minutesBetween: minutesBetweenRuns(platform, machine),
    timeoutSeconds: numberOf(definition["TimeoutSeconds"]),
    atOnce: numberOf(each?.["MaxConcurrency"]),
    alarms: platform.alarms.filter(({ resource, namespace }) =>
      namespace === "AWS/States" ? watches(resource, machine) : false,
    ),
  };
}

/** Action that a state asks the function for. */
export const actionOf = (state: JsonObject): string | undefined =>
  textOf(objectOf(objectOf(state["Parameters"])["Payload"])["action"]);

const watches = (alarm: Resource, machine: Resource): boolean =>
  alarm.resource("dimensions.StateMachineArn") === machine;

function parsed(text: string | undefined): JsonObject {
  try {
    return text === undefined ? {} : objectOf(JSON.parse(text) as Json);
  } catch {
    return {};
  }
}

const storeOf = (store: JsonObject): TestedStore => ({
  name: textOf(store["name"]) ?? "",
  kind: store["kind"] === "cache" || store["kind"] === "namespace" ? store["kind"] : "database",
  identifier: textOf(store["identifier"]),
  scratch: textOf(store["scratch"]),
  source: textOf(store["source"]),
  secret: textOf(store["secret"]),
  size: textOf(store["instanceClass"]) ?? textOf(store["nodeType"]),
  extensions: Array.isArray(store["extensions"]) ? store["extensions"].map(String) : [],
  allowedAgeMinutes: numberOf(store["allowedAgeMinutes"]),
  namespace: textOf(store["namespace"]),
  location: textOf(store["location"]),
  prefix: textOf(store["prefix"]),
  modifiers: textOf(store["modifiers"]),
  image: textOf(store["image"]),
});
