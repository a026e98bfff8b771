import { App } from "cdktf";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Environment, environmentSchema, regionRoles } from "../../config/environment";
import { local } from "../../config/environments/local";
import { production } from "../../config/environments/production";
import { ingressTlsPolicy } from "../../constructs/aws/ingress-load-balancer";
import { AuditStack } from "../../stacks/audit";
import { CertificatesStack } from "../../stacks/certificates";
import { DnsStack } from "../../stacks/dns";
import { EdgeStack } from "../../stacks/edge";
import { IngressStack } from "../../stacks/ingress";
import { siteOf } from "../../stacks/site";
import { StateStack } from "../../stacks/state";

type Block = Record<string, unknown>;
interface Stack {
  readonly "//": { readonly plimsoll: Block };
  readonly terraform: { readonly backend: Record<string, Block>; readonly required_providers: Record<string, Block> };
  readonly provider: { readonly aws: Block[] };
  readonly resource: Record<string, Record<string, Block>>;
}

/** Synthesises every stack of the edge as the platform wires them, into a folder of its own. */
function synthesise(environment: Environment): { folder: string; stacks: Record<string, Stack> } {
  const folder = mkdtempSync(join(tmpdir(), "edge test "));
  const app = new App({ outdir: folder });
  for (const role of regionRoles) new StateStack(app, { environment, role });
  new AuditStack(app, environment);
  const dns = new DnsStack(app, environment);
  const certificates = new CertificatesStack(app, { environment, zoneId: dns.zoneId });
  const [primary, secondary] = regionRoles.map((role) => new IngressStack(app, siteOf(environment, role), {
    vpcId: "vpc-0123456789abcdef0", publicSubnetIds: ["subnet-0000000a", "subnet-0000000b", "subnet-0000000c"],
    certificateArns: certificates.certificateArns[role], targetCidrs: [environment.regions[role].cidr], targetPorts: [8080, 3000],
    logKeyArn: `arn:aws:kms:${environment.regions[role].name}:${environment.accountId}:key/logs`,
  }).loadBalancer);
  if (!primary || !secondary) throw new Error("an environment has two regions");
  new EdgeStack(app, {
    environment, zoneId: dns.zoneId, loadBalancers: { primary, secondary },
    endpoints: [{ application: "orders", healthPath: "/health" }, { application: "ci-failure-agent", healthPath: "/ready" }],
  });
  app.synth();
  const names = readdirSync(join(folder, "stacks")).sort();
  return { folder, stacks: Object.fromEntries(names.map((name) => [name, JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as Stack])) };
}

const environment = environmentSchema.parse(production);
const { folder, stacks } = synthesise(environment);

const stack = (name: string): Stack => {
  const found = stacks[name];
  if (!found) throw new Error(`no stack ${name} among ${Object.keys(stacks).join(", ")}`);
  return found;
};
const all = (type: string, from: Record<string, Stack> = stacks): Block[] => Object.values(from).flatMap((each) => Object.values(each.resource[type] ?? {}));
const inStack = (name: string, type: string): Block[] => all(type, { [name]: stack(name) });
const only = (name: string, type: string): Block => {
  const [first, ...rest] = inStack(name, type);
  if (!first || rest.length > 0) throw new Error(`${name} has ${rest.length + (first ? 1 : 0)} ${type}, not one`);
  return first;
};
const statements = (block: Block): Block[] => (JSON.parse(String(block["policy"])) as { Statement: Block[] }).Statement;

