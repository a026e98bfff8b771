import { CacheAlarms, DatabaseAlarms, type DatabaseAlarmsProps } from "../../../../constructs/aws/stores/store-alarms";
import { Made } from "../../empty-stack";

const GIB = 2 ** 30;
const about = { application: "shop", owner: "shopkeepers" };
const database = { rpoMinutes: 10, storageGiB: 100 } as DatabaseAlarmsProps["database"];
const databaseAlarms = (role: DatabaseAlarmsProps["role"]) =>
  new Made(
    (stack) =>
      new DatabaseAlarms(stack, "alarms", { identifier: "orders", about, database, role, topicArn: "arn:topic" }),
  ).all("aws_cloudwatch_metric_alarm");
const cacheAlarms = (nodes: number) =>
  new Made(
    (stack) => new CacheAlarms(stack, "alarms", { identifier: "jobs", about, nodes, topicArn: "arn:topic" }),
  ).all("aws_cloudwatch_metric_alarm");

describe("alarms of a database", () => {
  it("fire within the recovery point objective where the replica lags, or says nothing", () => {
    const [alarm, ...more] = databaseAlarms("replica");
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({
      metric_name: "ReplicaLag",
      statistic: "Maximum",
      comparison_operator: "GreaterThanThreshold",
      threshold: 300,
      treat_missing_data: "breaching",
    });
    const seconds = Number(alarm?.["threshold"]) + Number(alarm?.["period"]) * Number(alarm?.["evaluation_periods"]);
    expect(seconds).toBeLessThan(database.rpoMinutes * 60);
  });

  it("fire where a slot fills a fifth of the writer's storage, or a tenth is all that is free", () =>
    expect(databaseAlarms("writer")).toMatchObject([
      {
        metric_name: "OldestReplicationSlotLag",
        comparison_operator: "GreaterThanThreshold",
        threshold: 20 * GIB,
        // Without a replica there is no slot.
        treat_missing_data: "missing",
      },
      {
        metric_name: "FreeStorageSpace",
        comparison_operator: "LessThanThreshold",
        statistic: "Minimum",
        threshold: 10 * GIB,
        treat_missing_data: "breaching",
      },
    ]));
});

describe("alarms of a cache", () => {
  it("watch memory and engine of each node by its own name", () => {
    const watched = cacheAlarms(2).map(({ metric_name, dimensions }) => [metric_name, dimensions]);
    expect(watched).toHaveLength(4);
    for (const metric of ["DatabaseMemoryUsagePercentage", "EngineCPUUtilization"])
      for (const member of ["jobs-001", "jobs-002"])
        expect(watched).toContainEqual([metric, { CacheClusterId: member }]);
  });

  it("fire before the cache is full", () => {
    for (const alarm of cacheAlarms(3))
      expect(alarm).toMatchObject({ comparison_operator: "GreaterThanThreshold", threshold: 90 });
  });
});

it.each([
  ["replica", databaseAlarms("replica")],
  ["writer", databaseAlarms("writer")],
  ["cache", cacheAlarms(2)],
])("the alarms of a %s go to the owner of the application when they begin and end", (_, alarms) => {
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ alarm_actions: ["arn:topic"], ok_actions: ["arn:topic"] });
    expect(alarm["alarm_description"]).toContain("shopkeepers");
  }
});
