import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { EmulatorCalls } from "./emulator-calls";

export interface EnteredState {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly input: JsonObject;
}

/** An execution that has ended. */
export interface Execution {
  readonly status: string;
  readonly error: string;
  readonly cause: string;
  readonly output: JsonObject;
  /** In the order in which they were entered; a state that is repeated is there each time. */
  readonly states: readonly EnteredState[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Starts an execution and waits for its end. @throws Error when it has not ended by then */
export async function execute(
  calls: EmulatorCalls,
  stateMachineArn: string,
  input: object,
  seconds: number,
): Promise<Execution> {
  const started = await calls.states("StartExecution", { stateMachineArn, input: JSON.stringify(input) });
  return executionEnd(calls, textOf(started["executionArn"]) ?? "", seconds);
}

export async function executionEnd(calls: EmulatorCalls, executionArn: string, seconds: number): Promise<Execution> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const described = await calls.states("DescribeExecution", { executionArn });
    if (textOf(described["status"]) !== "RUNNING") return ended(calls, executionArn, described);
    if (performance.now() > end) {
      const states = await enteredStates(calls, executionArn);
      throw new Error(
        `${executionArn} has not ended within ${seconds} s; it is in ${states.at(-1)?.name ?? "no state"}`,
      );
    }
    await sleep(200);
  }
}

async function ended(calls: EmulatorCalls, executionArn: string, described: JsonObject): Promise<Execution> {
  const text = (field: string): string => textOf(described[field]) ?? "";
  return {
    status: text("status"),
    error: text("error"),
    cause: text("cause"),
    output: parsed(described["output"]),
    states: await enteredStates(calls, executionArn),
    startedAt: milliseconds(described["startDate"]),
    endedAt: milliseconds(described["stopDate"]),
  };
}

async function enteredStates(calls: EmulatorCalls, executionArn: string): Promise<readonly EnteredState[]> {
  const states: EnteredState[] = [];
  for (let nextToken: string | undefined, first = true; first || nextToken !== undefined; first = false) {
    const page = await calls.states("GetExecutionHistory", {
      executionArn,
      maxResults: 1000,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    for (const event of objectsOf(page["events"])) {
      const entered = objectOf(event["stateEnteredEventDetails"]);
      const name = textOf(entered["name"]);
      if (name !== undefined)
        states.push({ name, at: milliseconds(event["timestamp"]), input: parsed(entered["input"]) });
    }
    nextToken = textOf(page["nextToken"]);
  }
  return states;
}

/** Step Functions answers with seconds since 1970, with a fraction. */
const milliseconds = (value: JsonObject[string]): number =>
  typeof value === "number" ? value * 1000 : Date.parse(textOf(value) ?? "");

const parsed = (value: JsonObject[string]): JsonObject => {
  const text = textOf(value);
  return text === undefined || text === "" ? {} : objectOf(JSON.parse(text));
};
