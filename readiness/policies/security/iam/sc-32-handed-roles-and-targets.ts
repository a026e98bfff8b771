import { resourceTypes } from "../../../../catalog/resource-types";
import type { Item } from "../../../inventory/item";
import { handedRole, judgeHandedRole, judgeStart, roleArgument } from "../../../permissions/handed-roles";
import { itemsOf } from "../../../permissions/software";
import { change, type Edit, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable, type Verdict } from "../../../policy/verdict";
import { judgeRule, judgeTarget } from "./_handed-targets";

const machines = resource("aws_sfn_state_machine");
const targets = resource("aws_cloudwatch_event_target");
const ofMachines = resource("aws_cloudwatch_event_target", (block) => "role_arn" in block);
const ofFunctions = resource("aws_cloudwatch_event_target", (block) => !("role_arn" in block));
const tested = resource("aws_sfn_state_machine", (block) => /-restore-(caches|databases)$/.test(String(block["name"])));
const byName =
  (suffix: string): Edit =>
  (block) =>
    set("role_arn", `arn:aws:iam::210987654321:role/${String(block["name"])}-${suffix}`)(block);
const ghost = "arn:aws:iam::210987654321:role/ghost";
const policyOf = (name: string) => resource("aws_iam_role_policy", (_block, id) => id.includes(name));

export default policy({
  id: "SC-32",
  severity: "error",
  proves: ["FF-25"],
  title: "Services find the role and the target that they are handed, and may start it",
  because:
    "a schedule or state machine whose role or target does not exist is created without an error, and never runs: no restore test, no promotion",
  remedy:
    "pass role_arn and arn as references to an aws_iam_role that may start the target, and let functions admit their rule",
  subjects: (platform): readonly Item[] =>
    resourceTypes(({ assumesRole }) => assumesRole !== undefined).flatMap((type) => itemsOf(platform, type)),
  check: ({ resource: item }, platform): Verdict | readonly Verdict[] => {
    const role = handedRole(item, roleArgument(item) ?? "role_arn", platform);
    const found = [
      ...judgeHandedRole(item, platform),
      ...judgeTarget(item, platform),
      ...(item.type === "aws_cloudwatch_event_target" ? [judgeRule(item, platform)] : []),
      ...(item.type === "aws_sfn_state_machine" && role
        ? item.resources("definition").flatMap((started) => judgeStart(role, started, platform))
        : []),
    ];
    return found.length > 0 ? found : notApplicable("it is handed no role");
  },
  mutants: [
    change("a state machine with a role that is not there", machines, set("role_arn", ghost)),
    change("a target with a role that is not there", ofMachines, set("role_arn", ghost)),
    change("a target that starts a state machine without a role", ofMachines, unset("role_arn")),
    change("a function with a role that is not there", resource("aws_lambda_function"), set("role", ghost)),
    change("a flow log with a role that is not there", resource("aws_flow_log"), set("iam_role_arn", ghost)),
    change("nodes with a role that is not there", resource("aws_eks_node_group"), set("node_role_arn", ghost)),
    change(
      "a function that is not there",
      ofFunctions,
      set("arn", "arn:aws:lambda:us-east-1:210987654321:function:ghost"),
    ),
    change(
      "a state machine that is not there",
      ofMachines,
      set("arn", "arn:aws:states:eu-west-1:210987654321:stateMachine:ghost"),
    ),
    change("a rule that is not there", targets, set("rule", "ghost")),
    remove(
      "functions that admit no rule",
      resource("aws_lambda_permission", (block) => block["principal"] === "events.amazonaws.com"),
    ),
    change(
      "schedules that may start nothing",
      policyOf("schedule-permissions"),
      set("policy.Statement.Effect", "Deny"),
    ),
    change(
      "state machines that may call nothing",
      policyOf("states-permissions"),
      set("policy.Statement.Effect", "Deny"),
    ),
  ],
  boundary: {
    holds: change("a role of the platform by its ARN", tested, byName("states")),
    breaks: change("the ARN of a role that is called otherwise", tested, byName("state")),
  },
});
