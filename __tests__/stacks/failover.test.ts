import { App } from "cdktf";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { zipArchive } from "../../constructs/aws/functions/zip-archive";
import { EdgeStack } from "../../stacks/edge";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { loadFunction } from "./deployed-function";
import { all, only, stackOf, statements, synthesise, stubDelivery } from "./synthesised-edge";

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

  test("the secondary answers by its own check, and whatever that says while the latch is engaged", () => {
    for (const record of records.filter((each) => each["set_identifier"] === "secondary")) {
      const servable = checks[String(record["health_check_id"])];
      expect(servable).toMatchObject({ type: "CALCULATED", child_health_threshold: 1 });
      const children = (servable?.["child_healthchecks"] as string[]).map((id) => checks[id]);
      expect(children).toMatchObject([
        { type: "HTTPS", fqdn: String(record["name"]).replace(".acme", ".eu-west-1.acme") },
        { type: "CLOUDWATCH_METRIC", invert_healthcheck: true, insufficient_data_health_status: "LastKnownStatus" },
      ]);
    }
  });

  test("nothing of the latch lies in the primary's region", () => {
    expect(edge.provider.aws.map((provider) => provider["region"])).toEqual(["eu-west-1"]);
    expect(only("aws_lambda_function", edge)).toMatchObject({
      runtime: "nodejs24.x",
      handler: "index.handler",
      timeout: 30,
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
    expect(all("aws_sns_topic_subscription", { edge })).toMatchObject([
      { protocol: "email", endpoint: "operations@acme.example" },
      { protocol: "lambda", endpoint: stubDelivery.functionArn },
    ]);
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

  test("the latch engages after five minutes, by the names that Route 53 answers", () => {
    const { variables } = only("aws_lambda_function", edge)["environment"] as { variables: Record<string, string> };
    expect(variables["ENGAGE_AFTER_MINUTES"]).toBe("5");
    expect(JSON.parse(variables["ENDPOINTS"] ?? "")).toContainEqual({
      name: "orders",
      parameter: "/failback-latch/acme-production/orders",
      host: "orders.acme.example",
      primary: "orders.us-east-1.acme.example",
      secondary: "orders.eu-west-1.acme.example",
    });
  });

  test("a latch is asked for an application that it has", () => {
    const stack = new EdgeStack(new App({ outdir: folder }), {
      environment,
      zoneId: "Z",
      delivery: stubDelivery,
      loadBalancers: { primary: { dnsName: "a", zoneId: "Z" }, secondary: { dnsName: "b", zoneId: "Z" } },
      endpoints: [{ application: "orders", healthPath: "/" }],
    });
    expect(() => stack.latch.healthChecks("basket")).toThrow(
      "edge/failback-latch has no latch for basket, only for orders",
    );
  });
});

type Served = "primary" | "secondary" | "unknown";
interface Latch {
  state: string;
  minutes: number;
}
interface Watched {
  name: string;
  parameter: string;
  host: string;
  primary: string;
  secondary: string;
}
interface World {
  read(names: string[]): Promise<Record<string, string>>;
  write(name: string, value: string): Promise<void>;
  publish(values: { application: string; engaged: number }[]): Promise<void>;
  resolve(name: string): Promise<string[]>;
}
interface LatchFunction {
  advance(latch: Latch, served: Served, threshold: number): Latch;
  parse(value: string): Latch;
  format(latch: Latch): string;
  servedRegion(names: Pick<Watched, "host" | "primary" | "secondary">, resolve: World["resolve"]): Promise<Served>;
  minute(applications: Watched[], threshold: number, world: World): Promise<unknown>;
}

describe("the failback latch's function", () => {
  const latch = loadFunction<LatchFunction>("failback-latch/index.mjs");

  const run = (value: string, served: Served[], threshold = 3) =>
    latch.format(served.reduce((state, one) => latch.advance(state, one, threshold), latch.parse(value)));

  test("engages at the threshold and not one minute before", () => {
    expect(run("armed", ["secondary", "secondary"])).toBe("armed:2");
    expect(run("armed", ["secondary", "secondary", "secondary"])).toBe("engaged");
    expect(run("armed:2", ["secondary"])).toBe("engaged");
  });

  test("starts over when the primary is served in between, and ignores minutes without an answer", () => {
    expect(run("armed", ["secondary", "secondary", "primary", "secondary"])).toBe("armed:1");
    expect(run("armed:2", ["unknown", "unknown"])).toBe("armed:2");
  });

  test("stays engaged whatever is served", () => {
    expect(
      run(
        "engaged",
        Array.from({ length: 50 }, () => "primary" as const),
      ),
    ).toBe("engaged");
  });

  test("does not engage before the primary was ever served", () => {
    expect(run("waiting", ["secondary", "secondary", "secondary", "secondary"])).toBe("waiting");
    expect(run("waiting", ["primary"])).toBe("armed");
  });

  test("treats an unreadable value as armed", () => {
    expect(
      ["", "release", "armed:x", "armed:-1", " engaged\n"].map((value) => latch.format(latch.parse(value))),
    ).toEqual(["armed", "armed", "armed", "armed", "engaged"]);
  });

  const watched = (name: string): Watched => ({
    name,
    parameter: `/latch/${name}`,
    host: name,
    primary: `${name}.primary`,
    secondary: `${name}.secondary`,
  });
  const addresses: Record<string, string[]> = { primary: ["192.0.2.1", "192.0.2.2"], secondary: ["198.51.100.1"] };
  /** DNS in which each name leads to the region given. */
  const dns = (served: Record<string, string>) => async (name: string) => {
    const region = name.split(".")[1] ?? served[name] ?? "";
    const found = addresses[region];
    if (!found) throw new Error("ENOTFOUND");
    return found;
  };

  test.each([
    ["primary", { orders: "primary" }],
    ["secondary", { orders: "secondary" }],
    ["unknown", {}],
  ] as const)("reads %s out of the answers", async (served, names) => {
    expect(await latch.servedRegion(watched("orders"), dns(names))).toBe(served);
  });

  test("reads unknown out of answers that fit both regions or neither", async () => {
    expect(await latch.servedRegion(watched("orders"), async () => ["192.0.2.1"])).toBe("unknown");
    expect(await latch.servedRegion(watched("orders"), async (name) => [name])).toBe("unknown");
  });

  const worldOf = (stored: Record<string, string>, resolve: World["resolve"]) => {
    const published: { application: string; engaged: number }[] = [];
    const world: World = {
      read: async (names) => Object.fromEntries(names.map((name) => [name, stored[name] ?? ""])),
      write: async (name, value) => {
        stored[name] = value;
      },
      publish: async (values) => {
        published.push(...values);
      },
      resolve,
    };
    return { world, published };
  };

  test("publishes 1 for the application that failed over and 0 for the other, and remembers it", async () => {
    const stored = { "/latch/orders": "armed:2", "/latch/basket": "armed" };
    const { world, published } = worldOf(stored, dns({ orders: "secondary", basket: "primary" }));
    await latch.minute([watched("orders"), watched("basket")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "engaged", "/latch/basket": "armed" });
    expect(published).toEqual([
      { application: "orders", engaged: 1 },
      { application: "basket", engaged: 0 },
    ]);
  });

  test("publishes although the parameter cannot be written, and fails then", async () => {
    const { world, published } = worldOf({ "/latch/orders": "armed:2" }, dns({ orders: "secondary" }));
    world.write = async () => {
      throw new Error("throttled");
    };
    await expect(latch.minute([watched("orders")], 3, world)).rejects.toThrow("published but not stored");
    expect(published).toEqual([{ application: "orders", engaged: 1 }]);
  });

  test("obeys a person who writes while it looks", async () => {
    const stored: Record<string, string> = { "/latch/orders": "engaged" };
    const { world, published } = worldOf(stored, async (name) => {
      stored["/latch/orders"] = "armed";
      return dns({ orders: "secondary" })(name);
    });
    await latch.minute([watched("orders")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "armed" });
    expect(published).toEqual([{ application: "orders", engaged: 0 }]);
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
    expect(filename).toMatch(/^assets\/[\w-]+\/[0-9a-f]{32}\/([\w-]+\/)?index\.handler\.zip$/);
    expect(existsSync(join(folder, "stacks", "edge", String(filename)))).toBe(true);
  });
});
