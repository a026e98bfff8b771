import { App } from "cdktf";
import { environmentSchema } from "../../config/environment";
import { EncryptionKey } from "../../constructs/aws/encryption-key";
import { ingressTlsPolicy } from "../../constructs/aws/network/ingress-load-balancer";
import { PlatformStack } from "../../constructs/aws/platform-stack";
import { PrivateBucket } from "../../constructs/aws/private-bucket";
import { IngressStack } from "../../stacks/ingress";
import { siteOf } from "../../config/site";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { all, type Block, only, type Stack, stackOf, statements, synthesise } from "./synthesised-edge";

const environment = fixtureEnvironment();
const { folder, stacks } = synthesise(environment);

const inStack = (name: string, type: string): Block[] => all(type, { [name]: stackOf(stacks, name) });

describe("every stack", () => {
  test("says where it belongs", () => {
    expect(Object.fromEntries(Object.entries(stacks).map(([name, each]) => [name, each["//"].plimsoll]))).toEqual({
      audit: { environment: "production", layer: "audit", region: "eu-west-1", role: "global" },
      certificates: { environment: "production", layer: "certificates", region: "eu-west-1", role: "global" },
      dns: { environment: "production", layer: "dns", region: "eu-west-1", role: "global" },
      edge: { environment: "production", layer: "edge", region: "eu-west-1", role: "global" },
      "ingress-eu-west-1": { environment: "production", layer: "ingress", region: "eu-west-1", role: "secondary" },
      "ingress-us-east-1": { environment: "production", layer: "ingress", region: "us-east-1", role: "primary" },
      "state-eu-west-1": { environment: "production", layer: "state", region: "us-west-2", role: "secondary" },
      "state-us-east-1": { environment: "production", layer: "state", region: "us-west-2", role: "primary" },
    });
  });

  test("keeps its state locked, encrypted and outside both regions, also of the stacks that make the buckets", () => {
    for (const [
      name,
      {
        terraform,
        "//": { plimsoll },
      },
    ] of Object.entries(stacks)) {
      const region = plimsoll["role"] === "primary" ? "us-east-1" : "eu-west-1";
      expect(terraform.backend).toEqual({
        s3: {
          bucket: `acme-production-state-${region}-210987654321`,
          key: `${name}.tfstate`,
          region: "us-west-2",
          encrypt: true,
          use_lockfile: true,
          kms_key_id: `arn:aws:kms:us-west-2:210987654321:alias/acme-production-state-${region}`,
        },
      });
    }
  });

  test("the buckets and aliases that backends name are the ones that the state stacks make", () => {
    const backends = Object.values(stacks).flatMap((each) =>
      each.terraform.backend["s3"] ? [each.terraform.backend["s3"]] : [],
    );
    const states = { a: stackOf(stacks, "state-us-east-1"), b: stackOf(stacks, "state-eu-west-1") };
    const [buckets, aliases] = [
      all("aws_s3_bucket", states).map((each) => each["bucket"]),
      all("aws_kms_alias", states).map((each) => each["name"]),
    ];
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
          allowed_account_ids: ["210987654321"],
          default_tags: [
            {
              tags: {
                owner: "operations",
                environment: "production",
                "cost-centre": "cc-2000",
                "managed-by": "plimsoll",
                stack: name,
              },
            },
          ],
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
      for (const byName of Object.values(each.resource))
        for (const resource of Object.values(byName)) expect(resource).not.toHaveProperty("region");
    }
  });

  test("is the same in another folder", () => {
    expect(JSON.stringify(synthesise(environment).stacks)).toBe(JSON.stringify(stacks));
  });

  test("locally reaches an emulator, keeps its state in S3 as everywhere and protects nothing", () => {
    const emulated = synthesise(fixtureEnvironment("local")).stacks;
    for (const [name, each] of Object.entries(emulated)) {
      expect(each.terraform.backend).toMatchObject({ s3: { key: `${name}.tfstate`, use_lockfile: true } });
      expect(each.terraform.required_providers["aws"]?.["version"]).toBe(">= 5.100.0");
      for (const provider of each.provider.aws) {
        expect(provider).toMatchObject({
          allowed_account_ids: ["000000000000"],
          skip_credentials_validation: true,
          skip_metadata_api_check: "true",
          s3_use_path_style: true,
        });
        // With it the provider knows no account, and allows none.
        expect(provider).not.toHaveProperty("skip_requesting_account_id");
      }
      expect(JSON.stringify(each)).not.toContain("prevent_destroy");
      expect(JSON.stringify(each)).not.toMatch(/https?:\/\/(localhost|127)/);
    }
    expect(all("aws_s3_bucket", emulated).map((bucket) => bucket["force_destroy"])).toEqual([true, true, true]);
  });
});

