import { numberOf, textOf } from "../../readiness/inventory/json";
import { setVariables } from "../promotion/deployed-standby";
import type { EmulatorCalls } from "../promotion/emulator-calls";
import { type Execution, execute } from "../promotion/executions";
import { clockOf } from "../promotion/machine-names";
import type { Ledger } from "../run/ledger";
import { type Counts, inAlarm, isSent, metricOfStatus } from "./alarm-states";
import type { DeployedTest } from "./tested-region";

/** How an execution ends: passed, or failed with words that name the store's problem. */
export interface Expected {
  readonly succeeds?: boolean;
  readonly words?: RegExp;
}

const LONGEST_SECONDS = 180;
const MINUTE = 60;
/** Counted by good tests alone: without one its alarm rings. */
const ABSENT = "ExecutionsSucceeded";

/** Executions of one state machine of a region, and the alarms that its metrics set off. */
export class RestoreTestRuns {
  constructor(
    private readonly ledger: Ledger,
    private readonly calls: EmulatorCalls,
    readonly test: DeployedTest,
  ) {}

  /** @param clockScale how much faster the clock of the functions runs from the start of the execution on */
  async run(clockScale?: number): Promise<Execution> {
    const { calls, test } = this;
    if (clockScale !== undefined) await setVariables(calls, test.check.name, clockOf(Date.now(), clockScale));
    const execution = await execute(calls, test.arn, {}, LONGEST_SECONDS);
    if (clockScale !== undefined) await setVariables(calls, test.check.name, clockOf());
    return execution;
  }

  expect(what: string, execution: Execution, { succeeds = false, words }: Expected, problems: readonly string[]): void {
    const name = `${this.test.name}: ${what}`;
    const status = succeeds ? "SUCCEEDED" : "FAILED";
    const all = [
      ...(execution.status === status ? [] : [`it ended with ${execution.status}: ${execution.cause}`]),
      ...(words === undefined || words.test(execution.cause)
        ? []
        : [`its cause does not say ${String(words)}: ${execution.cause}`]),
      ...problems,
      ...this.unheard(execution),
    ];
    if (all.length > 0) this.ledger.failed(name, all.join("\n"));
    else {
      const seconds = ((execution.endedAt - execution.startedAt) / 1000).toFixed(1);
      this.ledger.note(`${name}: ${execution.status} after ${seconds} s`);
      this.ledger.proved("executions of restore tests as they should be");
    }
  }

  /** A failed test sets off an alarm that a person receives, a good one none, and its absence one after the declared hours. */
  private unheard({ status, endedAt }: Execution): string[] {
    const alarms = this.test.alarms.filter(isSent);
    const counts: Counts = { [metricOfStatus[status] ?? status]: [endedAt] };
    const rung = (seconds: number): readonly string[] =>
      alarms
        .filter((alarm) => inAlarm(alarm, counts, endedAt + seconds * 1000))
        .map((alarm) => textOf(alarm["metric_name"]) ?? "");
    if (status !== "SUCCEEDED")
      return rung(MINUTE).includes("ExecutionsFailed") ? [] : ["a failed test sets off no alarm"];
    const [absence] = alarms.filter((alarm) => alarm["metric_name"] === ABSENT);
    const seconds = (numberOf(absence?.["period"]) ?? 0) * (numberOf(absence?.["evaluation_periods"]) ?? 0);
    return [
      ...[MINUTE, seconds - MINUTE].flatMap((later) =>
        rung(later).map((metric) => `${later} s after a good test there is an alarm on ${metric}`),
      ),
      ...(seconds > 0 && rung(seconds + MINUTE).includes(ABSENT)
        ? []
        : [`${seconds} s without a good test set off no alarm`]),
    ];
  }
}
