export interface PromotionFunctions {
  readonly stepsArn: string;
  readonly topicArn: string;
  /** @default none - there is no copy to load */
  readonly cacheCopyArn?: string;
}

/** A state of the Amazon States Language; which fields it has depends on its type. */
type State = Readonly<Record<string, unknown>>;

/** Seconds between two looks at a promotion or a migration. */
const LOOK_SECONDS = 15;
/** A promotion restarts the instance and is refused during a backup: tried again for ten minutes. */
const RETRY = [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 15, MaxAttempts: 40, BackoffRate: 1 }];
/** Whatever fails is told, and the execution fails: it may be started again. */
const CATCH = [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "TellFailure" }];

/** Steps of a promotion in the Amazon States Language; input `{"dryRun": true}` reports, `{"acceptLag": true}` accepts a loss. */
export function promotionDefinition({ stepsArn, topicArn, cacheCopyArn }: PromotionFunctions): object {
  const call = (action: string, next: string, further: State = {}): State => ({
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Parameters: { FunctionName: stepsArn, Payload: { action, "execution.$": "$.execution", ...further } },
    ResultSelector: { "result.$": "$.Payload" },
    ResultPath: `$.${action}`,
    Retry: RETRY,
    Catch: CATCH,
    Next: next,
  });
  const look = (action: string, next: string): Record<string, State> => ({
    [`Run_${action}`]: call(action, `Done_${action}`),
    [`Done_${action}`]: {
      Type: "Choice",
      Choices: [{ Variable: `$.${action}.result.done`, BooleanEquals: true, Next: next }],
      Default: `Wait_${action}`,
    },
    [`Wait_${action}`]: { Type: "Wait", Seconds: LOOK_SECONDS, Next: `Run_${action}` },
  });
  return {
    Comment: "Makes the standby the writer. Each step may be repeated.",
    StartAt: "Begin",
    TimeoutSeconds: 7200,
    States: {
      Begin: {
        Type: "Pass",
        Parameters: {
          "input.$": "$",
          "execution.$": "$$.Execution.StartTime",
        },
        Next: "IsDryRun",
      },
      IsDryRun: {
        Type: "Choice",
        Choices: [
          {
            And: [
              { Variable: "$.input.acceptLag", IsPresent: true },
              { Variable: "$.input.acceptLag", BooleanEquals: true },
            ],
            Next: "CheckAcceptingLag",
          },
        ],
        Default: "Check",
      },
      Check: call("check", "MayPromote"),
      CheckAcceptingLag: call("check", "MayPromote", { acceptLag: true }),
      MayPromote: {
        Type: "Choice",
        Choices: [
          {
            And: [
              { Variable: "$.input.dryRun", IsPresent: true },
              { Variable: "$.input.dryRun", BooleanEquals: true },
            ],
            Next: "Reported",
          },
          { Variable: "$.check.result.allowed", BooleanEquals: true, Next: "Promote" },
        ],
        Default: "LagTooLong",
      },
      Reported: { Type: "Succeed" },
      LagTooLong: {
        Type: "Fail",
        Error: "LagTooLong",
        Cause:
          'a replica lags more than its RPO, or its lag is not known: start again with {"acceptLag": true} to accept it',
      },
      Promote: call("promote", "Run_progress"),
      ...look("progress", "Settle"),
      Settle: call("settle", cacheCopyArn === undefined ? "Run_migration" : "LoadCaches"),
      ...(cacheCopyArn === undefined
        ? {}
        : {
            LoadCaches: {
              Type: "Task",
              Resource: "arn:aws:states:::lambda:invoke",
              Parameters: { FunctionName: cacheCopyArn, Payload: { action: "load" } },
              ResultSelector: { "result.$": "$.Payload" },
              ResultPath: "$.caches",
              Retry: RETRY,
              Catch: CATCH,
              Next: "Run_migration",
            },
          }),
      ...look("migration", "Run_seed"),
      ...look("seed", "Writers"),
      Writers: call("writers", "Promoted"),
      Promoted: { Type: "Succeed" },
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
    },
  };
}
