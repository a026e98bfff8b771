import type { DnsRecord, HealthCheck } from "../../../inventory/facts/aws/dns";
import { holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const secondaries = resource(
  "aws_route53_record",
  (block) => asObject(block["failover_routing_policy"])["type"] === "SECONDARY",
);
const standby = resource("aws_route53_health_check", (block) => String(block["reference_name"]).startsWith("standby-"));
const held = resource("aws_route53_health_check", (block) => block["invert_healthcheck"] === true);

/** What the checks of a record see: whether each endpoint answers, and whether the latch of the name is engaged. */
interface World {
  readonly answers: boolean;
  readonly engaged: boolean;
  readonly latch: HealthCheck["alarm"];
}

/**
 * Status of a check, as Route 53 counts it (developer guide, how Route 53 determines whether a health check is healthy,
 * read 2026-11-29): a disabled one is healthy before it is inverted; a threshold of 0 is always met. An alarm other than
 * the latch's says nothing of the latch and counts as ill.
 */
function healthy(check: HealthCheck, world: World): boolean {
  const measured =
    check.kind === "calculated"
      ? check.children.filter((child) => healthy(child, world)).length >=
        (check.healthThreshold ?? check.children.length)
      : check.kind === "endpoint"
        ? world.answers
        : check.alarm !== undefined && check.alarm === world.latch
          ? !world.engaged
          : check.inverted;
  return (check.disabled || measured) !== check.inverted;
}

/** The alarm of the latch that takes the primary of the name out. */
const latchOf = (primary: DnsRecord | undefined): HealthCheck["alarm"] =>
  primary?.healthCheck?.children.find(({ kind }) => kind === "alarm")?.alarm;

export default policy({
  id: "MR-33",
  severity: "error",
  proves: ["CA-08", "CA-09", "FL-28"],
  title: "While the latch is engaged no failure of the standby sends customers to the old primary",
  because:
    "Route 53 answers with the primary whenever the secondary is unhealthy, whatever the primary's own check says: after a promotion a restart in the standby sends customers to a database that took writes before, and both copies diverge",
  remedy:
    "make the name with FailoverEndpoint: its secondary follows a calculated check that is healthy while the endpoint is, or while the latch is engaged",
  subjects: (platform) => platform.records.filter(({ failover }) => failover === "SECONDARY"),
  check: (record, platform) => {
    const check = record.healthCheck;
    if (!check) return fail({ expected: "a health check", actual: "none" });
    const latch = latchOf(platform.records.find((one) => one.name === record.name && one.failover === "PRIMARY"));
    if (!latch) return fail({ expected: "a primary that follows a latch", actual: "none" });
    return [
      holds(
        healthy(check, { answers: false, engaged: true, latch }),
        "healthy while the latch is engaged, though the standby's endpoint fails",
        "unhealthy: Route 53 answers with the primary",
        { field: "health_check_id" },
      ),
      holds(
        !healthy(check, { answers: false, engaged: false, latch }),
        "unhealthy while its endpoint fails and the latch is released",
        "healthy: customers are sent to a standby that does not answer",
        { field: "health_check_id" },
      ),
      holds(healthy(check, { answers: true, engaged: false, latch }), "healthy while its endpoint is", "unhealthy"),
    ];
  },
  mutants: [
    change("the endpoint's check alone", standby, (block) => {
      block["child_healthchecks"] = [(block["child_healthchecks"] as unknown[])[0] as string];
    }),
    change("the latch's check is not inverted", held, set("invert_healthcheck", false)),
    change("the latch's check is switched off", held, set("disabled", true)),
    change("the latch of another name", held, set("cloudwatch_alarm_name", "another-latch")),
    change("the record follows another check", secondaries, set("health_check_id", "abc")),
    change("always healthy", standby, set("child_health_threshold", 0)),
  ],
  boundary: {
    holds: change("one of two", standby, set("child_health_threshold", "1")),
    breaks: change("both", standby, set("child_health_threshold", 2)),
  },
});
