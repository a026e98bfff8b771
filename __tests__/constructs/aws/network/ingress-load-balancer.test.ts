import {
  IngressLoadBalancer,
  type IngressLoadBalancerProps,
  ingressTlsPolicy,
  localTlsPolicy,
} from "../../../../constructs/aws/network/ingress-load-balancer";
import { type Arguments, Made } from "../../empty-stack";

const made = (props: Partial<IngressLoadBalancerProps> = {}) =>
  new Made(
    (stack) =>
      new IngressLoadBalancer(stack, "ingress", {
        name: "acme-ingress",
        vpcId: "vpc",
        publicSubnetIds: ["subnet-a", "subnet-b", "subnet-c"],
        certificateArns: ["arn:certificate"],
        targetCidrs: ["10.65.16.0/20", "10.65.0.0/20"],
        targetPorts: [9000, 8080],
        ...props,
      }),
  );
const listener = (port: number, props: Partial<IngressLoadBalancerProps> = {}): Arguments | undefined =>
  made(props)
    .all("aws_lb_listener")
    .find((one) => one["port"] === port);

describe("the load balancer of a region", () => {
  it("is public, refuses malformed requests, and cannot be deleted unless that is switched off", () => {
    expect(made().only("aws_lb")).toMatchObject({
      internal: false,
      subnets: ["subnet-a", "subnet-b", "subnet-c"],
      drop_invalid_header_fields: true,
      desync_mitigation_mode: "defensive",
      enable_deletion_protection: true,
    });
    expect(made({ protect: false }).only("aws_lb")["enable_deletion_protection"]).toBe(false);
  });

  it("sends HTTP on to HTTPS, and answers a name that no application has with 404", () => {
    expect(made().all("aws_lb_listener")).toHaveLength(2);
    expect(listener(80)?.["default_action"]).toMatchObject([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", status_code: "HTTP_301" } },
    ]);
    expect(listener(443)?.["default_action"]).toMatchObject([
      { type: "fixed-response", fixed_response: { status_code: "404" } },
    ]);
  });

  it("speaks TLS 1.2 and later alone, and has browsers come back by HTTPS for a year", () => {
    expect(ingressTlsPolicy).toMatch(/^ELBSecurityPolicy-TLS13-1-2-Res-PQ-/);
    expect(listener(443)).toMatchObject({
      protocol: "HTTPS",
      ssl_policy: ingressTlsPolicy,
      routing_http_response_strict_transport_security_header_value: "max-age=31536000; includeSubDomains",
    });
    expect(listener(443, { tlsPolicy: localTlsPolicy })?.["ssl_policy"]).toBe(localTlsPolicy);
  });

  it("serves the first certificate by default and the others beside it", () => {
    const several: Partial<IngressLoadBalancerProps> = { certificateArns: ["arn:one", "arn:two", "arn:three"] };
    expect(listener(443, several)?.["certificate_arn"]).toBe("arn:one");
    const others = made(several).all("aws_lb_listener_certificate");
    expect(others.map((one) => one["certificate_arn"])).toEqual(["arn:two", "arn:three"]);
    expect(made().counts).not.toHaveProperty("aws_lb_listener_certificate");
  });

  it("is reached on two ports, and reaches the pods' networks on their ports and nothing else", () => {
    const rules = (type: string) =>
      made()
        .all(`aws_vpc_security_group_${type}_rule`)
        .map((rule) => [rule["cidr_ipv4"], rule["from_port"], rule["to_port"]]);
    expect(rules("ingress")).toEqual([443, 80].map((port) => ["0.0.0.0/0", port, port]));
    const targets = ["10.65.0.0/20", "10.65.16.0/20"].flatMap((cidr) => [8080, 9000].map((port) => [cidr, port, port]));
    expect(rules("egress")).toEqual(expect.arrayContaining(targets));
    expect(rules("egress")).toHaveLength(targets.length);
  });

  it("writes its access log where a bucket is ready for it", () => {
    expect(made().only("aws_lb")).not.toHaveProperty("access_logs");
    const ready = [{ fqn: "aws_s3_bucket_policy.logs" }];
    expect(made({ accessLogs: { bucketName: "acme-logs", ready } }).only("aws_lb")).toMatchObject({
      access_logs: { bucket: "acme-logs", enabled: true },
      depends_on: ["aws_s3_bucket_policy.logs"],
    });
  });

  it("refuses a name that AWS would refuse", () =>
    expect(() => made({ name: "a".repeat(33) })).toThrow("has 33 characters; AWS takes at most 32"));
});
