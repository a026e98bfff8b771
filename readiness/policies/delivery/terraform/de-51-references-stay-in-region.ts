import { arrayOf, objectOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Reference, Resource } from "../../../inventory/resource";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Services without regions: their resources have one only by the provider that makes them. */
const GLOBAL = /^aws_(iam|route53|cloudfront|budgets)_/;
/** Arguments that are meant for the other region, and the policy that judges what they lead to. */
const across: ReadonlySet<string> = new Set([
  "aws_secretsmanager_secret.replica", // MR-06
  "aws_lambda_function.environment", // DE-49
]);
/** What Terraform itself reads. */
const own = new Set(["//", "depends_on", "provider", "lifecycle", "tags"]);

const isRegional = ({ type, region, mode }: Resource): boolean =>
  type.startsWith("aws_") && mode === "resource" && region !== undefined && !GLOBAL.test(type);

/** Arguments that lead to a resource of another region. */
const foreign = (one: Resource): readonly { readonly argument: string; readonly to: Reference }[] =>
  Object.keys(one.arguments)
    .filter((argument) => !own.has(argument) && !across.has(`${one.type}.${argument}`))
    .flatMap((argument) => one.references(argument).map((to) => ({ argument, to })))
    .filter(({ to }) => isRegional(to.resource) && to.resource.region !== one.region);

const regional = ({ resources }: Platform): readonly Resource[] => resources.filter(isRegional);

const other = (text: string): string =>
  text.replace(/us-east-1|eu-west-1/, (region) => (region === "us-east-1" ? "eu-west-1" : "us-east-1"));
const detectors = resource("aws_guardduty_detector", (block) => block["provider"] === undefined);
const features = resource("aws_guardduty_detector_feature");

export default policy({
  id: "DE-51",
  severity: "error",
  proves: ["CA-09", "XB-20"],
  title: "A regional resource refers to resources of its own region",
  because:
    "a key, subnet or topic of the other region is refused by AWS in the middle of a deployment, or works until that region is lost: on the day for which the standby is there",
  remedy:
    "pass the stack of the same region; where the other one is meant, enter the argument in this policy with what judges it",
  subjects: regional,
  check: (one): Verdict | readonly Verdict[] => {
    const found = foreign(one);
    return found.length === 0
      ? pass("its own region")
      : found.map(({ argument, to }) =>
          fail({
            expected: `${argument} in ${one.region ?? "its region"}`,
            actual: `${to.resource.address}.${to.attribute} of stack ${to.resource.stack} in ${to.resource.region ?? "another region"}`,
            field: argument,
          }),
        );
  },
  mutants: [
    change("detectors of the other region", features, (block) => {
      block["detector_id"] = other(String(block["detector_id"]));
    }),
    change("secrets under the other region's key", resource("aws_secretsmanager_secret"), (block) => {
      const [replica] = arrayOf(block["replica"]);
      block["kms_key_id"] = String(objectOf(replica)["kms_key_id"]);
    }),
    change("features without their detector's provider", features, (block) => {
      if (block["provider"] === undefined) block["provider"] = "aws.us-east-1";
      else delete block["provider"];
    }),
  ],
  boundary: {
    holds: change("a detector that reports each hour", detectors, set("finding_publishing_frequency", "ONE_HOUR")),
    breaks: change("a detector that moves alone", detectors, set("provider", "aws.us-east-1")),
  },
});
