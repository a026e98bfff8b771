import { tag } from "../../../contract";
import { contains, holds } from "../../policy/comparison";
import { change, changeStack, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable } from "../../policy/verdict";
import type { Item } from "../../inventory/item";

const required = [tag.costCentre, tag.environment, tag.managedBy, tag.owner];
const lifecycles = resource("aws_s3_bucket_lifecycle_configuration");

export default policy({
  id: "CO-04",
  severity: "warning",
  proves: ["CA-17"],
  title: "Billable resources carry a cost-centre tag; buckets have lifecycle rules",
  because:
    "an untagged resource belongs to no cost centre, and unfinished uploads and old versions are billed without end",
  remedy: "derive the stack from PlatformStack, which tags, and make buckets with PrivateBucket, which has a lifecycle",
  equivalents: ["checkov CKV2_AWS_61"],
  subjects: (platform): readonly Item[] => [
    ...platform.providers.filter(({ name }) => name === "aws"),
    ...platform.buckets,
  ],
  check: (item, platform) => {
    const bucket = platform.buckets.find((one) => one === item);
    if (!bucket) {
      const tags = item.resource.blocks("default_tags").flatMap((block) => Object.keys(block.map("tags")));
      return contains(required, tags, "default tags of the provider");
    }
    const rules = bucket.lifecycleRules.filter(({ enabled }) => enabled);
    return [
      holds(
        rules.some(({ abortUploadDays }) => abortUploadDays !== undefined),
        "unfinished uploads are removed",
        `${rules.length} rules in force`,
      ),
      bucket.versioning
        ? holds(
            rules.some(({ noncurrentDays }) => noncurrentDays !== undefined),
            "old versions are removed",
            `${rules.length} rules in force`,
          )
        : notApplicable("the bucket keeps no versions"),
    ];
  },
  mutants: [
    changeStack("no tags", /^network-/, unset("provider.aws.0.default_tags")),
    changeStack("no tags for the second region", "audit", set("provider.aws.1.default_tags", [])),
    remove("no lifecycle", lifecycles),
    change("uploads stay", lifecycles, unset("rule.0.abort_incomplete_multipart_upload")),
    change("versions stay", lifecycles, unset("rule.0.noncurrent_version_expiration")),
    change("the rule is off", lifecycles, set("rule.0.status", "Disabled")),
  ],
  boundary: {
    holds: changeStack("a tag more", /^network-/, set("provider.aws.0.default_tags.0.tags.note", "x")),
    breaks: changeStack("no cost centre", /^network-/, unset("provider.aws.0.default_tags.0.tags.cost-centre")),
  },
});
