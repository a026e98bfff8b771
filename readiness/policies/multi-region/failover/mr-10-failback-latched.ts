import { equals, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import type { Platform } from "../../../inventory/platform";
import type { HealthCheck } from "../../../inventory/facts/aws/dns";
import { clusterOf } from "../../../policy-terms/region-subjects";

const primaries = resource(
  "aws_route53_record",
  (block) => asObject(block["failover_routing_policy"])["type"] === "PRIMARY",
);
const servable = resource("aws_route53_health_check", (block) => block["type"] === "CALCULATED");
const latches = resource("aws_route53_health_check", (block) => block["type"] === "CLOUDWATCH_METRIC");

export default policy({
  id: "MR-10",
  severity: "error",
  proves: ["CA-08"],
  title: "A recovered primary receives no traffic until the latch is released",
  because:
    "Route 53 returns at the first healthy answer, while the promoted data is in the other region: both sides then write",
  remedy: "let the primary record follow a calculated check that needs all its children, one of them the FailbackLatch",
  subjects: (platform) => platform.records.filter(({ failover }) => failover === "PRIMARY"),
  check: (record, platform) => {
    const check = record.healthCheck;
    if (!check) return fail({ expected: "a calculated health check with a latch", actual: "no health check" });
    const latch = check.children.find(({ kind }) => kind === "alarm");
    if (check.kind !== "calculated" || !latch)
      return fail({
        expected: "a calculated health check with a latch",
        actual: check.kind === "calculated" ? "no latch among its children" : `a check of the ${check.kind}`,
      });
    return [
      equals(check.children.length, check.healthThreshold ?? 0, "healthy children that the primary needs: all of them"),
      holds(
        !check.disabled && !check.inverted && !latch.disabled && !latch.inverted,
        "checks that count as they are measured",
        "disabled or inverted, if this fails",
      ),
      equals("LastKnownStatus", latch.insufficientData ?? "LastKnownStatus", "state of the latch without data"),
      holds(
        record.alias?.evaluatesTargetHealth !== true,
        "the record follows the check alone",
        record.alias?.evaluatesTargetHealth === true ? "it evaluates the target too" : "it does",
      ),
      ...remembered(latch, platform),
    ];
  },
  mutants: [
    change("no check", primaries, unset("health_check_id")),
    change("the endpoint alone", primaries, (block) => {
      block["health_check_id"] = "${aws_route53_health_check.gone.id}";
    }),
    change("one healthy child is enough", servable, set("child_health_threshold", 1)),
    change("the latch turned round", latches, set("invert_healthcheck", true)),
    change("the latch switched off", latches, set("disabled", true)),
    change("open without data", latches, set("insufficient_data_health_status", "Healthy")),
    remove("no latch", latches),
    change("each deployment resets the latch", resource("aws_ssm_parameter"), unset("lifecycle")),
    remove("nothing remembers", resource("aws_ssm_parameter")),
    change("the schedule is disabled", resource("aws_cloudwatch_event_rule"), set("state", "DISABLED")),
    change("target health decides too", primaries, set("alias.evaluate_target_health", true)),
  ],
  boundary: {
    holds: change("both children", servable, set("child_health_threshold", "2")),
    breaks: change("a threshold that no number of children meets", servable, set("child_health_threshold", 3)),
  },
});

/** What keeps the latch engaged: a parameter that deployments leave alone, written on a schedule, outside the primary. */
function remembered({ alarm }: HealthCheck, platform: Platform): Verdict[] {
  if (!alarm) return [fail({ expected: "an alarm behind the latch", actual: "none of the stacks has it" })];
  const application = alarm.resource.text("dimensions.application");
  const state = platform
    .ofType("aws_ssm_parameter")
    .find(
      (one) => one.stack === alarm.stack && application !== undefined && one.text("name")?.endsWith(`/${application}`),
    );
  const watching = platform
    .ofType("aws_cloudwatch_event_rule")
    .some(
      (one) =>
        one.stack === alarm.stack && (one.text("state") ?? "ENABLED") === "ENABLED" && one.has("schedule_expression"),
    );
  const primary = clusterOf(platform, "primary")?.region;
  return [
    holds(
      state !== undefined && ["value", "all"].some((name) => state.list("lifecycle.ignore_changes").includes(name)),
      "a parameter that deployments leave alone",
      state ? "its value is set by each deployment, if this fails" : "none",
    ),
    holds(watching, "a schedule that runs the latch", watching ? "enabled" : "none enabled"),
    primary === undefined
      ? notApplicable("there is no primary cluster")
      : holds(alarm.region !== primary, `a latch outside ${primary}`, alarm.region ?? "unknown region"),
  ];
}
