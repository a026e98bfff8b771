import { isObject, type JsonObject, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { DnsRecord } from "../../../inventory/facts/aws/dns";
import { atLeast, atMost, equals, holds } from "../../../policy/comparison";
import { asObject } from "../../../policy/json";
import { change, remove, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

const functions = resource("aws_lambda_function", (block) => JSON.stringify(block).includes("ENGAGE_AFTER_MINUTES"));
const variable = (name: string) => `environment.variables.${name}`;
/** Longest ordinary failover of a database inside its region, in minutes. Source: Amazon RDS user guide, "Failover process for Multi-AZ deployments" (60 to 120 s), read 2026-11-28. */
const longestOrdinaryMinutes = 2;
/** Nothing is promoted earlier; a latch that engages later leaves the way back open after a promotion. */
const latestMinutes = 10;
/** Two lookups of 4 s, reads and writes. */
const leastTimeoutSeconds = 10;

const latchesOf = (platform: Platform): readonly Resource[] =>
  platform.ofType("aws_lambda_function").filter((one) => one.has(variable("ENGAGE_AFTER_MINUTES")));

function endpointsOf(latch: Resource): readonly JsonObject[] {
  try {
    const parsed: unknown = JSON.parse(latch.expanded(variable("ENDPOINTS")) ?? "[]");
    return Array.isArray(parsed) ? parsed.filter(isObject) : [];
  } catch {
    return [];
  }
}

/** Name of the region's own record that leads to the same load balancer. */
const regionalName = (record: DnsRecord, platform: Platform): string | undefined =>
  platform.records.find(
    ({ failover, alias }) =>
      failover === undefined && alias?.target === record.alias?.target && alias?.target !== undefined,
  )?.name;

function watched(record: DnsRecord, latch: Resource, platform: Platform): Verdict[] {
  const endpoint = endpointsOf(latch).find(({ host }) => host === record.name);
  if (!endpoint)
    return [
      fail({
        expected: `${record.name ?? "the name"} among the names that the latch asks for`,
        actual:
          endpointsOf(latch)
            .map(({ host }) => textOf(host) ?? "none")
            .join(", ") || "none",
      }),
    ];
  const pair = platform.records.find(({ name, failover }) => name === record.name && failover === "SECONDARY");
  const own = (one: DnsRecord): boolean =>
    platform.records.some(
      ({ name, failover, alias }) =>
        failover === undefined &&
        name === textOf(endpoint[one.failover === "PRIMARY" ? "primary" : "secondary"]) &&
        alias?.target === one.alias?.target,
    );
  return [record, ...(pair ? [pair] : [])].map((one) =>
    holds(
      own(one),
      `the latch compares ${record.name ?? ""} with the ${one.failover === "PRIMARY" ? "primary" : "secondary"}'s own name`,
      textOf(endpoint[one.failover === "PRIMARY" ? "primary" : "secondary"]) ??
        regionalName(one, platform) ??
        "nothing",
    ),
  );
}

export default policy({
  id: "MR-12",
  severity: "error",
  proves: ["CA-08", "FL-28"],
  title: "The failback latch follows Route 53's answer and engages within minutes",
  because:
    "a latch with probes of its own engages on one lost path or an expired certificate although Route 53 serves the primary, and one that engages after seconds turns a restart into a failover that a person must undo",
  remedy: "keep the FailbackLatch's function, its schedule and the names that it compares as the EdgeStack makes them",
  subjects: (platform) => platform.records.filter(({ failover }) => failover === "PRIMARY"),
  check: (record, platform) => {
    const [latch] = latchesOf(platform);
    if (!latch) return fail({ expected: "a function that asks which region Route 53 serves", actual: "none" });
    const scheduled = platform.ofType("aws_cloudwatch_event_target").filter((one) => one.resource("arn") === latch);
    const rules = platform
      .ofType("aws_cloudwatch_event_rule")
      .filter((rule) => scheduled.some((one) => one.resource("rule") === rule));
    const allowed = platform
      .ofType("aws_lambda_permission")
      .some((one) => one.resource("function_name") === latch && one.text("principal") === "events.amazonaws.com");
    return [
      ...watched(record, latch, platform),
      atLeast(
        longestOrdinaryMinutes + 1,
        latch.number(variable("ENGAGE_AFTER_MINUTES")),
        "minutes of the secondary before it engages",
      ),
      atMost(
        latestMinutes,
        latch.number(variable("ENGAGE_AFTER_MINUTES")),
        "minutes of the secondary before it engages",
      ),
      atLeast(leastTimeoutSeconds, latch.number("timeout") ?? 3, "seconds that the function may run"),
      equals(
        "rate(1 minute)",
        rules.find((rule) => (rule.text("state") ?? "ENABLED") === "ENABLED")?.text("schedule_expression") ?? "none",
        "schedule that calls the function",
      ),
      holds(allowed, "the schedule may call the function", "no permission"),
    ];
  },
  mutants: [
    remove("no function", functions),
    change("a minute is enough", functions, set(variable("ENGAGE_AFTER_MINUTES"), "1")),
    change("a function that is ended after three seconds", functions, set("timeout", 3)),
    change(
      "another name is watched",
      functions,
      update(variable("ENDPOINTS"), (text) => String(text).replaceAll('"host":"', '"host":"www.')),
    ),
    change(
      "the primary is compared with an unknown name",
      functions,
      update(variable("ENDPOINTS"), (text) => String(text).replaceAll('"primary":"', '"primary":"x.')),
    ),
    change(
      "the regions are turned round",
      functions,
      update(variable("ENDPOINTS"), (text) =>
        String(text)
          .replaceAll('"primary"', '"p"')
          .replaceAll('"secondary"', '"primary"')
          .replaceAll('"p"', '"secondary"'),
      ),
    ),
    remove("no schedule calls it", resource("aws_cloudwatch_event_target")),
    change(
      "called once an hour",
      resource("aws_cloudwatch_event_rule", (block) => asObject(block)["schedule_expression"] === "rate(1 minute)"),
      set("schedule_expression", "rate(1 hour)"),
    ),
    remove("the schedule may not call it", resource("aws_lambda_permission")),
  ],
  boundary: {
    holds: change("ten minutes", functions, set(variable("ENGAGE_AFTER_MINUTES"), "10")),
    breaks: change("eleven minutes", functions, set(variable("ENGAGE_AFTER_MINUTES"), "11")),
  },
});
