import { inAlarm } from "../../proof/restores/alarm-states";
import { DatabaseService } from "../../proof/restores/database-service";

const hours = (count: number): number => count * 3_600_000;

describe("alarms on the state machines of restore tests, as the proof reads them", () => {
  const failed = {
    ...{ alarm_name: "failed", metric_name: "ExecutionsFailed", statistic: "Sum", threshold: 1 },
    ...{ comparison_operator: "GreaterThanOrEqualToThreshold", treat_missing_data: "notBreaching" },
    ...{ period: 300, evaluation_periods: 1 },
  };
  const absent = {
    ...{ alarm_name: "absent", metric_name: "ExecutionsSucceeded", statistic: "Sum", threshold: 1 },
    ...{
      comparison_operator: "LessThanThreshold",
      treat_missing_data: "breaching",
      period: 3600,
      evaluation_periods: 28,
    },
  };

  it("ring for five minutes after a failed test, and not without one", () => {
    expect(inAlarm(failed, { ExecutionsFailed: [0] }, 299_000)).toBe(true);
    expect(inAlarm(failed, { ExecutionsFailed: [0] }, 300_000)).toBe(false);
    expect(inAlarm(failed, { ExecutionsSucceeded: [0] }, 1)).toBe(false);
  });

  it("ring when no good test was there for the declared hours", () => {
    const good = { ExecutionsSucceeded: [0] };
    expect(inAlarm(absent, good, hours(28) - 1)).toBe(false);
    expect(inAlarm(absent, good, hours(28))).toBe(true);
    expect(inAlarm({ ...absent, treat_missing_data: "missing" }, good, hours(28))).toBe(false);
    expect(() => inAlarm({ ...absent, statistic: "Average" }, good, 0)).toThrow("no alarm on a sum");
  });
});

describe("the model of RDS that a restore test calls", () => {
  const service = new DatabaseService([], { region: "eu-west-1", accountId: "000000000000" }, () => undefined);
  let url: string;
  const call = async (parameters: Readonly<Record<string, string>>): Promise<string> =>
    (await fetch(url, { method: "POST", body: new URLSearchParams(parameters) })).text();

  beforeAll(async () => (url = await service.start()));
  afterAll(() => service.stop());

  it("knows what a test has left, and forgets what is deleted", async () => {
    service.leave("restore-test-old", 6);
    expect(await call({ Action: "DescribeDBInstances" })).toContain("<DBInstanceStatus>available</DBInstanceStatus>");
    expect(await call({ Action: "DeleteDBInstance", DBInstanceIdentifier: "restore-test-old" })).toContain("deleting");
    expect(await call({ Action: "DescribeDBInstances", DBInstanceIdentifier: "restore-test-old" })).toContain(
      "<Code>DBInstanceNotFound</Code>",
    );
  });

  it("restores from a recovery point that it has named alone, and refuses what no test calls", async () => {
    expect(await call({ Action: "DescribeDBInstanceAutomatedBackups", DBInstanceIdentifier: "orders" })).not.toContain(
      "LatestTime",
    );
    expect(await call({ Action: "RestoreDBInstanceToPointInTime" })).toContain("DBInstanceAutomatedBackupNotFound");
    expect(await call({ Action: "ModifyDBInstance" })).toContain("InvalidAction");
  });
});
