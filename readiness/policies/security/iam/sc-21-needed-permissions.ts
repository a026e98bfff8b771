import { change, remove, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";
import { judgeNeed } from "../../../permissions/decide";
import { type Software, softwareOf, type Undeclared, undeclaredIn } from "../../../permissions/software";
import { without } from "./_statements";

const roleOf = (software: string) =>
  resource("aws_iam_role_policy", (_block, id) => id.includes(software) && id.includes("permissions"));
const nodeRights = resource("aws_iam_role_policy_attachment", (_block, id) => id.includes("node-role"));
const keys = resource("aws_kms_key", (_block, _id, stack) => stack.startsWith("data-"));

export default policy({
  id: "SC-21",
  severity: "error",
  proves: ["CA-23", "FL-14", "FL-24"],
  title: "Each software that calls AWS has the permissions that it needs",
  because:
    "a missing action, a key policy or an endpoint policy refuses a call at run time only: backups, scaling, secrets or traffic are then missing, and every resource looks correct",
  remedy:
    "add the action to the role, or let the policy of the key, bucket or endpoint admit it; catalog/permissions/needs.json declares what software needs",
  subjects: (platform): readonly (Software | Undeclared)[] => [...softwareOf(platform), ...undeclaredIn(platform)],
  check: (subject, platform) => {
    if ("undeclared" in subject)
      return fail({
        expected: "declared AWS permissions (catalog/permissions/needs.json, or awsPermissions of the component)",
        actual: "none",
        message: `${subject.undeclared} has an IAM role, and nothing declares what it calls`,
      });
    const { role, who, needs } = subject;
    if (role === undefined)
      return fail({ expected: `an IAM role of the platform for ${who}`, actual: "a role that no stack makes" });
    return needs.map((need) => judgeNeed(subject, need, role, platform));
  },
  mutants: [
    change("backups without the key", roleOf("velero"), without("kms:")),
    change("secrets without decryption", roleOf("external-secrets"), without("kms:Decrypt")),
    change("an autoscaler that cannot scale", roleOf("autoscaler"), without("autoscaling:SetDesiredCapacity")),
    change("targets are not registered", roleOf("load-balancer"), without("elasticloadbalancing:RegisterTargets")),
    change("a heartbeat that is refused", roleOf("alertmanager"), set("policy.Statement.0.Effect", "Deny")),
    change("logs without the key", roleOf("loki"), without("kms:")),
    change("logs that are not listed", roleOf("loki"), without("s3:ListBucket")),
    change("logs that are not stored", roleOf("loki"), without("s3:PutObject")),
    change("a Deny beside the Allow", roleOf("velero"), (block) =>
      update("policy.Statement", (list) => [
        ...(Array.isArray(list) ? list : []),
        { Effect: "Deny", Action: "s3:PutObject", Resource: "*" },
      ])(block),
    ),
    remove("nodes pull no image", nodeRights),
    change(
      "a key policy that names one role",
      keys,
      set("policy.Statement.0.Principal", { AWS: "arn:aws:iam::210987654321:role/administrator" }),
    ),
    change(
      "an endpoint that lets nothing out",
      resource("aws_vpc_endpoint"),
      set("policy", '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'),
    ),
    change(
      "a latch that cannot write",
      resource("aws_iam_role_policy", (_b, id) => id.includes("latch")),
      without("ssm:PutParameter"),
    ),
    change("copies of caches that cannot be written", roleOf("cache-copy"), without("s3:PutObject")),
    change("a heartbeat without a password", roleOf("replication-heartbeat"), without("secretsmanager:GetSecretValue")),
    change("copies of caches that cannot be read", roleOf("cache-copy"), without("s3:GetObject")),
    change("a promotion that cannot promote", roleOf("promotion"), without("rds:PromoteReadReplica")),
    change("copies of rotated secrets that cannot be encrypted", roleOf("secret-rotation"), without("kms:Encrypt")),
    change("copies of rotated passwords that cannot be encrypted", roleOf("credentials"), without("kms:Encrypt")),
    change("receivers without their credentials", roleOf("delivery"), without("secretsmanager:GetSecretValue")),
    change("undelivered alarms without a queue", roleOf("delivery"), without("sqs:SendMessage")),
    change("users of caches out of reach", roleOf("credentials"), without("elasticache:ModifyUser")),
    change("a master password out of reach", roleOf("credentials"), without("rds:ModifyDBInstance")),
    change(
      "software that declares nothing",
      resource("aws_lambda_function"),
      set("function_name", "acme-production-other"),
    ),
    change(
      "a role from elsewhere",
      resource("aws_eks_pod_identity_association", (_b, id) => id.includes("velero")),
      set("role_arn", "arn:aws:iam::210987654321:role/shared"),
    ),
    change(
      "registries of an application",
      resource("aws_iam_role_policy", (_b, _id, stack) => stack.startsWith("mirror")),
      without("ecr:PutImage"),
    ),
  ],
  boundary: {
    holds: change("without a tag that no location sets", roleOf("velero"), without("s3:PutObjectTagging")),
    breaks: change("without the action that writes", roleOf("velero"), without("s3:PutObject")),
  },
});
