import { transformSync } from "@swc/core";
import { App } from "cdktf";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { zipArchive } from "../../constructs/aws/functions/zip-archive";
import { EdgeStack } from "../../stacks/edge";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { all, only, stackOf, statements, synthesise } from "./synthesised-edge";

const environment = fixtureEnvironment();
const { folder, stacks } = synthesise(environment);
const edge = stackOf(stacks, "edge");

describe("failover", () => {
  const records = all("aws_route53_record", { edge });
  const checks = Object.fromEntries(
    Object.entries(edge.resource["aws_route53_health_check"] ?? {}).map(([id, check]) => [
      `\${aws_route53_health_check.${id}.id}`,
      check,
    ]),
  );

  test("every application has a name in each region and one that moves, all made beforehand", () => {
    expect(
      records.map(({ name, set_identifier }) => `${String(name)} ${String(set_identifier ?? "regional")}`).sort(),
    ).toEqual(
      ["orders", "storefront"].flatMap((application) => [
        `${application}.acme.example primary`,
        `${application}.acme.example secondary`,
        `${application}.eu-west-1.acme.example regional`,
        `${application}.us-east-1.acme.example regional`,
      ]),
    );
    for (const record of records) expect(record["alias"]).toMatchObject({ evaluate_target_health: false });
  });

  test("the primary is served only while its endpoint and its latch are healthy", () => {
    const primaries = records.filter((record) => record["set_identifier"] === "primary");
    expect(primaries).toHaveLength(2);
    for (const record of primaries) {
      const application = String(record["name"]).split(".")[0];
      const servable = checks[String(record["health_check_id"])];
      expect(servable).toMatchObject({ type: "CALCULATED", child_health_threshold: 2 });
      const children = (servable?.["child_healthchecks"] as string[]).map((id) => checks[id]);
      expect(children).toHaveLength(2);
      expect(children[0]).toMatchObject({
        type: "HTTPS",
        fqdn: `${application}.us-east-1.acme.example`,
        port: 443,
        enable_sni: true,
        request_interval: 10,
        failure_threshold: 3,
        measure_latency: false,
      });
      expect(children[0]?.["resource_path"]).toBe(application === "orders" ? "/health" : "/ready");
      expect(children[1]).toMatchObject({
        type: "CLOUDWATCH_METRIC",
        cloudwatch_alarm_region: "eu-west-1",
        insufficient_data_health_status: "LastKnownStatus",
      });
    }
  });

  test("the secondary answers by its own check", () => {
    for (const record of records.filter((each) => each["set_identifier"] === "secondary"))
      expect(checks[String(record["health_check_id"])]).toMatchObject({
        type: "HTTPS",
        fqdn: String(record["name"]).replace(".acme", ".eu-west-1.acme"),
      });
  });

  test("nothing of the latch lies in the primary's region", () => {
    expect(edge.provider.aws.map((provider) => provider["region"])).toEqual(["eu-west-1"]);
    expect(only("aws_lambda_function", edge)).toMatchObject({
      runtime: "nodejs24.x",
      handler: "index.handler",
      timeout: 59,
    });
  });

  test("the alarm keeps its state without data, and both alarms tell a person", () => {
    const alarms = all("aws_cloudwatch_metric_alarm", { edge });
    expect(
      alarms.map((alarm) => [
        alarm["treat_missing_data"],
        alarm["comparison_operator"],
        alarm["threshold"],
        alarm["statistic"],
      ]),
    ).toEqual([
      ["ignore", "GreaterThanOrEqualToThreshold", 1, "Maximum"],
      ["ignore", "GreaterThanOrEqualToThreshold", 1, "Maximum"],
      ["breaching", "LessThanThreshold", 1, "SampleCount"],
    ]);
    for (const alarm of alarms) expect(alarm["alarm_actions"]).toEqual([expect.stringMatching(/^\$\{aws_sns_topic\./)]);
    expect(only("aws_sns_topic_subscription", edge)).toMatchObject({
      protocol: "email",
      endpoint: "operations@acme.example",
    });
  });

  test("the function may only publish its metric, read and write its parameters, and write its own log", () => {
    const [metric, parameters, logs, ...others] = statements(only("aws_iam_role_policy", edge));
    expect(metric).toEqual({
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": "Plimsoll/Failover" } },
    });
    expect(parameters?.["Resource"]).toEqual(
      Object.keys(edge.resource["aws_ssm_parameter"] ?? {}).map((id) => `\${aws_ssm_parameter.${id}.arn}`),
    );
    expect(logs?.["Resource"]).toMatch(/^\$\{aws_cloudwatch_log_group\.[^}]+\.arn\}:\*$/);
    expect(others).toEqual([]);
  });

  test("the latch counts for as long as Route 53 does", () => {
    const rounds = (intervalSeconds: 10 | 30) => {
      const app = new App({ outdir: mkdtempSync(join(tmpdir(), "edge-")) });
      const alias = { dnsName: "alb.example", zoneId: "Z1" };
      const stack = new EdgeStack(app, {
        environment: {
          ...environment,
          failover: { ...environment.failover, healthCheckIntervalSeconds: intervalSeconds },
        },
        zoneId: "Z2",
        loadBalancers: { primary: alias, secondary: alias },
        endpoints: [{ application: "orders", healthPath: "/" }],
      });
      return JSON.stringify(stack.toTerraform()).match(/"FAILED_ROUNDS":"(\d+)"/)?.[1];
    };
    expect([rounds(10), rounds(30)]).toEqual(["3", "9"]);
  });

  test("a latch is asked for an application that it has", () => {
    const stack = new EdgeStack(new App({ outdir: folder }), {
      environment,
      zoneId: "Z",
      loadBalancers: { primary: { dnsName: "a", zoneId: "Z" }, secondary: { dnsName: "b", zoneId: "Z" } },
      endpoints: [{ application: "orders", healthPath: "/" }],
    });
    expect(() => stack.latch.healthCheckId("basket")).toThrow(
      "edge/failback-latch has no latch for basket, only for orders",
    );
  });
});

