/** A state of the Amazon States Language; which fields it has depends on its type. */
type State = Readonly<Record<string, unknown>>;
type States = Readonly<Record<string, State>>;

/** Seconds between two looks at a restore: it takes minutes to an hour. */
const LOOK_SECONDS = 60;
/** Of a call that AWS throttles, or refuses because the store is being changed. */
const RETRY = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 30, MaxAttempts: 3, BackoffRate: 2 }];
/** An instance that is still being created cannot be deleted: tried again for an hour. */
const RETRY_DELETION = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 60, MaxAttempts: 60, BackoffRate: 1 }];
/** What a check finds does not change by asking again; a lost call may. */
const RETRY_CALL = [
  { ErrorEquals: ["Lambda.ServiceException", "Lambda.SdkClientException"], IntervalSeconds: 30, MaxAttempts: 3 },
];
/** Whatever fails, the scratch is deleted. */
const REMOVED = [{ ErrorEquals: ["States.ALL"], ResultPath: "$.problem", Next: "Remove" }];

const invoke = (checkArn: string, payload: State, rest: State): State => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: checkArn, Payload: payload },
  ResultSelector: { "result.$": "$.Payload" },
  ...rest,
});

/** One store: its iterator never fails, or the other stores' scratch would stay. Deletion is on every path. */
function oneStore(checkArn: string): States {
  const step = (action: string, rest: State, more: State = {}): State =>
    invoke(checkArn, { action, "store.$": "$.store", ...more }, rest);
  return {
    Restore: step("restore", { ResultPath: "$.restored", Retry: RETRY, Catch: REMOVED, Next: "Wait" }),
    Wait: { Type: "Wait", Seconds: LOOK_SECONDS, Next: "Progress" },
    Progress: step(
      "progress",
      { ResultPath: "$.progress", Retry: RETRY_CALL, Catch: REMOVED, Next: "Restored" },
      { "restored.$": "$.restored.result" },
    ),
    Restored: {
      Type: "Choice",
      Choices: [{ Variable: "$.progress.result.done", BooleanEquals: true, Next: "Check" }],
      Default: "Wait",
    },
    Check: step(
      "check",
      { ResultPath: "$.checked", Retry: RETRY_CALL, Catch: REMOVED, Next: "Remove" },
      // All that the restore and the last look at it have said: of a database its point, of a namespace its backup too.
      { "restored.$": "States.JsonMerge($.restored.result, $.progress.result, false)" },
    ),
    Remove: step("remove", {
      ResultPath: "$.removed",
      Retry: RETRY_DELETION,
      Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.problem", Next: "Recorded" }],
      Next: "Recorded",
    }),
    Recorded: { Type: "Pass", End: true },
  };
}

/** Restores, looks at and deletes each of the stores, `atOnce` of them at the same time; fails when one has not passed. */
export function restoreTestDefinition(checkArn: string, stores: readonly object[], atOnce: number): object {
  return {
    Comment: "Restores the newest recovery point of each store beside it, looks at it, and deletes it.",
    StartAt: "Sweep",
    // Less than the time after which the next test takes the scratch for left over.
    TimeoutSeconds: 4 * 3600,
    States: {
      Sweep: invoke(checkArn, { action: "sweep" }, { Retry: RETRY, ResultPath: null, Next: "Stores" }),
      Stores: { Type: "Pass", Result: stores.map((store) => ({ store })), ResultPath: "$.stores", Next: "EachStore" },
      EachStore: {
        Type: "Map",
        ItemsPath: "$.stores",
        MaxConcurrency: atOnce,
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Restore", States: oneStore(checkArn) },
        ResultPath: "$.results",
        Next: "Verdict",
      },
      Verdict: invoke(
        checkArn,
        { action: "verdict", "results.$": "$.results" },
        { ResultPath: "$.verdict", Retry: RETRY_CALL, Next: "Passed" },
      ),
      Passed: { Type: "Succeed" },
    },
  };
}