describe("every stack", () => {
  test("says where it belongs", () => {
    expect(Object.fromEntries(Object.entries(stacks).map(([name, each]) => [name, each["//"].plimsoll]))).toEqual({
      "audit": { environment: "production", layer: "audit", region: "eu-west-1", role: "global" },
      "certificates": { environment: "production", layer: "certificates", region: "eu-west-1", role: "global" },
      "dns": { environment: "production", layer: "dns", region: "eu-west-1", role: "global" },
      "edge": { environment: "production", layer: "edge", region: "eu-west-1", role: "global" },
      "ingress-eu-west-1": { environment: "production", layer: "ingress", region: "eu-west-1", role: "secondary" },
      "ingress-us-east-1": { environment: "production", layer: "ingress", region: "us-east-1", role: "primary" },
      "state-eu-west-1": { environment: "production", layer: "state", region: "us-west-2", role: "secondary" },
      "state-us-east-1": { environment: "production", layer: "state", region: "us-west-2", role: "primary" },
    });
  });

  test("keeps its state locked, encrypted and outside both regions, except the stacks that make the buckets", () => {
    for (const [name, { terraform, "//": { plimsoll } }] of Object.entries(stacks)) {
      if (plimsoll["layer"] === "state") {
        expect(terraform.backend).toEqual({ local: { path: `../../../terraform.production.${name}.tfstate` } });
        continue;
      }
      const region = plimsoll["role"] === "primary" ? "us-east-1" : "eu-west-1";
      expect(terraform.backend).toEqual({ s3: {
        bucket: `plimsoll-production-state-${region}-111122223333`, key: `${name}.tfstate`, region: "us-west-2", encrypt: true, use_lockfile: true,
        kms_key_id: `arn:aws:kms:us-west-2:111122223333:alias/plimsoll-production-state-${region}`,
      } });
    }
  });

  test("the buckets and aliases that backends name are the ones that the state stacks make", () => {
    const backends = Object.values(stacks).flatMap((each) => (each.terraform.backend["s3"] ? [each.terraform.backend["s3"]] : []));
    const states = { a: stack("state-us-east-1"), b: stack("state-eu-west-1") };
    const [buckets, aliases] = [all("aws_s3_bucket", states).map((each) => each["bucket"]), all("aws_kms_alias", states).map((each) => each["name"])];
    for (const backend of backends) {
      expect(buckets).toContain(backend["bucket"]);
      expect(aliases).toContain(String(backend["kms_key_id"]).split(":").pop());
    }
    expect(buckets).toHaveLength(2);
  });

  test("works in its own account and region only, and tags what it makes", () => {
    for (const [name, each] of Object.entries(stacks))
      for (const provider of each.provider.aws) {
        expect(provider).toMatchObject({
          allowed_account_ids: ["111122223333"],
          default_tags: [{ tags: { owner: "platform-team", environment: "production", "cost-centre": "cc-1000", "managed-by": "plimsoll", stack: name } }],
        });
        expect(provider["region"]).toBe(provider["alias"] ?? each["//"].plimsoll["region"]);
      }
  });

  test("names no absolute path, no secret and no per-resource region", () => {
    for (const each of Object.values(stacks)) {
      const text = JSON.stringify(each);
      expect(text).not.toContain(folder);
      expect(text).not.toContain(process.cwd());
      expect(text).not.toMatch(/"(path|filename|source)":"\//);
      expect(text).not.toMatch(/access_key|secret_key/);
      for (const byName of Object.values(each.resource)) for (const resource of Object.values(byName)) expect(resource).not.toHaveProperty("region");
    }
  });

  test("is the same in another folder", () => {
    expect(JSON.stringify(synthesise(environment).stacks)).toBe(JSON.stringify(stacks));
  });

  test("locally reaches an emulator, keeps its state beside itself and protects nothing", () => {
    const emulated = synthesise(environmentSchema.parse(local)).stacks;
    for (const [name, each] of Object.entries(emulated)) {
      expect(each.terraform.backend).toEqual({ local: { path: `../${name}/terraform.tfstate` } });
      expect(each.terraform.required_providers["aws"]?.["version"]).toBe(">= 5.100.0");
      for (const provider of each.provider.aws)
        expect(provider).toMatchObject({ skip_credentials_validation: true, skip_metadata_api_check: "true", skip_requesting_account_id: true, s3_use_path_style: true });
      expect(JSON.stringify(each)).not.toContain("prevent_destroy");
      expect(JSON.stringify(each)).not.toMatch(/https?:\/\/(localhost|127)/);
    }
    expect(all("aws_s3_bucket", emulated).map((bucket) => bucket["force_destroy"])).toEqual([true, true, true]);
  });
});

describe("data at rest", () => {
  test("what cannot be made again has a fixed address and refuses destruction", () => {
    const types = ["aws_kms_key", "aws_s3_bucket", "aws_route53_zone"];
    for (const resource of types.flatMap((type) => all(type))) expect(resource["lifecycle"]).toEqual({ prevent_destroy: true });
    const addresses = Object.entries(stacks).flatMap(([name, each]) => types.flatMap((type) => Object.keys(each.resource[type] ?? {}).map((id) => `${name}: ${type}.${id}`)));
    expect(addresses.sort()).toEqual([
      "audit: aws_kms_key.key_key", "audit: aws_s3_bucket.trail_log_bucket", "dns: aws_route53_zone.zone", "edge: aws_kms_key.key_key",
      "state-eu-west-1: aws_kms_key.key_key", "state-eu-west-1: aws_s3_bucket.state_bucket",
      "state-us-east-1: aws_kms_key.key_key", "state-us-east-1: aws_s3_bucket.state_bucket",
    ]);
  });

  test("every key rotates, and gives all its rights to the account alone", () => {
    for (const key of all("aws_kms_key")) {
      expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
      for (const statement of statements(key)) {
        const wild = JSON.stringify(statement["Action"]).includes("*");
        if (wild) expect(statement["Principal"]).toEqual({ AWS: "arn:aws:iam::111122223333:root" });
        else expect(statement["Condition"]).toBeDefined();
      }
    }
  });

  test("every bucket is private, versioned, encrypted with our key, reached by TLS alone, and has a lifecycle", () => {
    const buckets = all("aws_s3_bucket").length;
    const each = (type: string, expected: Block) => {
      expect(all(type)).toHaveLength(buckets);
      for (const block of all(type)) expect(block).toMatchObject(expected);
    };
    each("aws_s3_bucket_public_access_block", { block_public_acls: true, block_public_policy: true, ignore_public_acls: true, restrict_public_buckets: true });
    each("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    each("aws_s3_bucket_ownership_controls", { rule: { object_ownership: "BucketOwnerEnforced" } });
    each("aws_s3_bucket_server_side_encryption_configuration", { rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" } }] });
    each("aws_s3_bucket_lifecycle_configuration", { rule: [{ status: "Enabled", abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] }] });
    expect(all("aws_s3_bucket_policy")).toHaveLength(buckets);
    for (const policy of all("aws_s3_bucket_policy"))
      expect(statements(policy)[0]).toMatchObject({ Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  });

  test("every log group is encrypted and ends", () => {
    expect(all("aws_cloudwatch_log_group")).toHaveLength(3);
    for (const group of all("aws_cloudwatch_log_group")) expect(group).toMatchObject({ retention_in_days: 365, kms_key_id: expect.stringMatching(/^(arn:aws:kms|\$\{aws_kms_key)/) });
  });
});

describe("audit", () => {
  test("records all regions with digests, and no reads of objects", () => {
    expect(only("audit", "aws_cloudtrail")).toMatchObject({ is_multi_region_trail: true, enable_log_file_validation: true, include_global_service_events: true, kms_key_id: "${aws_kms_key.key_key.arn}" });
    expect(only("audit", "aws_cloudtrail")).not.toHaveProperty("event_selector");
  });

  test("detects threats in both regions, with the audit logs of the clusters", () => {
    expect(inStack("audit", "aws_guardduty_detector").map((detector) => detector["provider"])).toEqual([undefined, "aws.us-east-1"]);
    expect(inStack("audit", "aws_guardduty_detector_feature").map(({ name, status, provider }) => [name, status, provider]))
      .toEqual([["EKS_AUDIT_LOGS", "ENABLED", undefined], ["EKS_AUDIT_LOGS", "ENABLED", "aws.us-east-1"]]);
  });

  test("tells the owner at 80 % spent and when the forecast exceeds the budget", () => {
    const mail = { comparison_operator: "GREATER_THAN", threshold_type: "PERCENTAGE", subscriber_email_addresses: ["platform@plimsoll.example"] };
    expect(only("audit", "aws_budgets_budget")).toMatchObject({
      limit_amount: "2000", limit_unit: "USD", time_unit: "MONTHLY",
      notification: [{ ...mail, notification_type: "ACTUAL", threshold: 80 }, { ...mail, notification_type: "FORECASTED", threshold: 100 }],
    });
  });
});

describe("certificates", () => {
  test("each name has one validation record, whatever the number of regions", () => {
    const names = inStack("certificates", "aws_acm_certificate").map(({ domain_name, provider }) => `${String(domain_name)} ${String(provider)}`).sort();
    expect(names).toEqual([
      "*.eu-west-1.plimsoll.example aws.eu-west-1", "*.plimsoll.example aws.eu-west-1", "*.plimsoll.example aws.us-east-1", "*.us-east-1.plimsoll.example aws.us-east-1",
    ]);
    expect(inStack("certificates", "aws_route53_record")).toHaveLength(3);
    expect(inStack("certificates", "aws_acm_certificate_validation")).toHaveLength(4);
    for (const record of inStack("certificates", "aws_route53_record")) expect(record).not.toHaveProperty("allow_overwrite");
  });
});

describe.each(["us-east-1", "eu-west-1"])("ingress of %s", (region) => {
  const name = `ingress-${region}`;

  test("serves TLS 1.3 with post-quantum key exchange, and TLS 1.2 for Route 53's checkers", () => {
    expect(ingressTlsPolicy).toBe("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    const listeners = inStack(name, "aws_lb_listener");
    expect(listeners.map((listener) => [listener["port"], listener["protocol"], listener["ssl_policy"]])).toEqual([[80, "HTTP", undefined], [443, "HTTPS", ingressTlsPolicy]]);
    expect(listeners[0]?.["default_action"]).toEqual([{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } }]);
    expect(listeners[1]?.["default_action"]).toEqual([expect.objectContaining({ type: "fixed-response", fixed_response: expect.objectContaining({ status_code: "404" }) })]);
    expect(inStack(name, "aws_lb_listener_certificate")).toHaveLength(1);
  });

  test("drops malformed headers and cannot be deleted by accident", () => {
    const balancer = only(name, "aws_lb");
    expect(balancer).toMatchObject({ internal: false, drop_invalid_header_fields: true, enable_deletion_protection: true });
    expect(String(balancer["name"]).length).toBeLessThanOrEqual(32);
  });

  test("takes only HTTP and HTTPS in, and sends only to the pods' ports", () => {
    expect(inStack(name, "aws_vpc_security_group_ingress_rule").map((rule) => [rule["cidr_ipv4"], rule["from_port"], rule["to_port"]])).toEqual([["0.0.0.0/0", 443, 443], ["0.0.0.0/0", 80, 80]]);
    const cidr = region === "us-east-1" ? "10.0.0.0/16" : "10.1.0.0/16";
    expect(inStack(name, "aws_vpc_security_group_egress_rule").map((rule) => [rule["cidr_ipv4"], rule["from_port"], rule["to_port"]])).toEqual([[cidr, 3000, 3000], [cidr, 8080, 8080]]);
  });

  test("has a firewall with a rate limit for each address", () => {
    expect(only(name, "aws_wafv2_web_acl_association")).toMatchObject({ resource_arn: expect.stringMatching(/^\$\{aws_lb\./) });
    expect((only(name, "aws_wafv2_web_acl")["rule"] as Block[]).map((rule) => rule["statement"])).toEqual([
      { rate_based_statement: { limit: 10000, aggregate_key_type: "IP" } },
      { managed_rule_group_statement: expect.objectContaining({ name: "AWSManagedRulesCommonRuleSet" }) },
      { managed_rule_group_statement: expect.objectContaining({ name: "AWSManagedRulesKnownBadInputsRuleSet" }) },
    ]);
  });
});

test("the longest organisation and environment fit a load balancer's name, and one more character is refused", () => {
  const longest = { ...environmentSchema.parse({ ...production, organisation: "abcdefghijkl" }), name: "development" as const };
  const ingress = (organisation: string) => new IngressStack(new App({ outdir: folder }), siteOf({ ...longest, organisation }, "primary"), {
    vpcId: "vpc-1", publicSubnetIds: [], certificateArns: ["arn"], targetCidrs: [], targetPorts: [], logKeyArn: "arn",
  });
  expect(() => ingress("abcdefghijkl")).not.toThrow();
  expect(() => ingress("abcdefghijklm")).toThrow("has 33 characters; AWS takes at most 32");
});

describe("failover", () => {
  const records = inStack("edge", "aws_route53_record");
  const checks = Object.fromEntries(Object.entries(stack("edge").resource["aws_route53_health_check"] ?? {}).map(([id, check]) => [`\${aws_route53_health_check.${id}.id}`, check]));

  test("every application has a name in each region and one that moves, all made beforehand", () => {
    expect(records.map(({ name, set_identifier }) => `${String(name)} ${String(set_identifier ?? "regional")}`).sort()).toEqual(["ci-failure-agent", "orders"].flatMap((application) => [
      `${application}.eu-west-1.plimsoll.example regional`, `${application}.plimsoll.example primary`, `${application}.plimsoll.example secondary`, `${application}.us-east-1.plimsoll.example regional`,
    ]));
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
      expect(children[0]).toMatchObject({ type: "HTTPS", fqdn: `${application}.us-east-1.plimsoll.example`, port: 443, enable_sni: true, request_interval: 10, failure_threshold: 3, measure_latency: false });
      expect(children[0]?.["resource_path"]).toBe(application === "orders" ? "/health" : "/ready");
      expect(children[1]).toMatchObject({ type: "CLOUDWATCH_METRIC", cloudwatch_alarm_region: "eu-west-1", insufficient_data_health_status: "LastKnownStatus" });
    }
  });

  test("the secondary answers by its own check", () => {
    for (const record of records.filter((each) => each["set_identifier"] === "secondary"))
      expect(checks[String(record["health_check_id"])]).toMatchObject({ type: "HTTPS", fqdn: String(record["name"]).replace(".plimsoll", ".eu-west-1.plimsoll") });
  });

  test("nothing of the latch lies in the primary's region", () => {
    expect(stack("edge").provider.aws.map((provider) => provider["region"])).toEqual(["eu-west-1"]);
    expect(only("edge", "aws_lambda_function")).toMatchObject({ runtime: "nodejs24.x", handler: "index.handler", timeout: 59 });
  });

  test("the alarm keeps its state without data, and both alarms tell a person", () => {
    const alarms = inStack("edge", "aws_cloudwatch_metric_alarm");
    expect(alarms.map((alarm) => [alarm["treat_missing_data"], alarm["comparison_operator"], alarm["threshold"], alarm["statistic"]])).toEqual([
      ["ignore", "GreaterThanOrEqualToThreshold", 1, "Maximum"], ["ignore", "GreaterThanOrEqualToThreshold", 1, "Maximum"], ["breaching", "LessThanThreshold", 1, "SampleCount"],
    ]);
    for (const alarm of alarms) expect(alarm["alarm_actions"]).toEqual([expect.stringMatching(/^\$\{aws_sns_topic\./)]);
    expect(only("edge", "aws_sns_topic_subscription")).toMatchObject({ protocol: "email", endpoint: "platform@plimsoll.example" });
  });

  test("the function may only publish its metric, read and write its parameters, and write its own log", () => {
    const [metric, parameters, logs, ...others] = statements(only("edge", "aws_iam_role_policy"));
    expect(metric).toEqual({ Effect: "Allow", Action: ["cloudwatch:PutMetricData"], Resource: "*", Condition: { StringEquals: { "cloudwatch:namespace": "Plimsoll/Failover" } } });
    expect(parameters?.["Resource"]).toEqual(Object.keys(stack("edge").resource["aws_ssm_parameter"] ?? {}).map((id) => `\${aws_ssm_parameter.${id}.arn}`));
    expect(logs?.["Resource"]).toMatch(/^\$\{aws_cloudwatch_log_group\.[^}]+\.arn\}:\*$/);
    expect(others).toEqual([]);
  });

  test("the latch counts for as long as Route 53 does", () => {
    const rounds = (intervalSeconds: 10 | 30) => {
      const app = new App({ outdir: mkdtempSync(join(tmpdir(), "edge-")) });
      const alias = { dnsName: "alb.example", zoneId: "Z1" };
      const edge = new EdgeStack(app, {
        environment: { ...environment, failover: { ...environment.failover, healthCheckIntervalSeconds: intervalSeconds } },
        zoneId: "Z2", loadBalancers: { primary: alias, secondary: alias }, endpoints: [{ application: "orders", healthPath: "/" }],
      });
      return JSON.stringify(edge.toTerraform()).match(/"FAILED_ROUNDS":"(\d+)"/)?.[1];
    };
    expect([rounds(10), rounds(30)]).toEqual(["3", "9"]);
  });

  test("a latch is asked for an application that it has", () => {
    const edge = new EdgeStack(new App({ outdir: folder }), {
      environment, zoneId: "Z", loadBalancers: { primary: { dnsName: "a", zoneId: "Z" }, secondary: { dnsName: "b", zoneId: "Z" } }, endpoints: [{ application: "orders", healthPath: "/" }],
    });
    expect(() => edge.latch.healthCheckId("basket")).toThrow("edge/failback-latch has no latch for basket, only for orders");
  });
});

describe("the deployment package", () => {
  test("is where the function looks for it, and its name is its content", () => {
    const { filename } = only("edge", "aws_lambda_function");
    expect(filename).toMatch(/^assets\/[\w-]+\/[0-9a-f]{32}\/archive\.zip$/);
    expect(existsSync(join(folder, "stacks", "edge", String(filename)))).toBe(true);
  });
});
