import { WebFirewall, type WebFirewallProps } from "../../../../constructs/aws/network/web-firewall";
import { type Arguments, Made } from "../../empty-stack";

const made = (props: Partial<WebFirewallProps> = {}) =>
  new Made(
    (stack) =>
      new WebFirewall(stack, "firewall", {
        name: "acme",
        loadBalancerArn: "arn:balancer",
        logKeyArn: "arn:key",
        logRetentionDays: 365,
        ...props,
      }),
  );
const rulesOf = (firewall: Made) => firewall.only("aws_wafv2_web_acl")["rule"] as readonly Arguments[];

describe("a web firewall", () => {
  it("stands before the load balancer with a limit for each address and the rules of AWS", () => {
    const firewall = made();
    expect(rulesOf(firewall).map(({ name, priority }) => [name, priority])).toEqual([
      ["rate-limit", 0],
      ["common", 1],
      ["known-bad-inputs", 2],
    ]);
    expect(JSON.stringify(rulesOf(firewall)[0])).toContain('"limit":10000');
    expect(firewall.only("aws_wafv2_web_acl_association")["resource_arn"]).toBe("arn:balancer");
  });

  it("takes another limit", () =>
    expect(JSON.stringify(rulesOf(made({ requestsPerAddressIn5Minutes: 500 }))[0])).toContain('"limit":500'));

  it("decides about bodies itself where a path is excepted", () => {
    const excepted = { application: "shop", hosts: ["shop.acme.example"], paths: ["/hooks/*"] };
    const rules = rulesOf(made({ bodyExceptions: [excepted] }));
    expect(rules.map(({ name }) => name)).toEqual(["rate-limit", "common", "known-bad-inputs", "bodies"]);
    const bodies = JSON.stringify(rules[3]);
    expect(bodies).toContain(JSON.stringify("^(?:shop\\.acme\\.example)(?::443)?$"));
    expect(bodies).toContain(JSON.stringify("^(?:/hooks/.*)$"));
    const counted = (one: readonly Arguments[]) => JSON.stringify(one[1]).split('"count"').length;
    expect(counted(rules)).toBeGreaterThan(counted(rulesOf(made())));
  });

  it("logs what it blocks, encrypted and without credentials", () => {
    const firewall = made();
    expect(firewall.only("aws_cloudwatch_log_group")).toMatchObject({
      name: "aws-waf-logs-acme",
      kms_key_id: "arn:key",
      retention_in_days: 365,
    });
    expect(firewall.only("aws_wafv2_web_acl_logging_configuration")["redacted_fields"]).toEqual([
      { single_header: { name: "authorization" } },
      { single_header: { name: "cookie" } },
    ]);
  });
});