describe("data at rest", () => {
  test("what cannot be made again has a fixed address and refuses destruction", () => {
    const types = ["aws_kms_key", "aws_s3_bucket", "aws_route53_zone"];
    for (const resource of types.flatMap((type) => all(type, stacks)))
      expect(resource["lifecycle"]).toEqual({ prevent_destroy: true });
    const addresses = Object.entries(stacks).flatMap(([name, each]) =>
      types.flatMap((type) => Object.keys(each.resource[type] ?? {}).map((id) => `${name}: ${type}.${id}`)),
    );
    expect(addresses.sort()).toEqual([
      "audit: aws_kms_key.key_key",
      "audit: aws_s3_bucket.trail_log_bucket",
      "dns: aws_route53_zone.zone",
      "edge: aws_kms_key.key_key",
      "ingress-eu-west-1: aws_s3_bucket.access_logs_bucket",
      "ingress-us-east-1: aws_s3_bucket.access_logs_bucket",
      "state-eu-west-1: aws_kms_key.key_key",
      "state-eu-west-1: aws_s3_bucket.state_bucket",
      "state-us-east-1: aws_kms_key.key_key",
      "state-us-east-1: aws_s3_bucket.state_bucket",
    ]);
  });

  test("every key rotates, and gives all its rights to the account alone", () => {
    for (const key of all("aws_kms_key", stacks)) {
      expect(key).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 30 });
      for (const statement of statements(key)) {
        const wild = JSON.stringify(statement["Action"]).includes("*");
        if (wild) expect(statement["Principal"]).toEqual({ AWS: "arn:aws:iam::210987654321:root" });
        else expect(statement["Condition"]).toBeDefined();
      }
    }
  });

  test("every bucket is private, versioned, encrypted, reached by TLS alone, and has a lifecycle", () => {
    const buckets = all("aws_s3_bucket", stacks).length;
    const each = (type: string, expected: Block) => {
      expect(all(type, stacks)).toHaveLength(buckets);
      for (const block of all(type, stacks)) expect(block).toMatchObject(expected);
    };
    each("aws_s3_bucket_public_access_block", {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    each("aws_s3_bucket_versioning", { versioning_configuration: { status: "Enabled" } });
    each("aws_s3_bucket_ownership_controls", { rule: { object_ownership: "BucketOwnerEnforced" } });
    each("aws_s3_bucket_server_side_encryption_configuration", { rule: [{}] });
    // With our key, but for the two that load balancers write to: they cannot use it.
    const algorithms = all("aws_s3_bucket_server_side_encryption_configuration", stacks).map(
      (block) => /"sse_algorithm":"([^"]+)"/.exec(JSON.stringify(block))?.[1],
    );
    expect(algorithms.filter((one) => one === "AES256")).toHaveLength(2);
    expect(algorithms.filter((one) => one === "aws:kms")).toHaveLength(buckets - 2);
    each("aws_s3_bucket_lifecycle_configuration", {
      rule: [{ status: "Enabled", abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }] }],
    });
    expect(all("aws_s3_bucket_policy", stacks)).toHaveLength(buckets);
    for (const policy of all("aws_s3_bucket_policy", stacks))
      expect(statements(policy)[0]).toMatchObject({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
  });

  test("every log group is encrypted and ends", () => {
    expect(all("aws_cloudwatch_log_group", stacks)).toHaveLength(3);
    for (const group of all("aws_cloudwatch_log_group", stacks))
      expect(group).toMatchObject({
        retention_in_days: 365,
        kms_key_id: expect.stringMatching(/^(arn:aws:kms|\$\{aws_kms_key)/),
      });
  });
});

