import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import type { Subject } from "../../../inventory/subject";
import type { Alarm } from "../../../inventory/facts/aws/alarms";
import { holds } from "../../../policy/comparison";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";

/** Something of AWS that alarms watch, and what its alarms name it by. */
interface Watched extends Subject {
  readonly region: string | undefined;
  readonly resource: Resource;
  /** Metrics that each need an alarm, with the values of their dimension; none: the resource itself. */
  readonly needs: readonly { readonly metric: string; readonly values?: readonly string[] }[];
}

const subject = ({ stack, address, constructPath }: Subject, label: string): Subject => ({
  stack,
  address,
  constructPath,
  label,
});

/** Nodes of a replication group by the names that ElastiCache gives them. */
const membersOf = (group: Resource): readonly string[] =>
  Array.from(
    { length: group.number("num_cache_clusters") ?? 1 },
    (_, index) => `${group.text("replication_group_id") ?? ""}-${String(index + 1).padStart(3, "0")}`,
  );

const watched = ({ databases, caches, ofType }: Platform): readonly Watched[] => [
  ...databases.map((one) => ({
    ...subject(one, one.label),
    region: one.region,
    resource: one.resource,
    needs: (one.replicates ? ["ReplicaLag"] : ["FreeStorageSpace", "OldestReplicationSlotLag"]).map((metric) => ({
      metric,
      values: [one.identifier ?? ""],
    })),
  })),
  ...caches.map((one) => ({
    ...subject(one, one.label),
    region: one.region,
    resource: one.resource,
    needs: ["DatabaseMemoryUsagePercentage", "EngineCPUUtilization"].map((metric) => ({
      metric,
      values: membersOf(one.resource),
    })),
  })),
  ...[
    ["aws_lb", "HTTPCode_ELB_5XX_Count"],
    ["aws_lb_target_group", "HTTPCode_Target_4XX_Count"],
  ].flatMap(([type = "", metric = ""]) =>
    ofType(type).map((one) => ({
      ...subject(one, one.address),
      region: one.region,
      resource: one,
      needs: [{ metric }],
    })),
  ),
];

/** Whether some alarm of the region watches that metric of the resource, or of its member. */
function watches(alarms: readonly Alarm[], { region, resource: of }: Watched, metric: string, value?: string): boolean {
  return alarms.some(
    (alarm) =>
      alarm.region === region &&
      alarm.metric === metric &&
      alarm.actionsEnabled &&
      alarm.actions.length > 0 &&
      alarm.dimensions.some((one) => (value === undefined ? one.resource === of : one.value === value)),
  );
}

const of = (metric: string) => resource("aws_cloudwatch_metric_alarm", (block) => block["metric_name"] === metric);

export default policy({
  id: "OB-19",
  severity: "error",
  title: "Each database, cache, load balancer and target group has its CloudWatch alarms",
  because:
    "what only AWS sees, such as a full disk or requests that reached no pod, raises no alert while the cluster is well",
  remedy:
    "make the store in StoresStack, which adds its alarms; entries get theirs from EntryAlarms in the alerting stack",
  proves: ["FL-19"],
  subjects: watched,
  check: (item, { alarms }): Verdict[] =>
    item.needs.flatMap(({ metric, values }) =>
      (values ?? [undefined]).map((value) =>
        holds(
          watches(alarms, item, metric, value),
          `an alarm on ${metric}${value === undefined ? "" : ` of ${value}`} with a receiver`,
          "none",
        ),
      ),
    ),
  mutants: [
    remove("no alarm on refused calls", of("HTTPCode_Target_4XX_Count")),
    remove("no alarm on the load balancer", of("HTTPCode_ELB_5XX_Count")),
    remove("no alarm on the memory of caches", of("DatabaseMemoryUsagePercentage")),
    remove("no alarm on storage", of("FreeStorageSpace")),
    remove("no alarm on replicas", of("ReplicaLag")),
    change("alarms without an action", of("EngineCPUUtilization"), unset("alarm_actions")),
    change(
      "a target group that does not exist",
      of("HTTPCode_Target_4XX_Count"),
      set("dimensions.TargetGroup", "targetgroup/x/1"),
    ),
    change("switched off", of("HTTPCode_ELB_5XX_Count"), set("actions_enabled", false)),
  ],
  boundary: {
    holds: change("another threshold", of("EngineCPUUtilization"), set("threshold", 80)),
    breaks: change("a third node without alarms", resource("aws_elasticache_replication_group"), (block) => {
      block["num_cache_clusters"] = Number(block["num_cache_clusters"]) + 1;
    }),
  },
});
