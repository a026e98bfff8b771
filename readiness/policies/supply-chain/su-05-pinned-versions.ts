import type { Item } from "../../inventory/item";
import { matches } from "../../policy/comparison";
import { change, changeStack, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";

const exact = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/;
const charts = resource("helm_release", (block) => typeof block["repository"] === "string");

export default policy({
  id: "SU-05",
  severity: "error",
  proves: ["XB-20", "CA-28"],
  title: "Charts and providers are pinned to one exact version",
  because: "a range deploys something else tomorrow than what was planned, tested and judged today",
  remedy: "write the version with all three numbers and no operator",
  equivalents: ["checkov CKV_TF_1"],
  // The emulated environment takes an older provider too, from a mirror.
  environments: ["production", "staging", "development"],
  subjects: (platform): readonly Item[] => [
    ...platform.releases.filter((release) => !release.local),
    ...platform.providers,
  ],
  check: (item, platform): Verdict => {
    const release = platform.releases.find((candidate) => candidate === item);
    const provider = platform.providers.find((candidate) => candidate === item);
    const version = release ? release.version : provider?.version;
    if (version === undefined) return fail({ expected: "an exact version", actual: "none: the newest is taken" });
    return matches(exact, "one exact version", version, `version of ${release?.chart ?? provider?.name ?? item.label}`);
  },
  mutants: [
    change("any chart of a major version", charts, set("version", "^9.0.0")),
    change("the newest chart", charts, unset("version")),
    changeStack(
      "any provider of a major version",
      /^network-/,
      set("terraform.required_providers.aws.version", "~> 6.0"),
    ),
  ],
  boundary: {
    holds: change("another exact version", charts, set("version", "1.2.3")),
    breaks: change("patch left open", charts, set("version", "1.2")),
  },
});
