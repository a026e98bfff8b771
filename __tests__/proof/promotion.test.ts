import { Resolver } from "node:dns/promises";
import { tokenProblem } from "../../proof/promotion/eks-front";
import { RdsStandIn } from "../../proof/promotion/rds-stand-in";
import type { ReplicatedDatabase } from "../../proof/promotion/replicated-database";
import { HealthCheck } from "../../proof/local/health-checks";
import { NameServer } from "../../proof/local/name-server";

describe("the front of an EKS cluster", () => {
  const access = { cluster: "a-cluster", region: "eu-west-1", groups: [] };
  const token = (change: (url: URL) => void = () => undefined): string => {
    const url = new URL("https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity");
    url.searchParams.set("X-Amz-Credential", "AKIA/20261129/eu-west-1/sts/aws4_request");
    url.searchParams.set("X-Amz-SignedHeaders", "host;x-k8s-aws-id");
    change(url);
    return `Bearer k8s-aws-v1.${Buffer.from(url.href).toString("base64url")}`;
  };

  it("takes a presigned call of STS in its region that names the cluster", () => {
    expect(tokenProblem(token(), access)).toBeUndefined();
  });

  it("says what is wrong with any other token", () => {
    expect(tokenProblem(undefined, access)).toMatch(/no bearer token/);
    expect(tokenProblem("Bearer k8s-aws-v1.AAAA", access)).toBe("the token holds no URL");
    expect(
      tokenProblem(
        token((url) => (url.host = "sts.us-east-1.amazonaws.com")),
        access,
      ),
    ).toMatch(/not for STS in eu/);
    expect(
      tokenProblem(
        token((url) => url.searchParams.set("Action", "AssumeRole")),
        access,
      ),
    ).toMatch(/AssumeRole/);
    expect(
      tokenProblem(
        token((url) => url.searchParams.set("X-Amz-SignedHeaders", "host")),
        access,
      ),
    ).toMatch(/the cluster's name is not signed/);
    expect(
      tokenProblem(
        token((url) => url.searchParams.set("X-Amz-Credential", "A/1/us-east-1/sts/aws4_request")),
        access,
      ),
    ).toMatch(/another scope/);
  });
});

describe("the stand-in of RDS", () => {
  let replica = true;
  const database = {
    identifier: "orders-main",
    isReplica: () => Promise.resolve(replica),
    lagSeconds: () => Promise.resolve(1.5),
    promote: () => {
      replica = false;
      return Promise.resolve();
    },
  } as unknown as ReplicatedDatabase;
  const rds = new RdsStandIn([database], { region: "us-east-1", accountId: "000000000000" });
  let url: string;
  const call = async (parameters: Readonly<Record<string, string>>): Promise<string> =>
    (await fetch(url, { method: "POST", body: new URLSearchParams(parameters) })).text();
  const promotion = { Action: "PromoteReadReplica", DBInstanceIdentifier: "orders-main", BackupRetentionPeriod: "30" };
  const lag = async (): Promise<unknown> =>
    (
      await fetch(url, {
        method: "POST",
        headers: { "x-amz-target": "GraniteServiceVersion20100801.GetMetricStatistics" },
        body: JSON.stringify({ MetricName: "ReplicaLag", Dimensions: [{ Value: "orders-main" }] }),
      })
    ).json();

  beforeAll(async () => (url = await rds.start()));
  afterAll(() => rds.stop());

  it("names the source of a replica, and its lag", async () => {
    expect(await call({ Action: "DescribeDBInstances", DBInstanceIdentifier: "orders-main" })).toContain(
      "arn:aws:rds:us-east-1:000000000000:db:orders-main",
    );
    expect(await lag()).toMatchObject({ Datapoints: [{ Maximum: 1.5 }] });
  });

  it("refuses a promotion during a backup, and of what is no replica", async () => {
    rds.setStatus("orders-main", "backing-up");
    expect(await call(promotion)).toContain("InvalidDBInstanceState");
    rds.setStatus("orders-main", "available");
    expect(await call(promotion)).not.toContain("Error");
    expect(await call(promotion)).toContain("InvalidDBInstanceState");
    expect(rds.changes).toEqual(["PromoteReadReplica orders-main"]);
    expect(rds.settingsOf("orders-main")).toEqual({ status: "available", multiAz: false, retentionDays: 30 });
    expect(await lag()).toMatchObject({ Datapoints: [] });
  });

  it("refuses what a promotion does not call", async () => {
    expect(await call({ Action: "DeleteDBInstance", DBInstanceIdentifier: "orders-main" })).toContain("InvalidAction");
    expect(await call({ Action: "DescribeDBInstances", DBInstanceIdentifier: "other" })).toContain(
      "DBInstanceNotFound",
    );
  });
});

describe("the drill's Route 53", () => {
  it("answers an address, and says of other names that there are none", async () => {
    const server = new NameServer((name) => (name === "orders.example.com" ? "127.2.0.1" : undefined), 60);
    const resolver = new Resolver();
    resolver.setServers([await server.start()]);
    expect(await resolver.resolve4("orders.example.com", { ttl: true })).toEqual([{ address: "127.2.0.1", ttl: 60 }]);
    await expect(resolver.resolve4("other.example.com")).rejects.toMatchObject({ code: "ENOTFOUND" });
    await server.stop();
  });

  it("changes its mind after as many answers in a row as the health check wants", () => {
    const check = new HealthCheck(3);
    const seen = [false, false, true, false, false, false, true, true, true].map((answered) => {
      check.see(answered);
      return check.healthy;
    });
    expect(seen).toEqual([true, true, true, true, true, false, false, false, true]);
  });
});
