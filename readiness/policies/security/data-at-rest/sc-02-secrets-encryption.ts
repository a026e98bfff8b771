import { change, each, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass } from "../../../policy/verdict";

export default policy({
  id: "SC-02",
  severity: "error",
  proves: ["CA-23", "CA-28", "FL-06"],
  title: "Kubernetes secrets are encrypted with a rotated KMS key",
  because: "an etcd snapshot exposes every secret unless reading it also needs a key outside the cluster",
  remedy: "give the cluster an encryption_config for secrets whose key has enable_key_rotation",
  equivalents: ["checkov CKV_AWS_58"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    if (!cluster.encryptsSecrets) return fail({ expected: "encryption_config for secrets", actual: "none" });
    const key = platform.keys.find((candidate) => candidate.resource === cluster.encryptionKey);
    if (!key) return fail({ expected: "a KMS key of the platform", actual: "a key that no stack makes" });
    return key.rotation
      ? pass(`rotated key ${key.address}`)
      : fail({ expected: "enable_key_rotation of the key is true", actual: `${key.address} is never rotated` });
  },
  mutants: [
    change("no encryption", resource("aws_eks_cluster"), unset("encryption_config")),
    change(
      "key never rotated",
      resource("aws_kms_key", (_, __, stack) => stack.startsWith("cluster-")),
      set("enable_key_rotation", false),
    ),
    change("something else encrypted", resource("aws_eks_cluster"), set("encryption_config.resources", [])),
  ],
  boundary: {
    holds: change(
      "rotated twice as often",
      resource("aws_kms_key", (_, __, stack) => stack.startsWith("cluster-")),
      set("rotation_period_in_days", 180),
    ),
    breaks: change(
      "rotation left out",
      resource("aws_kms_key", (_, __, stack) => stack.startsWith("cluster-")),
      each(unset("enable_key_rotation")),
    ),
  },
});
