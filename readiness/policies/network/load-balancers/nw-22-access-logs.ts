import { holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const balancers = resource("aws_lb");
const inSecondary = resource("aws_lb", (_, __, stack) => stack.endsWith("eu-west-1"));
const encryption = resource("aws_s3_bucket_server_side_encryption_configuration", (_, __, stack) =>
  stack.startsWith("ingress-"),
);

export default policy({
  id: "NW-22",
  severity: "error",
  proves: ["XB-20"],
  // An emulator's load balancer writes no log.
  environments: ["production", "staging", "development"],
  title: "Public load balancers keep an access log in their region",
  because:
    "who asked for what, and what the load balancer answered by itself, is in no log of an application: without it an attack or a bill cannot be explained",
  remedy:
    "give IngressLoadBalancer a bucket of its region with S3's own key: load balancers cannot write with a key of ours",
  equivalents: ["checkov CKV_AWS_91", "tfsec aws-elb-enable-access-logging"],
  subjects: (platform) => platform.loadBalancers.filter(({ internal }) => !internal),
  check: (balancer, platform) => {
    const logged = balancer.resource.resource("access_logs.bucket");
    const bucket = platform.buckets.find((one) => one.resource === logged);
    if (!balancer.accessLogs || !bucket)
      return fail({ expected: "an access log in a bucket of the stacks", actual: "none" });
    return [
      holds(
        bucket.region === balancer.region,
        `a bucket in ${balancer.region ?? "its region"}`,
        bucket.region ?? "unknown",
      ),
      holds(
        bucket.encryption === "AES256",
        "S3's own key (AES256), the only one that load balancers can write with",
        bucket.encryption ?? "none",
      ),
      holds(
        bucket.lifecycleRules.some(({ enabled, expires }) => enabled && expires),
        "old logs are removed",
        "they stay",
      ),
    ];
  },
  mutants: [
    change("no log", balancers, unset("access_logs")),
    change("switched off", balancers, set("access_logs.enabled", false)),
    change("switched off in the secondary", inSecondary, set("access_logs.enabled", false)),
    change("a bucket of another owner", balancers, set("access_logs.bucket", "logs-of-another-account")),
    change(
      "a key that load balancers cannot use",
      encryption,
      set("rule.apply_server_side_encryption_by_default.sse_algorithm", "aws:kms"),
    ),
    change(
      "logs that never expire",
      resource("aws_s3_bucket_lifecycle_configuration", (_, __, stack) => stack.startsWith("ingress-")),
      unset("rule.0.expiration"),
    ),
  ],
  boundary: {
    holds: change("with a prefix", balancers, set("access_logs.prefix", "edge")),
    breaks: change("a bucket without a name", balancers, set("access_logs.bucket", "")),
  },
});
