import { cacheCopies } from "../../../figures/recovery/cache-copies";
import type { Platform } from "../../../inventory/platform";
import type { CacheGroup } from "../../../inventory/facts/aws/stores";
import { atLeast, atMost, equals, excludes } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, unknown, type Verdict } from "../../../policy/verdict";
import { type DeclaredStore, declarationOf, inWriterRegion } from "../../../policy-terms/stores";

const groups = resource("aws_elasticache_replication_group");
const parameters = resource("aws_elasticache_parameter_group");
const copies = resource("aws_lambda_function", (block) => JSON.stringify(block).includes("CACHES"));
const rules = resource("aws_cloudwatch_event_rule", (block) => String(block["name"]).endsWith("-cache-copy"));

export default policy({
  id: "DR-24",
  severity: "error",
  proves: ["CA-18", "FG-03"],
  title: "A queue evicts nothing, and persistent entries are copied within their RPO",
  because:
    "an evicted entry of a queue is a job that never runs; ElastiCache has no append-only file beside failover, so what is not copied is lost with the region",
  remedy: "declare use and rpoMinutes of the cache: eviction, snapshots and the schedule of copies are made from them",
  equivalents: ["checkov CKV_AWS_134"],
  subjects: (platform) => platform.caches,
  check: (cache, platform) => {
    const declared = declarationOf(platform, cache);
    if (declared === undefined) return unknown(`${cache.label} belongs to no declared cache`);
    const policyName = cache.parameters["maxmemory-policy"] ?? "volatile-lru, the default";
    return [
      declared.use === "queue"
        ? equals("noeviction", policyName, "maxmemory-policy of a queue", { field: `${declared.field}.eviction` })
        : excludes("noeviction", [policyName], "maxmemory-policy of a cache"),
      ...(declared.persistent ? kept(cache, declared, platform) : [notApplicable("it keeps nothing")]),
    ];
  },
  mutants: [
    change("a queue that evicts", parameters, set("parameter.0.value", "allkeys-lru")),
    change("a cache that stays full", parameters, set("parameter.0.value", "noeviction")),
    change("ElastiCache's own parameters", groups, unset("parameter_group_name")),
    change("no snapshots", groups, set("snapshot_retention_limit", 0)),
    remove("no copies", copies),
    remove("copies that nothing starts", rules),
    change("copies that are switched off", rules, set("state", "DISABLED")),
    change("copies each hour", rules, set("schedule_expression", "rate(60 minutes)")),
    change("copies at times that cannot be read", rules, set("schedule_expression", "cron(0 2 * * ? *)")),
    change("copies of other caches", copies, set("environment.variables.CACHES", "[]")),
    change("copies in the own region", copies, set("environment.variables.BUCKET_REGION", "us-east-1")),
  ],
  boundary: {
    holds: change("copies each 55 minutes, of five", rules, set("schedule_expression", "rate(55 minutes)")),
    breaks: change("copies each 56 minutes, of five", rules, set("schedule_expression", "rate(56 minutes)")),
  },
});

function kept(cache: CacheGroup, declared: DeclaredStore, platform: Platform): Verdict[] {
  const snapshots = atLeast(1, cache.snapshotDays, "days of daily snapshots in the region");
  if (!inWriterRegion(platform, cache)) return [snapshots];
  const copies = cacheCopies(platform, cache.region, `${declared.application}/${declared.name}`);
  if (copies === undefined)
    return [snapshots, fail({ expected: "a function that copies its entries", actual: "none" })];
  const { target, minutesBetween, minutesLong } = copies;
  return [
    snapshots,
    target === undefined || target === cache.region
      ? fail({ expected: "copies in another region", actual: target ?? "no region is named" })
      : equals(target, target, "region of the copies"),
    minutesBetween === undefined
      ? fail({ expected: "an enabled schedule that starts the copies", actual: "none" })
      : atMost(
          declared.rpoMinutes,
          minutesBetween + minutesLong,
          "minutes of entries that the loss of the region costs",
          {
            field: `${declared.field}.rpoMinutes`,
            arithmetic: `${minutesBetween} min between copies + ${minutesLong} min, the longest copy`,
          },
        ),
  ];
}
