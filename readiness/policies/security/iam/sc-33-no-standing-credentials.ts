import type { Item } from "../../../inventory/item";
import { itemsOf } from "../../../permissions/software";
import { add } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";

/** Resources that make a credential which is valid until it is deleted; most write it into the state in the clear. */
const standing: Readonly<Record<string, string>> = {
  aws_iam_user: "a user of IAM has no end and no second region's trust to limit it",
  aws_iam_access_key: "an access key is valid until it is deleted, and Terraform writes its secret into the state",
  aws_iam_user_login_profile: "a password of the console is written into the state",
  aws_iam_service_specific_credential: "a password of a service is written into the state",
  aws_iam_user_ssh_key: "a key for a user has no end",
  aws_iam_user_policy: "rights of a user follow its key, wherever that is",
  aws_iam_user_policy_attachment: "rights of a user follow its key, wherever that is",
  aws_iam_user_group_membership: "rights of a user follow its key, wherever that is",
  aws_key_pair: "a key pair opens every node that is started with it, and nothing rotates it",
  tls_private_key: "a private key is written into the state",
  random_password: "a password is written into the state",
  kubernetes_token_request_v1: "a token of a service account is written into the state",
};

export default policy({
  id: "SC-33",
  severity: "error",
  proves: ["CA-23", "CA-28"],
  title: "No stack makes a credential that stays valid: roles and Pod Identity alone",
  because:
    "a key that never ends is copied into a laptop, a log or a state file, works from everywhere, and its theft is not noticed",
  remedy:
    "give pods a role by aws of the component, people a role with a session, and values of applications to secrets, where they are made and rotated outside of the state",
  equivalents: ["checkov CKV_AWS_273", "cdk-nag AwsSolutions-IAM (users)"],
  subjects: (platform): readonly Item[] =>
    platform.stacks.length === 0
      ? []
      : [...Object.keys(standing).flatMap((type) => itemsOf(platform, type)), ...itemsOf(platform, "aws_eks_cluster")],
  check: ({ resource: made, label }) => {
    const reason = standing[made.type];
    return reason === undefined
      ? pass("pods of the cluster have roles by Pod Identity")
      : fail({
          expected: "a role",
          actual: made.type,
          message: `${label} (${made.type} in ${made.stack}): ${reason}`,
        });
  },
  mutants: [
    add("a user of IAM", /^platform-/, "aws_iam_user", "ci", { name: "ci-${data.aws_region.current.name}" }),
    add("an access key", /^platform-/, "aws_iam_access_key", "ci", { user: "ci" }),
    add("an access key in the secondary", "platform-eu-west-1", "aws_iam_access_key", "ci", { user: "ci" }),
    add("a password in the state", /^data-/, "random_password", "database", { length: 32 }),
    add("a key pair", /^cluster-/, "aws_key_pair", "operators", { public_key: "ssh-ed25519 AAAA" }),
  ],
  boundary: {
    holds: add("a role", "platform-us-east-1", "aws_iam_instance_profile", "x", { name: "x" }),
    breaks: add("a user", "platform-us-east-1", "aws_iam_user", "x", { name: "x" }),
  },
});
