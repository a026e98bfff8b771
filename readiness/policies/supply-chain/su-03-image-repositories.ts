import { holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";

const repositories = resource("aws_ecr_repository");

export default policy({
  id: "SU-03",
  severity: "error",
  proves: ["FL-22", "FL-29", "XB-20"],
  title: "Image repositories have immutable tags and scan on push",
  because:
    "a tag that can be overwritten makes yesterday's rollback run today's code, and an image that is not scanned brings known vulnerabilities along",
  remedy: "set image_tag_mutability to IMMUTABLE and scan_on_push to true",
  equivalents: ["checkov CKV_AWS_51", "checkov CKV_AWS_163"],
  subjects: (platform) => platform.repositories,
  check: (repository) => [
    holds(
      repository.immutableTags,
      "image_tag_mutability IMMUTABLE",
      repository.immutableTags ? "IMMUTABLE" : "mutable",
    ),
    holds(repository.scansOnPush, "scan_on_push is true", String(repository.scansOnPush)),
    holds(
      repository.hasLifecycle,
      "a lifecycle policy for what has no tag",
      "none: every image that was ever pushed is stored and paid for",
    ),
  ],
  mutants: [
    change("tags can be moved", repositories, set("image_tag_mutability", "MUTABLE")),
    remove("nothing is ever removed", resource("aws_ecr_lifecycle_policy")),
    change("not scanned", repositories, unset("image_scanning_configuration")),
  ],
  boundary: {
    holds: change(
      "another lifecycle",
      resource("aws_ecr_lifecycle_policy"),
      set("policy.rules.0.selection.countNumber", 30),
    ),
    breaks: change("mutability left out", repositories, unset("image_tag_mutability")),
  },
});
