export interface PromotionFunctions {
  readonly stepsArn: string;
  readonly topicArn: string;
  /** @default none - there is no copy to load */
  readonly cacheCopyArn?: string;
}

/** A state of the Amazon States Language; which fields it has depends on its type. */
type State = Readonly<Record<string, unknown>>;
type States = Readonly<Record<string, State>>;

/** Seconds between two looks at a promotion or a migration. */
const LOOK_SECONDS = 15;
/** A promotion restarts the instance and is refused during a backup: tried again for ten minutes. */
const RETRY = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 15, MaxAttempts: 40, BackoffRate: 1 }];
/** Each failure is reported, and the execution fails: it may be started again. */
const CATCH = [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "TellFailure" }];

/** One call of a function, its answer below `$.<action>.result`. */
const invoke = (functionArn: string, action: string, payload: State, next: string): State => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: functionArn, Payload: payload },
  ResultSelector: { "result.$": "$.Payload" },
  ResultPath: `$.${action}`,
  Retry: RETRY,
  Catch: CATCH,
  Next: next,
});

const isTrue = (input: string): object[] => [
  { Variable: `$.input.${input}`, IsPresent: true },
  { Variable: `$.input.${input}`, BooleanEquals: true },
];

/** Repeats an action until it says `done`, or `failed`: then nothing is tried again. */
function until(stepsArn: string, action: string, next: string): States {
  const payload = { action, "execution.$": "$.execution" };
  return {
    [`Run_${action}`]: invoke(stepsArn, action, payload, `Done_${action}`),
    [`Done_${action}`]: {
      Type: "Choice",
      Choices: [
        { Variable: `$.${action}.result.done`, BooleanEquals: true, Next: next },
        { Variable: `$.${action}.result.failed`, IsPresent: true, Next: `Failed_${action}` },
      ],
      Default: `Wait_${action}`,
    },
    [`Wait_${action}`]: { Type: "Wait", Seconds: LOOK_SECONDS, Next: `Run_${action}` },
    [`Failed_${action}`]: {
      Type: "Pass",
      Parameters: { Error: "JobFailed", "Cause.$": `$.${action}.result.failed` },
      ResultPath: "$.error",
      Next: "TellFailure",
    },
  };
}

/** Whether a promotion may begin: nothing is changed up to here. */
const checks = (stepsArn: string): States => ({
  Begin: {
    Type: "Pass",
    Parameters: { "input.$": "$", "execution.$": "$$.Execution.StartTime" },
    Next: "Check",
  },
  Check: invoke(stepsArn, "check", { action: "check", "input.$": "$.input" }, "MayPromote"),
  MayPromote: {
    Type: "Choice",
    Choices: [
      { And: isTrue("dryRun"), Next: "Reported" },
      { Variable: "$.check.result.allowed", BooleanEquals: true, Next: "Promote" },
    ],
    Default: "LagTooLong",
  },
  Reported: { Type: "Succeed" },
  LagTooLong: {
    Type: "Fail",
    Error: "LagTooLong",
    Cause:
      'a replica lags more than its RPO, or its lag is not known: with {"lostAt": "<when the primary ended>"} it counts up to then, with {"acceptLag": true} it is accepted',
  },
});

const failure = (topicArn: string): States => ({
  TellFailure: {
    Type: "Task",
    Resource: "arn:aws:states:::sns:publish",
    Parameters: {
      TopicArn: topicArn,
      Subject: "The promotion of the standby failed",
      "Message.$": "States.JsonToString($.error)",
    },
    ResultPath: null,
    Next: "Failed",
  },
  Failed: { Type: "Fail", Error: "StepFailed", CausePath: "$.error.Cause" },
});

/** Steps of a promotion in the Amazon States Language; see promotion.ts for its input. */
export function promotionDefinition({ stepsArn, topicArn, cacheCopyArn }: PromotionFunctions): object {
  const afterSettling = cacheCopyArn === undefined ? "Run_migration" : "LoadCaches";
  return {
    Comment: "Makes the standby the writer. Each step may be repeated.",
    StartAt: "Begin",
    TimeoutSeconds: 7200,
    States: {
      ...checks(stepsArn),
      Promote: invoke(stepsArn, "promote", { action: "promote" }, "Run_progress"),
      ...until(stepsArn, "progress", "Settle"),
      Settle: invoke(stepsArn, "settle", { action: "settle" }, afterSettling),
      ...(cacheCopyArn === undefined
        ? {}
        : { LoadCaches: invoke(cacheCopyArn, "caches", { action: "load" }, "Run_migration") }),
      ...until(stepsArn, "migration", "Run_seed"),
      ...until(stepsArn, "seed", "Writers"),
      Writers: invoke(stepsArn, "writers", { action: "writers" }, "Promoted"),
      Promoted: { Type: "Succeed" },
      ...failure(topicArn),
    },
  };
}
