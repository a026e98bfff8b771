import type { DnsRecord, HealthCheck } from "../../../inventory/facts/aws/dns";
import { holds } from "../../../policy/comparison";
import { change, type JsonObject, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

/** A check and the checks below it. */
const all = (check: HealthCheck): readonly HealthCheck[] => [check, ...check.children.flatMap(all)];

/** First label of a name: that of the application, in its own name and in the names of its regions. */
const first = (name: string | undefined): string => name?.split(".")[0] ?? "";

/** Every endpoint and every alarm below the record's check is of the application whose name the record is. */
function judge({ name, healthCheck }: DnsRecord): Verdict[] {
  if (healthCheck === undefined)
    return [fail({ expected: `a health check of ${name ?? "the record"}`, actual: "none" })];
  const below = all(healthCheck);
  const hosts = below.filter(({ kind }) => kind === "endpoint").map(({ host }) => host);
  const alarms = below.filter(({ kind }) => kind === "alarm");
  const ours = first(name);
  return [
    holds(
      hosts.length === 1 && hosts.every((host) => first(host) === ours),
      `one endpoint of ${ours} that decides for ${name ?? "the record"}`,
      hosts.join(", ") || "none",
    ),
    ...alarms.map(({ alarm, label }) =>
      holds(
        alarm?.dimensions.some(({ value }) => value === ours) === true,
        `an alarm of ${ours} in ${label}`,
        alarm?.dimensions.map(({ value }) => value ?? "?").join(", ") ?? "an alarm that is not there",
      ),
    ),
  ];
}

const checks = resource("aws_route53_health_check");
const of = (type: string) => resource("aws_route53_health_check", (block) => block["type"] === type);
const failovers = (side: string) =>
  resource("aws_route53_record", (block) => JSON.stringify(block["failover_routing_policy"] ?? "").includes(side));
/** The first application's, for each. */
const shared = (field: string, target: (block: JsonObject) => boolean) => {
  let kept: JsonObject[string] | undefined;
  return (block: JsonObject): void => {
    if (!target(block)) return;
    kept ??= structuredClone(block[field]);
    block[field] = structuredClone(kept ?? null);
  };
};

export default policy({
  id: "MR-24",
  severity: "error",
  proves: ["CA-09", "FL-28"],
  title: "Each failover record is decided by the checks of its own application",
  because:
    "with another application's check a healthy region loses its customers when that one fails, and its own failure moves none",
  remedy: "make names with FailoverEndpoint, which gives each its own checks, and the latch of the same application",
  subjects: (platform): readonly DnsRecord[] => platform.records.filter(({ failover }) => failover !== undefined),
  check: judge,
  mutants: [
    change(
      "one application's children for all",
      checks,
      shared("child_healthchecks", ({ type }) => type === "CALCULATED"),
    ),
    change(
      "one application's latch for all",
      checks,
      shared("cloudwatch_alarm_name", ({ type }) => type === "CLOUDWATCH_METRIC"),
    ),
    change(
      "one application's check for every standby",
      failovers("SECONDARY"),
      shared("health_check_id", () => true),
    ),
    change(
      "one application's check for every primary",
      failovers("PRIMARY"),
      shared("health_check_id", () => true),
    ),
    change("another name", of("HTTPS"), set("fqdn", "other.acme.example")),
    change("an alarm that is not there", of("CLOUDWATCH_METRIC"), set("cloudwatch_alarm_name", "ghost")),
  ],
  boundary: {
    holds: change("another threshold", of("HTTPS"), set("failure_threshold", 4)),
    breaks: change("one letter more", of("HTTPS"), (block) => {
      block["fqdn"] = `x${String(block["fqdn"])}`;
    }),
  },
});
