import { arnOf } from "../../../inventory/arns";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { handedRole, judgeStart, roleArgument } from "../../../permissions/handed-roles";
import { holds } from "../../../policy/comparison";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Where a rule or a schedule names what it starts. */
const targetArgument: Readonly<Record<string, string>> = {
  aws_cloudwatch_event_target: "arn",
  aws_scheduler_schedule: "target.arn",
};

/** What is started, by reference or by the ARN that a resource of the platform will have. */
function startedBy(item: Resource, argument: string, platform: Platform): Resource | undefined {
  const written = item.text(argument);
  return (
    item.resource(argument) ??
    platform.resources.find((one) => written !== undefined && arnOf(one, platform.environment.accountId) === written)
  );
}

/** What the rule or schedule starts; empty: it is neither. */
export function judgeTarget(item: Resource, platform: Platform): readonly Verdict[] {
  const argument = targetArgument[item.type];
  if (argument === undefined) return [];
  const written = item.value(argument);
  if (written.kind === "unknown") return [unknown(`what it starts: ${written.reason}`, argument)];
  const started = startedBy(item, argument, platform);
  const role = handedRole(item, roleArgument(item) ?? "role_arn", platform);
  if (started === undefined)
    return [
      fail({
        expected: `${argument} is something of the platform`,
        actual: item.expanded(argument) ?? "nothing",
        message: `${item.label} starts ${item.expanded(argument) ?? "nothing"}, which is not part of the platform`,
      }),
    ];
  return [
    holds(
      started.region === item.region,
      `${started.label} is in ${item.region ?? "its region"}`,
      started.region ?? "?",
    ),
    ...(role ? judgeStart(role, started, platform) : []),
    ...(role === undefined && started.type === "aws_lambda_function" ? [judgePermission(item, started, platform)] : []),
    // EventBridge starts state machines with a role alone (EventBridge user guide, "Permissions for EventBridge to access targets", read 2026-11-29).
    ...(started.type === "aws_sfn_state_machine"
      ? [
          holds(
            role !== undefined,
            "a role with which the state machine is started",
            item.expanded("role_arn") ?? "none",
          ),
        ]
      : []),
  ];
}

/** A function admits EventBridge by its own policy. */
function judgePermission(target: Resource, called: Resource, platform: Platform): Verdict {
  const rule = target.resource("rule");
  const admitted = platform
    .ofType("aws_lambda_permission")
    .some(
      (one) =>
        (one.resource("function_name") === called || one.text("function_name") === called.text("function_name")) &&
        one.text("principal") === "events.amazonaws.com" &&
        one.text("action") === "lambda:InvokeFunction" &&
        (!one.has("source_arn") || one.resource("source_arn") === rule),
    );
  return holds(
    admitted,
    `${called.text("function_name") ?? called.name} lets the rule call it`,
    "no aws_lambda_permission of the rule",
  );
}

/** The rule whose events the target receives. */
export function judgeRule(target: Resource, platform: Platform): Verdict {
  const name = target.text("rule");
  const rule =
    target.resource("rule") ??
    platform
      .ofType("aws_cloudwatch_event_rule")
      .find((one) => one.region === target.region && one.text("name") === name);
  return rule?.type === "aws_cloudwatch_event_rule" && rule.region === target.region
    ? pass(rule.label)
    : fail({ expected: `a rule in ${target.region ?? "its region"}`, actual: target.expanded("rule") ?? "nothing" });
}
