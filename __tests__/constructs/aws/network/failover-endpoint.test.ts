import { FailoverEndpoint } from "../../../../constructs/aws/network/failover-endpoint";
import { fixtureEnvironment } from "../../../fixtures/platform/environments";
import { Made } from "../../empty-stack";

describe("the name of an application in two regions", () => {
  const environment = fixtureEnvironment();
  const made = new Made(
    (stack) =>
      new FailoverEndpoint(stack, "shop", {
        environment,
        application: "shop",
        healthPath: "/up",
        zoneId: "Z1",
        loadBalancers: {
          primary: { dnsName: "one.elb", zoneId: "ZA" },
          secondary: { dnsName: "two.elb", zoneId: "ZB" },
        },
        latch: { released: "latch", engaged: "held" },
      }),
  );
  const checks = made.all("aws_route53_health_check");
  const records = made.all("aws_route53_record");
  const calculated = (reference: string) =>
    checks.find(({ type, reference_name }) => type === "CALCULATED" && reference_name === reference);

  it("is a failover pair beside one name for each region, none of which asks the targets' health", () => {
    expect(records.map(({ name, failover_routing_policy }) => [name, failover_routing_policy])).toEqual(
      expect.arrayContaining([
        ["shop.us-east-1.acme.example", undefined],
        ["shop.eu-west-1.acme.example", undefined],
        ["shop.acme.example", { type: "PRIMARY" }],
        ["shop.acme.example", { type: "SECONDARY" }],
      ]),
    );
    expect(records).toHaveLength(4);
    for (const { alias } of records) expect(alias).toMatchObject({ evaluate_target_health: false });
  });

  it("checks each region by its own name as the environment says", () => {
    const endpoints = checks.filter(({ type }) => type === "HTTPS");
    expect(endpoints.map(({ fqdn }) => fqdn)).toEqual(["shop.us-east-1.acme.example", "shop.eu-west-1.acme.example"]);
    for (const check of endpoints)
      expect(check).toMatchObject({
        resource_path: "/up",
        port: 443,
        enable_sni: true,
        request_interval: environment.failover.healthCheckIntervalSeconds,
        failure_threshold: environment.failover.failureThreshold,
      });
  });

  it("serves the primary only while its check and the latch are both healthy", () => {
    expect(calculated("servable-shop")).toMatchObject({
      child_health_threshold: 2,
      child_healthchecks: [expect.stringContaining("endpoint-primary"), "latch"],
    });
  });

  it("serves the secondary while its check is healthy or the latch is engaged", () => {
    expect(calculated("standby-shop")).toMatchObject({
      child_health_threshold: 1,
      child_healthchecks: [expect.stringContaining("endpoint-secondary"), "held"],
    });
  });
});
