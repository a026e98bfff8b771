import type { Coverage, OpaquePart } from "./platform";
import type { State } from "./state";
import type { Release } from "./views/kubernetes-types";
import { kindOf } from "./kubernetes/kinds";

/** AWS types that a view is made of, by what it lists; everything else is opaque to policies that only use views. */
const readTypes = new RegExp(
  `^(data\\.)?aws_(${[
    "eks_(cluster|node_group|addon|access_entry|access_policy_association|pod_identity_association)",
    "launch_template",
    "vpc",
    "subnet",
    "route_table",
    "route_table_association",
    "route",
    "nat_gateway",
    "internet_gateway",
    "flow_log",
    "vpc_endpoint",
    "eip",
    "iam_policy_document",
    "iam_(role|policy|role_policy|user_policy|group_policy|role_policy_attachment)",
    "sqs_queue_policy",
    "sns_topic_policy",
    "s3_bucket",
    "s3_bucket_(versioning|server_side_encryption_configuration|public_access_block|object_lock_configuration|lifecycle_configuration|replication_configuration|policy)",
    "kms_key",
    "kms_replica_key",
    "kms_alias",
    "secretsmanager_secret",
    "secretsmanager_secret_(rotation|version)",
    "sfn_state_machine",
    "db_(instance|instance_automated_backups_replication|parameter_group|subnet_group)",
    "elasticache_(replication_group|parameter_group|subnet_group|user|user_group)",
    "ecr_(repository|repository_policy|lifecycle_policy|replication_configuration|registry_scanning_configuration)",
    "security_group",
    "security_group_rule",
    "vpc_security_group_(ingress|egress)_rule",
    "acm_certificate",
    "acm_certificate_validation",
    "route53_zone",
    "route53_record",
    "route53_health_check",
    "cloudwatch_metric_alarm",
    "a?lb",
    "a?lb_listener",
    "a?lb_listener_certificate",
    "a?lb_listener_rule",
    "a?lb_target_group",
    "wafv2_web_acl",
    "wafv2_web_acl_association",
  ].join("|")})$`,
);

export function coverageOf(state: State, releases: readonly Release[]): Coverage {
  const opaque = new Map<string, { kind: OpaquePart["kind"]; name: string; addresses: string[] }>();
  const add = (kind: OpaquePart["kind"], name: string, address: string): void => {
    const part = opaque.get(`${kind} ${name}`) ?? { kind, name, addresses: [] };
    part.addresses.push(address);
    opaque.set(`${kind} ${name}`, part);
  };
  const unrendered = new Set(
    releases
      .filter((release) => !release.rendered)
      .map((release) => {
        add(
          "chart",
          `${release.chart ?? "unknown chart"} ${release.version ?? ""}`.trim(),
          `${release.stack}/${release.address}`,
        );
        return release.resource;
      }),
  );
  let judged = 0;
  for (const resource of state.resources) {
    const type = resource.mode === "data" ? `data.${resource.type}` : resource.type;
    if (
      resource.type === "helm_release"
        ? !unrendered.has(resource)
        : readTypes.test(type) || kindOf(resource.type) !== undefined || resource.type === "kubernetes_manifest"
    )
      judged += 1;
    else if (resource.type !== "helm_release") add("resource type", type, `${resource.stack}/${resource.address}`);
  }
  return {
    resources: state.resources.length,
    judged,
    opaque: [...opaque.values()]
      .sort((left, right) => (`${left.kind} ${left.name}` < `${right.kind} ${right.name}` ? -1 : 1))
      .map((part) => ({ ...part, addresses: part.addresses.sort() })),
  };
}
