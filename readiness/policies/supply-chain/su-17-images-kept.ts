import { parsedJson, type JsonObject, numberOf, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Resource } from "../../inventory/resource";
import { itemsOf } from "../../permissions/software";
import { atLeast, holds } from "../../policy/comparison";
import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, pass, unknown, type Verdict } from "../../policy/verdict";

/** Newest tagged images that a rule has to leave: what runs, what a rollback needs, and builds that were never deployed. */
const KEPT_IMAGES = 30;
/** Days for which an untagged image is left: one that is pushed by digest gets its tag, or is looked into, before. */
const UNTAGGED_DAYS = 7;

/** Rules of the policy; undefined: it is computed, or not valid JSON. */
function rulesOf(lifecycle: Resource): readonly JsonObject[] | undefined {
  const policy = parsedJson(lifecycle.text("policy"));
  return policy === undefined ? undefined : objectsOf(objectOf(policy)["rules"]);
}

/**
 * ECR knows the time of a push and of a pull, and not whether a pod still runs the image: it may have been pulled a year
 * ago. So only a count of the newest is safe for what has a tag, also where the rule names tags. A part of a multi-platform
 * image has no tag and stays as long as its index. An archived image cannot be pulled. (Amazon ECR user guide, "Lifecycle
 * policy properties" and "Examples of lifecycle policies", read 2026-11-29.)
 */
function judgeRule(rule: JsonObject): Verdict {
  const selection = objectOf(rule["selection"]);
  const name = `rule ${textOf(rule["rulePriority"]) ?? "?"}`;
  const count = numberOf(selection["countNumber"]);
  const counts = textOf(selection["countType"]) ?? "nothing";
  if (selection["tagStatus"] === "untagged")
    return counts === "imageCountMoreThan"
      ? pass(`${name} keeps every tagged image`)
      : atLeast(UNTAGGED_DAYS, count, `days for which ${name} leaves images without a tag`);
  if (selection["storageClass"] === "archive") return pass(`${name} removes archived images only`);
  return counts === "imageCountMoreThan"
    ? atLeast(KEPT_IMAGES, count, `newest images that ${name} keeps`)
    : fail({
        expected: `${name} selects untagged images, or keeps a number of the newest by imageCountMoreThan`,
        actual: `${counts} of ${count ?? "?"} ${textOf(selection["countUnit"]) ?? ""}: it removes an image that runs and was not deployed anew since`,
      });
}

const lifecycles = resource("aws_ecr_lifecycle_policy");
const inPrimary = resource("aws_ecr_lifecycle_policy", (_block, _id, stack) => stack === "data-us-east-1");
const inSecondary = resource("aws_ecr_lifecycle_policy", (_block, _id, stack) => stack === "data-eu-west-1");
const expiring = (selection: JsonObject) =>
  set("policy", JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: "expire" } }] }));
const newest = (countNumber: number) => expiring({ tagStatus: "any", countType: "imageCountMoreThan", countNumber });

export default policy({
  id: "SU-17",
  severity: "error",
  proves: ["XB-20"],
  title: "No lifecycle rule removes an image that a pod may need",
  because:
    "a node that is replaced cannot pull an image that was removed: the pod that ran for months does not start again",
  remedy: `expire only untagged images (sinceImagePushed, ${UNTAGGED_DAYS} days or more), or keep the newest ${KEPT_IMAGES} or more by imageCountMoreThan`,
  subjects: (platform) => itemsOf(platform, "aws_ecr_lifecycle_policy"),
  check: (item): Verdict | readonly Verdict[] => {
    const rules = rulesOf(item.resource);
    if (rules === undefined)
      return unknown("its policy is only known after deployment, or is not valid JSON", "policy");
    const removing = rules.filter((rule) =>
      ["expire", "transition"].includes(textOf(objectOf(rule["action"])["type"]) ?? ""),
    );
    return removing.length === 0
      ? notApplicable("it removes nothing")
      : [
          holds(rules.length === removing.length, "each rule has an action that ECR knows", "another"),
          ...removing.map(judgeRule),
        ];
  },
  mutants: [
    change("the newest image only", lifecycles, newest(1)),
    change("the newest image only, in one region", inPrimary, newest(1)),
    change("the newest image only, in the other region", inSecondary, newest(1)),
    change(
      "tagged images after half a year",
      lifecycles,
      expiring({
        tagStatus: "tagged",
        tagPatternList: ["*"],
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 180,
      }),
    ),
    change(
      "releases by their prefix",
      lifecycles,
      expiring({ tagStatus: "tagged", tagPrefixList: ["v"], countType: "imageCountMoreThan", countNumber: 3 }),
    ),
    change(
      "images that were not pulled for a quarter",
      lifecycles,
      expiring({ tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 90 }),
    ),
    change(
      "into the archive",
      lifecycles,
      set("policy.rules.0", {
        rulePriority: 1,
        selection: {
          tagStatus: "any",
          storageClass: "standard",
          countType: "sinceImagePulled",
          countUnit: "days",
          countNumber: 90,
        },
        action: { type: "transition", targetStorageClass: "archive" },
      }),
    ),
    change("untagged images of yesterday", lifecycles, set("policy.rules.0.selection.countNumber", 1)),
    change("an action that ECR does not know", lifecycles, (block) => {
      const known = {
        rulePriority: 1,
        selection: { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 9 },
        action: { type: "expire" },
      };
      block["policy"] = JSON.stringify({ rules: [known, { ...known, rulePriority: 2, action: { type: "delete" } }] });
    }),
  ],
  boundary: {
    holds: change("the newest 30", lifecycles, newest(KEPT_IMAGES)),
    breaks: change("the newest 29", lifecycles, newest(KEPT_IMAGES - 1)),
  },
});