interface Latch {
  state: string;
  failures: number;
}
interface Watched {
  name: string;
  parameter: string;
  primary: string;
  secondary: string;
}
interface World {
  read(names: string[]): Promise<Record<string, string>>;
  write(name: string, value: string): Promise<void>;
  publish(values: { application: string; engaged: number }[]): Promise<void>;
  probe(url: string): Promise<boolean>;
  waitUntil(second: number): Promise<void>;
}
interface LatchFunction {
  advance(latch: Latch, round: { primary: boolean; secondary: boolean }, threshold: number): Latch;
  parse(value: string): Latch;
  format(latch: Latch): string;
  minute(applications: Watched[], threshold: number, world: World): Promise<unknown>;
  probe(url: string, get: typeof request): Promise<boolean>;
}

describe("the failback latch's function", () => {
  const source = join(__dirname, "../../constructs/aws/functions/failback-latch/index.mjs");
  const compiled = transformSync(readFileSync(source, "utf8"), {
    module: { type: "commonjs" },
    jsc: { target: "es2022" },
  }).code;
  const latch = {} as LatchFunction;
  // jest cannot load an ES module, and the file itself is what is deployed.
  new Function("exports", "require", compiled)(latch, require);

  const primaryDown = { primary: false, secondary: true };
  const run = (value: string, rounds: { primary: boolean; secondary: boolean }[], threshold = 3) =>
    latch.format(rounds.reduce((state, round) => latch.advance(state, round, threshold), latch.parse(value)));

  test("engages at the threshold and not one round before", () => {
    expect(run("armed", [primaryDown, primaryDown])).toBe("armed:2");
    expect(run("armed", [primaryDown, primaryDown, primaryDown])).toBe("engaged");
    expect(run("armed:2", [primaryDown])).toBe("engaged");
  });

  test("starts over when the primary answers in between", () => {
    expect(run("armed", [primaryDown, primaryDown, { primary: true, secondary: true }, primaryDown])).toBe("armed:1");
  });

  test("stays engaged however healthy the primary is", () => {
    expect(
      run(
        "engaged",
        Array.from({ length: 50 }, () => ({ primary: true, secondary: true })),
      ),
    ).toBe("engaged");
  });

  test("does not engage before the primary was ever healthy, nor while the secondary does not answer either", () => {
    expect(run("waiting", [primaryDown, primaryDown, primaryDown, primaryDown])).toBe("waiting");
    expect(run("waiting", [{ primary: true, secondary: false }])).toBe("armed");
    expect(
      run(
        "armed",
        Array.from({ length: 9 }, () => ({ primary: false, secondary: false })),
      ),
    ).toBe("armed");
  });

  test("takes what it does not understand for armed", () => {
    expect(
      ["", "release", "armed:x", "armed:-1", " engaged\n"].map((value) => latch.format(latch.parse(value))),
    ).toEqual(["armed", "armed", "armed", "armed", "engaged"]);
  });

  const watched = (name: string): Watched => ({
    name,
    parameter: `/latch/${name}`,
    primary: `https://${name}.primary`,
    secondary: `https://${name}.secondary`,
  });
  const worldOf = (stored: Record<string, string>, healthy: (url: string) => boolean) => {
    const seen = { published: [] as { application: string; engaged: number }[], seconds: [] as number[] };
    const world: World = {
      read: async (names) => Object.fromEntries(names.map((name) => [name, stored[name] ?? ""])),
      write: async (name, value) => {
        stored[name] = value;
      },
      publish: async (values) => {
        seen.published.push(...values);
      },
      probe: async (url) => healthy(url),
      waitUntil: async (second) => {
        seen.seconds.push(second);
      },
    };
    return { world, seen };
  };

  test("publishes at once 1 for the application that failed and 0 for the other, and remembers it", async () => {
    const stored = { "/latch/orders": "armed", "/latch/basket": "armed" };
    const { world, seen } = worldOf(stored, (url) => url !== "https://orders.primary");
    await latch.minute([watched("orders"), watched("basket")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "engaged", "/latch/basket": "armed" });
    expect(seen.published).toEqual([
      { application: "orders", engaged: 1 },
      { application: "basket", engaged: 0 },
    ]);
    expect(seen.seconds).toEqual([0, 10, 20]);
  });

  test("carries failures over to the next minute", async () => {
    const stored = { "/latch/orders": "armed" };
    const { world, seen } = worldOf(stored, (url) => url.endsWith("secondary"));
    await latch.minute([watched("orders")], 9, world);
    expect(stored).toEqual({ "/latch/orders": "armed:6" });
    expect(seen.seconds).toEqual([0, 10, 20, 30, 40, 50]);
    await latch.minute([watched("orders")], 9, world);
    expect(stored).toEqual({ "/latch/orders": "engaged" });
    expect(seen.published.map((value) => value.engaged)).toEqual([0, 1]);
  });

  test("obeys a person who writes while it probes", async () => {
    const stored: Record<string, string> = { "/latch/orders": "engaged" };
    const { world, seen } = worldOf(stored, () => {
      stored["/latch/orders"] = "armed";
      return true;
    });
    await latch.minute([watched("orders")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "armed" });
    expect(seen.published).toEqual([{ application: "orders", engaged: 0 }]);
  });

  test("calls a status from 200 to 399 healthy, and an error or a refused connection not", async () => {
    const server = createServer((incoming, response) => {
      response.statusCode = Number(incoming.url?.slice(1));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const statuses = [200, 204, 302, 399, 400, 404, 503];
    const verdicts = await Promise.all(
      statuses.map((status) => latch.probe(`http://127.0.0.1:${port}/${status}`, request)),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(verdicts).toEqual([true, true, true, true, false, false, false]);
    expect(await latch.probe(`http://127.0.0.1:${port}/200`, request)).toBe(false);
  });
});

test("a deployment package holds each file whole, with its checksum", () => {
  const content = Buffer.from("export const handler = () => {};\n");
  const archive = zipArchive([{ name: "index.mjs", content }]);
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(archive.readUInt32LE(14)).toBe(crc32(content));
  expect(archive.subarray(39, 39 + content.length)).toEqual(content);
  expect(archive.readUInt32LE(archive.readUInt32LE(archive.length - 6))).toBe(0x02014b50);
  expect(zipArchive([{ name: "index.mjs", content }])).toEqual(archive);
});

describe("the deployment package", () => {
  test("is where the function looks for it, and its name is its content", () => {
    const { filename } = only("aws_lambda_function", edge);
    expect(filename).toMatch(/^assets\/[\w-]+\/[0-9a-f]{32}\/archive\.zip$/);
    expect(existsSync(join(folder, "stacks", "edge", String(filename)))).toBe(true);
  });
});
