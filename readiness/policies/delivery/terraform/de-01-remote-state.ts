import { textOf } from "../../../inventory/json";
import { equals, holds } from "../../../policy/comparison";
import { change, changeStack, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const stack = "cluster-us-east-1";
const s3 = "terraform.backend.s3";
const local = { local: { path: "../../../terraform.state-us-east-1.tfstate" } };

export default policy({
  id: "DE-01",
  severity: "error",
  proves: ["CA-24", "CA-28"],
  title: "Each stack has its own remote, locked and encrypted state",
  because: "two runs without a lock, or two stacks with one key, overwrite each other's state",
  remedy: "derive the stack from PlatformStack, which sets the backend",
  subjects: (platform) => platform.backends,
  check: (backend, platform) => {
    if (backend.kind !== "s3") return fail({ expected: "backend s3", actual: backend.kind });
    const twins = platform.backends
      .filter(({ bucket, key }) => bucket === backend.bucket && key === backend.key)
      .map((other) => other.stack);
    return [
      holds(backend.locked, "a lock", backend.locked ? "use_lockfile" : "none"),
      holds(
        backend.encrypt && backend.settings["kms_key_id"] !== undefined,
        "encrypted with our key",
        backend.encrypt ? (textOf(backend.settings["kms_key_id"]) ?? "S3's own key") : "not encrypted",
      ),
      holds(backend.bucketReference !== undefined, "a bucket that a state stack makes", backend.bucket ?? "none"),
      equals(
        [],
        backend.bucketReference?.lifecycleRules
          .filter(({ enabled, expirationDays }) => enabled && expirationDays !== undefined)
          .map(({ id }) => id ?? "a rule") ?? [],
        "lifecycle rules that delete the current state",
      ),
      equals([backend.stack], twins, "stacks with this bucket and key"),
    ];
  },
  mutants: [
    changeStack("the state of the bucket's stack on one computer", "state-us-east-1", set("terraform.backend", local)),
    changeStack("no backend", stack, unset("terraform.backend")),
    changeStack("no lock", stack, set(`${s3}.use_lockfile`, false)),
    changeStack("in the clear", stack, set(`${s3}.encrypt`, false)),
    changeStack("with S3's key", stack, unset(`${s3}.kms_key_id`)),
    changeStack("another bucket", stack, set(`${s3}.bucket`, "another")),
    change(
      "a bucket that deletes the state",
      resource("aws_s3_bucket_lifecycle_configuration", (_, __, name) => name.startsWith("state-")),
      set("rule.0.expiration", [{ days: 30 }]),
    ),
    changeStack("http", stack, set("terraform.backend", { http: { address: "https://state.example" } })),
  ],
  boundary: {
    holds: changeStack("a key of its own in a folder", stack, set(`${s3}.key`, "clusters/cluster-us-east-1.tfstate")),
    breaks: changeStack("the key of another stack", stack, set(`${s3}.key`, "network-us-east-1.tfstate")),
  },
});
