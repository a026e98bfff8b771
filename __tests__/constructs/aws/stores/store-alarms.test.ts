import { CacheAlarms, DatabaseAlarms, type DatabaseAlarmsProps } from "../../../../constructs/aws/stores/store-alarms";
import { Made } from "../../empty-stack";

const GIB = 2 ** 30;
const about = { application: "shop", owner: "shopkeepers" };
const database = { rpoMinutes: 10, storageGiB: 100, maxConnections: 100 } as DatabaseAlarmsProps["database"];
const everyAlarm = (role: DatabaseAlarmsProps["role"], maxConnections = 100) =>
  new Made(
    (stack) =>
      new DatabaseAlarms(stack, "alarms", {
        identifier: "orders",
        about,
        database: { ...database, maxConnections },
        role,
        topicArn: "arn:topic",
      }),
  ).all("aws_cloudwatch_metric_alarm");
const CREDITS = "CPUSurplusCreditsCharged";
const databaseAlarms = (role: DatabaseAlarmsProps["role"]) =>
  everyAlarm(role).filter(({ metric_name }) => metric_name !== CREDITS);
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

describe("credits of a burstable database", () => {
  it.each(["writer", "replica"] as const)("are alarmed when the %s buys the first", (role) =>
    expect(everyAlarm(role).find(({ metric_name }) => metric_name === CREDITS)).toMatchObject({
      namespace: "AWS/RDS",
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      period: 300,
      treat_missing_data: "missing",
    }),
  );

  it("are none of a class that does not burst", () =>
    expect(everyAlarm("writer", 1500).map(({ metric_name }) => metric_name)).not.toContain(CREDITS));
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
  ["replica", everyAlarm("replica")],
  ["writer", everyAlarm("writer")],
  ["cache", cacheAlarms(2)],
])("the alarms of a %s go to the owner of the application when they begin and end", (_, alarms) => {
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({ alarm_actions: ["arn:topic"], ok_actions: ["arn:topic"] });
    expect(alarm["alarm_description"]).toContain("shopkeepers");
  }
});
