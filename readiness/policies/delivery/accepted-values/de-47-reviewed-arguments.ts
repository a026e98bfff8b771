import { reviewedTypes } from "../../../../catalog/resource-types/settings";
import { add, change, resource, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { judgeArguments } from "./_reviewed-arguments";

const secondary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));
const https = resource("aws_lb_listener", (block) => block["protocol"] === "HTTPS");
const sameTwice = update("rule", (rules) =>
  Array.isArray(rules) ? rules.map((one) => ({ ...(one as object), priority: 1 })) : rules,
);

export default policy({
  id: "DE-47",
  severity: "error",
  proves: ["XB-01"],
  title: "AWS resources and releases have reviewed arguments with reviewed values only",
  because:
    "an argument that no policy reads changes what a resource does without a finding: the platform that is deployed is another one than the platform that was judged",
  remedy:
    "leave the argument as the construct writes it; for another value, review what it does and enter it in catalog/resource-types/settings.json",
  equivalents: ["checkov CKV_AWS_131 (drop_invalid_header_fields)", "checkov CKV_AWS_328 (desync_mitigation_mode)"],
  subjects: (platform) => platform.ofType(...reviewedTypes()),
  check: judgeArguments,
  mutants: [
    change("clients that stay for a week", resource("aws_lb"), set("client_keep_alive", 604800)),
    change("idle for an hour, in the secondary", secondary("aws_lb"), set("idle_timeout", 3600)),
    change("headers that are not HTTP", resource("aws_lb"), set("drop_invalid_header_fields", false)),
    change("an argument that was never seen", resource("aws_lb"), set("ipam_pools", { ipv4_ipam_pool_id: "x" })),
    change("plain copies of every page", https, unset("routing_http_response_strict_transport_security_header_value")),
    change("credentials in the log", resource("aws_wafv2_web_acl_logging_configuration"), unset("redacted_fields")),
    change("two rules of one priority", resource("aws_wafv2_web_acl"), sameTwice),
    change("a function that AWS refuses", resource("aws_lambda_function"), set("memory_size", 64)),
    change(
      "a schedule that EventBridge refuses",
      resource("aws_cloudwatch_event_rule", (block) => String(block["schedule_expression"]).startsWith("cron")),
      set("schedule_expression", "cron(0 9 * * * *)"),
    ),
    add("nodes that go at night", "cluster-eu-west-1", "aws_autoscaling_schedule", "night", {
      autoscaling_group_name: "x",
    }),
    change(
      "a Service network of 27 bits",
      resource("aws_eks_cluster"),
      set("kubernetes_network_config.service_ipv4_cidr", "172.20.0.0/27"),
    ),
    change("a name that RDS reserves", resource("aws_db_instance"), set("username", "rdsadmin")),
    change(
      "a cluster in one subnet",
      resource("aws_eks_cluster"),
      update("vpc_config.subnet_ids", (ids) => (Array.isArray(ids) ? ids.slice(0, 1) : ids)),
    ),
    change(
      "SSH from everywhere",
      resource(
        "aws_vpc_security_group_ingress_rule",
        (block) => block["cidr_ipv4"] !== undefined && block["to_port"] !== 443 && block["to_port"] !== 80,
      ),
      set("cidr_ipv4", "0.0.0.0/0"),
    ),
  ],
  boundary: {
    holds: change("idle for two minutes", resource("aws_lb"), set("idle_timeout", 120)),
    breaks: change("a second longer", resource("aws_lb"), set("idle_timeout", 121)),
  },
});