describe("options that a stack may ask for", () => {
  class ExampleStack extends PlatformStack {
    constructor(scope: App) {
      super(scope, "example", {
        environment,
        layer: "application",
        region: "us-east-1",
        role: "primary",
        application: "orders",
      });
      const replicas = [{ region: "eu-west-1", provider: this.providerOf("eu-west-1") }];
      const key = new EncryptionKey(this, "key", { name: "example", description: "Example", environment, replicas });
      new PrivateBucket(this, "backups", {
        bucketName: "example-backups",
        environment,
        keyArn: key.arn,
        noncurrentDays: 30,
        expirationDays: 60,
        objectLockDays: 30,
      });
    }
  }
  const example = new ExampleStack(new App({ outdir: folder })).toTerraform() as Stack;

  test("a stack of an application says whose it is", () => {
    expect(example["//"].plimsoll).toEqual({
      environment: "production",
      layer: "application",
      region: "us-east-1",
      role: "primary",
      application: "orders",
    });
  });

  test("a key for two regions has a replica with the same protection and alias in the other", () => {
    expect(all("aws_kms_key", { example })).toEqual([expect.objectContaining({ multi_region: true })]);
    expect(example.resource["aws_kms_replica_key"]).toEqual({
      key_replica_eu_west_1: expect.objectContaining({
        provider: "aws.eu-west-1",
        primary_key_arn: "${aws_kms_key.key_key.arn}",
        deletion_window_in_days: 30,
        lifecycle: { prevent_destroy: true },
      }),
    });
    expect(all("aws_kms_alias", { example }).map(({ name, provider }) => [name, provider])).toEqual([
      ["alias/example", undefined],
      ["alias/example", "aws.eu-west-1"],
    ]);
  });

  test("a locked bucket refuses deletion for as long as it was asked to, and forgets afterwards", () => {
    expect(all("aws_s3_bucket", { example })).toEqual([
      expect.objectContaining({ object_lock_enabled: true, force_destroy: false }),
    ]);
    expect(all("aws_s3_bucket_object_lock_configuration", { example })).toEqual([
      expect.objectContaining({ rule: { default_retention: { mode: "GOVERNANCE", days: 30 } } }),
    ]);
    expect(all("aws_s3_bucket_lifecycle_configuration", { example })).toEqual([
      expect.objectContaining({
        rule: [
          expect.objectContaining({
            expiration: [{ days: 60 }],
            noncurrent_version_expiration: [{ noncurrent_days: 30 }],
          }),
        ],
      }),
    ]);
  });
});

describe("audit", () => {
  test("records all regions with digests, and no reads of objects", () => {
    expect(only("aws_cloudtrail", stackOf(stacks, "audit"))).toMatchObject({
      is_multi_region_trail: true,
      enable_log_file_validation: true,
      include_global_service_events: true,
      kms_key_id: "${aws_kms_key.key_key.arn}",
    });
    expect(only("aws_cloudtrail", stackOf(stacks, "audit"))).not.toHaveProperty("event_selector");
  });

  test("detects threats in both regions, with the audit logs of the clusters", () => {
    expect(inStack("audit", "aws_guardduty_detector").map((detector) => detector["provider"])).toEqual([
      undefined,
      "aws.us-east-1",
    ]);
    const features = inStack("audit", "aws_guardduty_detector_feature").map(({ name, status, provider }) => [
      name,
      status,
      provider,
    ]);
    const [off, on] = [
      features.filter(([, status]) => status === "DISABLED"),
      features.filter(([, status]) => status === "ENABLED"),
    ];
    expect(on).toEqual([
      ["EKS_AUDIT_LOGS", "ENABLED", undefined],
      ["EKS_AUDIT_LOGS", "ENABLED", "aws.us-east-1"],
    ]);
    expect(off.map(([name]) => name).sort()).toEqual(
      ["EBS_MALWARE_PROTECTION", "LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS"].flatMap((name) => [
        name,
        name,
      ]),
    );
  });

  test("tells the owner at 80 % spent and when the forecast exceeds the budget", () => {
    const mail = {
      comparison_operator: "GREATER_THAN",
      threshold_type: "PERCENTAGE",
      subscriber_email_addresses: ["operations@acme.example"],
    };
    expect(only("aws_budgets_budget", stackOf(stacks, "audit"))).toMatchObject({
      limit_amount: "2600",
      limit_unit: "USD",
      time_unit: "MONTHLY",
      notification: [
        { ...mail, notification_type: "ACTUAL", threshold: 80 },
        { ...mail, notification_type: "FORECASTED", threshold: 100 },
      ],
    });
  });
});

describe("certificates", () => {
  test("each name has one validation record, whatever the number of regions", () => {
    const names = inStack("certificates", "aws_acm_certificate")
      .map(({ domain_name, provider }) => `${String(domain_name)} ${String(provider)}`)
      .sort();
    expect(names).toEqual([
      "*.acme.example aws.eu-west-1",
      "*.acme.example aws.us-east-1",
      "*.eu-west-1.acme.example aws.eu-west-1",
      "*.us-east-1.acme.example aws.us-east-1",
    ]);
    expect(inStack("certificates", "aws_route53_record")).toHaveLength(3);
    expect(inStack("certificates", "aws_acm_certificate_validation")).toHaveLength(4);
    for (const record of inStack("certificates", "aws_route53_record"))
      expect(record).not.toHaveProperty("allow_overwrite");
  });
});

