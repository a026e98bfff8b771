import type { DnsRecord, HealthCheck } from "../../../inventory/facts/aws/dns";
import { equals, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";

/** The check that calls the region: itself, or a child of the calculated one that a latch may hold down. */
function endpointOf(check: HealthCheck | undefined): HealthCheck | undefined {
  if (check?.kind === "endpoint") return check;
  return check?.children.map(endpointOf).find((one) => one !== undefined);
}

const seconds = ({ intervalSeconds, failureThreshold }: HealthCheck): number => intervalSeconds * failureThreshold;

function alike(primary: HealthCheck, standby: HealthCheck): Verdict[] {
  return [
    equals(primary.type, standby.type, "type of the standby's health check, against the primary's"),
    equals(primary.port, standby.port, "port of the standby's health check, against the primary's"),
    equals(primary.path, standby.path, "path of the standby's health check, against the primary's"),
    equals(seconds(primary), seconds(standby), "seconds until the standby counts as failed, against the primary's", {
      arithmetic: `${standby.intervalSeconds} s × ${standby.failureThreshold} failures`,
    }),
    holds(primary.host !== standby.host, "another host than the primary's", standby.host ?? "none"),
  ];
}

const checks = (side: string) =>
  resource("aws_route53_health_check", (block, id) => block["type"] === "HTTPS" && id.includes(side));

export default policy({
  id: "MR-23",
  severity: "error",
  proves: ["CA-09", "FL-28"],
  title: "The standby's health check asks the same as the primary's, as often",
  because:
    "a standby whose check is slower, or asks less, is taken for healthy while it is dead: Route 53 sends every customer there at the failover, and does not send them back",
  remedy: "make both health checks with FailoverEndpoint, which takes path, interval and threshold from one place",
  subjects: (platform): readonly DnsRecord[] => platform.records.filter(({ failover }) => failover === "SECONDARY"),
  check: (record, { records }) => {
    const other = records.find(
      ({ name, type, failover }) => name === record.name && type === record.type && failover === "PRIMARY",
    );
    const apart = holds(
      record.setIdentifier !== undefined && record.setIdentifier !== other?.setIdentifier,
      "a set_identifier of its own: Route 53 keeps one record of each, and the second replaces the first",
      record.setIdentifier ?? "none",
    );
    const [primary, standby] = [endpointOf(other?.healthCheck), endpointOf(record.healthCheck)];
    return primary === undefined || standby === undefined
      ? fail({
          expected: "a health check of the endpoint on both sides",
          actual: primary === undefined ? "none of the primary" : "none of the standby",
        })
      : [apart, ...alike(primary, standby)];
  },
  mutants: [
    change("ten failures of the standby", checks("secondary"), set("failure_threshold", 10)),
    change("ten failures of the primary", checks("primary"), set("failure_threshold", 10)),
    change("a standby that is asked each half minute", checks("secondary"), set("request_interval", 30)),
    change("a standby of which any answer will do", checks("secondary"), set("type", "TCP")),
    change("another path", checks("secondary"), set("resource_path", "/")),
    change("another port", checks("secondary"), set("port", 8443)),
    change(
      "one host for both",
      resource("aws_route53_health_check", (block) => block["type"] === "HTTPS"),
      set("fqdn", "one.acme.example"),
    ),
  ],
  boundary: {
    holds: change(
      "four failures of both",
      resource("aws_route53_health_check", (block) => block["type"] === "HTTPS"),
      set("failure_threshold", 4),
    ),
    breaks: change("four failures of the standby", checks("secondary"), set("failure_threshold", 4)),
  },
});
