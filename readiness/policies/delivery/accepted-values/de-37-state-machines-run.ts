import {
  isObject,
  type Json,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  parsedJson,
  textOf,
} from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import { itemsOf } from "../../../permissions/software";
import { atLeast } from "../../../policy/comparison";
import { change, resource, set, type JsonObject as Block } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Seconds of a function that says nothing (Lambda developer guide, "Configure Lambda function timeout", read 2026-11-29). */
const UNSET_FUNCTION_SECONDS = 3;
/** Types of states that end a machine by themselves (Amazon States Language, "State types", read 2026-11-29). */
const ending = ["Succeed", "Fail"];

/** States that can follow, by whatever path. */
const followers = (state: JsonObject): readonly string[] =>
  [
    state["Next"],
    state["Default"],
    ...objectsOf(state["Choices"]).map((choice) => choice["Next"]),
    ...objectsOf(state["Catch"]).map((one) => one["Next"]),
  ].flatMap((name) => textOf(name) ?? []);

/** What is wrong with a machine, or with one that a Map or a Parallel has inside. */
function faultsOf(machine: JsonObject, at: string): readonly string[] {
  const states = objectOf(machine["States"]);
  const start = textOf(machine["StartAt"]);
  if (start === undefined || !(start in states)) return [`${at}StartAt is ${start ?? "not written"}: no such state`];
  const reached = new Set([start]);
  for (const name of reached) followers(objectOf(states[name])).forEach((next) => next in states && reached.add(next));
  return Object.entries(states).flatMap(([name, value]) => {
    const state = objectOf(value);
    const goesOn = state["End"] === true || followers(state).length > 0 || ending.includes(textOf(state["Type"]) ?? "");
    const inner = [state["ItemProcessor"], state["Iterator"], ...objectsOf(state["Branches"])].filter(
      (one): one is JsonObject => isObject(one as Json),
    );
    return [
      ...followers(state)
        .filter((next) => !(next in states))
        .map((next) => `${at}${name} leads to ${next}: no such state`),
      ...(goesOn ? [] : [`${at}${name} leads nowhere and does not end`]),
      ...(reached.has(name) ? [] : [`${at}${name} is never reached`]),
      ...inner.flatMap((one) => faultsOf(one, `${at}${name}: `)),
    ];
  });
}

function judge(item: ReturnType<typeof itemsOf>[number], platform: Platform): Verdict | readonly Verdict[] {
  const { resource: machine } = item;
  const written = parsedJson(machine.expanded("definition"));
  const definition = objectOf(written);
  if (written === undefined)
    return unknown("its definition is not known before deployment, or not valid JSON", "definition");
  const found = faultsOf(definition, "");
  const functions = platform.dependencies(machine).filter(({ type }) => type === "aws_lambda_function");
  const longest = Math.max(0, ...functions.map((one) => one.number("timeout") ?? UNSET_FUNCTION_SECONDS));
  const seconds = numberOf(definition["TimeoutSeconds"]);
  return [
    ...found.map((fault) =>
      fail({
        expected: "states that lead to one another and to an end",
        actual: fault,
        message: `${machine.text("name") ?? item.label} in ${machine.region ?? ""}: ${fault}; Step Functions refuses it, or it stops there on the day that it is needed`,
      }),
    ),
    seconds === undefined
      ? fail({
          expected: "TimeoutSeconds: a machine that hangs fails and is reported",
          actual: "none: it hangs for a year",
        })
      : atLeast(longest + 1, seconds, "seconds of TimeoutSeconds, above the longest function that it calls"),
    pass(`${Object.keys(objectOf(definition["States"])).length} states`),
  ];
}

const machines = resource("aws_sfn_state_machine");
const ofTests = resource("aws_sfn_state_machine", (block) => /-restore-/.test(String(block["name"])));
const edited = (from: string | RegExp, to: string) => (block: Block) =>
  set("definition", String(block["definition"]).replace(from, to))(block);

export default policy({
  id: "DE-37",
  severity: "error",
  proves: ["FG-10", "FF-25"],
  title: "State machines have a start, an end, no dead path, and the time of their steps",
  because:
    "a promotion or a restore test with a mistyped state, or with less time than one of its functions, ends before its work: on the day of the loss, or on every day",
  remedy: "let StartAt and each Next name a state, end each path, and set TimeoutSeconds above the functions' timeouts",
  subjects: (platform) => itemsOf(platform, "aws_sfn_state_machine"),
  check: judge,
  mutants: [
    change("starts nowhere", machines, edited(/"StartAt":"[A-Z]\w+"/, '"StartAt":"Nowhere"')),
    change("a step that is mistyped", ofTests, edited('"Next":"Stores"', '"Next":"Store"')),
    change("a way after a failure that is mistyped", ofTests, edited('"Next":"Remove"', '"Next":"Removed"')),
    change("a minute for all of it", ofTests, set("definition.TimeoutSeconds", 10)),
    change(
      "starts nowhere, in the secondary",
      resource("aws_sfn_state_machine", (_, __, stack) => stack.endsWith("eu-west-1")),
      edited(/"StartAt":"[A-Z]\w+"/, '"StartAt":"Nowhere"'),
    ),
    change("hangs for a year", machines, set("definition.TimeoutSeconds", null)),
    change("leads nowhere", ofTests, edited('"Next":"Stores"', '"Comment":"Stores"')),
  ],
  boundary: {
    holds: change("a day", machines, set("definition.TimeoutSeconds", 86_400)),
    breaks: change("a second", ofTests, set("definition.TimeoutSeconds", 1)),
  },
});