describe.each(["us-east-1", "eu-west-1"])("ingress of %s", (region) => {
  const name = `ingress-${region}`;

  test("serves TLS 1.3 with post-quantum key exchange, and TLS 1.2 for Route 53's checkers", () => {
    expect(ingressTlsPolicy).toBe("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09");
    const listeners = inStack(name, "aws_lb_listener");
    expect(listeners.map((listener) => [listener["port"], listener["protocol"], listener["ssl_policy"]])).toEqual([
      [80, "HTTP", undefined],
      [443, "HTTPS", ingressTlsPolicy],
    ]);
    expect(listeners[0]?.["default_action"]).toEqual([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } },
    ]);
    expect(listeners[1]?.["default_action"]).toEqual([
      expect.objectContaining({
        type: "fixed-response",
        fixed_response: expect.objectContaining({ status_code: "404" }),
      }),
    ]);
    expect(inStack(name, "aws_lb_listener_certificate")).toHaveLength(1);
  });

  test("drops malformed headers and cannot be deleted by accident", () => {
    const balancer = only("aws_lb", stackOf(stacks, name));
    expect(balancer).toMatchObject({
      internal: false,
      drop_invalid_header_fields: true,
      enable_deletion_protection: true,
    });
    expect(String(balancer["name"]).length).toBeLessThanOrEqual(32);
  });

  test("takes only HTTP and HTTPS in, and sends only to the pods' ports", () => {
    expect(
      inStack(name, "aws_vpc_security_group_ingress_rule")
        .filter((rule) => rule["security_group_id"] !== "sg-0123456789abcdef0")
        .map((rule) => [rule["cidr_ipv4"], rule["from_port"], rule["to_port"]]),
    ).toEqual([
      ["0.0.0.0/0", 443, 443],
      ["0.0.0.0/0", 80, 80],
    ]);
    const { cidr } = environment.regions[region === "us-east-1" ? "primary" : "secondary"];
    expect(
      inStack(name, "aws_vpc_security_group_egress_rule").map((rule) => [
        rule["cidr_ipv4"],
        rule["from_port"],
        rule["to_port"],
      ]),
    ).toEqual([
      [cidr, 3000, 3000],
      [cidr, 8080, 8080],
    ]);
  });

  test("opens the nodes to itself alone, once for each port", () => {
    const rules = inStack(name, "aws_vpc_security_group_ingress_rule").filter(
      (rule) => rule["security_group_id"] === "sg-0123456789abcdef0",
    );
    expect(rules.map((rule) => rule["from_port"]).sort()).toEqual([3000, 8080]);
    for (const rule of rules)
      expect(rule).toMatchObject({
        referenced_security_group_id: expect.stringContaining("aws_security_group.") as unknown,
      });
  });

  test("has a firewall with a rate limit for each address", () => {
    expect(only("aws_wafv2_web_acl_association", stackOf(stacks, name))).toMatchObject({
      resource_arn: expect.stringMatching(/^\$\{aws_lb\./),
    });
    expect(
      (only("aws_wafv2_web_acl", stackOf(stacks, name))["rule"] as Block[]).map((rule) => rule["statement"]),
    ).toEqual([
      { rate_based_statement: { limit: 10000, aggregate_key_type: "IP" } },
      { managed_rule_group_statement: expect.objectContaining({ name: "AWSManagedRulesCommonRuleSet" }) },
      { managed_rule_group_statement: expect.objectContaining({ name: "AWSManagedRulesKnownBadInputsRuleSet" }) },
    ]);
  });
});

test("the longest organisation and environment fit a load balancer's name, and one more character is refused", () => {
  const longest = {
    ...environmentSchema.parse({ ...environment, organisation: "abcdefghijkl" }),
    name: "development" as const,
  };
  const ingress = (organisation: string) =>
    new IngressStack(new App({ outdir: folder }), siteOf({ ...longest, organisation }, "primary"), {
      vpcId: "vpc-1",
      publicSubnetIds: [],
      certificateArns: ["arn"],
      targetCidrs: [],
      targetPorts: [],
      bodyExceptions: [],
      nodeSecurityGroupId: "sg-0",
      logKeyArn: "arn",
    });
  expect(() => ingress("abcdefghijkl")).not.toThrow();
  expect(() => ingress("abcdefghijklm")).toThrow("has 33 characters; AWS takes at most 32");
});
