import { holds } from "../../../policy/comparison";
import { change, remove, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";

const blocks = resource("aws_s3_bucket_public_access_block");
const ofStacks = (type: string, stack: string) => resource(type, (_block, _id, name) => name.startsWith(stack));

export default policy({
  id: "SC-40",
  severity: "error",
  proves: ["CA-23", "FG-22"],
  title: "Every bucket blocks public access and keeps versions",
  because:
    "one policy that is too wide publishes logs, states or backups, and without versions what is overwritten or deleted by mistake is gone",
  remedy: "make the bucket with PrivateBucket, which does both",
  equivalents: ["checkov CKV2_AWS_6", "checkov CKV_AWS_21", "tfsec aws-s3-block-public-acls"],
  subjects: (platform) => platform.buckets,
  check: ({ publicAccessBlocked, versioning }) => [
    holds(
      publicAccessBlocked,
      "public access blocked in all four ways",
      publicAccessBlocked ? "blocked" : "not blocked",
    ),
    holds(versioning, "versions of each object", versioning ? "Enabled" : "not enabled"),
  ],
  mutants: [
    remove("no bucket blocks public access", blocks),
    change(
      "the trail accepts public policies",
      ofStacks("aws_s3_bucket_public_access_block", "audit"),
      set("block_public_policy", false),
    ),
    change(
      "access logs of the standby are open",
      ofStacks("aws_s3_bucket_public_access_block", "ingress-eu"),
      set("block_public_acls", false),
    ),
    change(
      "the trail keeps no versions",
      ofStacks("aws_s3_bucket_versioning", "audit"),
      set("versioning_configuration.status", "Suspended"),
    ),
  ],
  boundary: {
    holds: change("all four, as texts", blocks, set("restrict_public_buckets", "true")),
    breaks: change("three of the four", blocks, set("restrict_public_buckets", false)),
  },
});
