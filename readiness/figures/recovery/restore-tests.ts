import { type Json, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import type { Alarm } from "../../inventory/views/aws-types";
import { perPlatform } from "../per-platform";
import { minutesBetweenRuns } from "./cache-copies";

/** A store as the state machine describes it to the function. */
export interface TestedStore {
  /** `<application>/<name in its file>`. */
  readonly name: string;
  readonly kind: "database" | "cache";
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
  kind: store["kind"] === "cache" ? "cache" : "database",
  identifier: textOf(store["identifier"]),
  scratch: textOf(store["scratch"]),
  source: textOf(store["source"]),
  secret: textOf(store["secret"]),
  size: textOf(store["instanceClass"]) ?? textOf(store["nodeType"]),
  extensions: Array.isArray(store["extensions"]) ? store["extensions"].map(String) : [],
  allowedAgeMinutes: numberOf(store["allowedAgeMinutes"]),
});
