import { chartsOf, isTrustedProvider } from "../../../catalog/trusted-sources";
import type { Item } from "../../inventory/item";
import type { Platform } from "../../inventory/platform";
import { change, changeStack, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, type Verdict } from "../../policy/verdict";

const charts = resource("helm_release", (block) => typeof block["repository"] === "string");

function judgeChart(chart: string, repository: string | undefined, label: string): Verdict {
  const offered = chartsOf(repository ?? "");
  if (offered?.includes(chart)) return pass(`${chart} of ${repository ?? ""}`);
  return fail({
    expected: "a chart and repository of catalog/trusted-sources.json",
    actual: `${chart} of ${repository ?? "no repository"}`,
    message: `${label} installs chart ${chart} of ${repository ?? "no repository"}, which ${offered === undefined ? "is not a trusted repository" : "does not offer it"}: its owner decides what runs with the release's RBAC rules`,
  });
}

export default policy({
  id: "SU-14",
  severity: "error",
  proves: ["XB-20", "CA-28"],
  title: "Charts and providers come from the sources of their projects",
  because:
    "a chart of another repository, or a provider of another namespace, runs with all rights of the cluster or the account",
  remedy:
    "take the repository of the chart's project; a new one is entered in catalog/trusted-sources.json after a review",
  equivalents: ["gatekeeper K8sAllowedRepos (images only)"],
  subjects: (platform: Platform): readonly Item[] => [
    ...platform.releases.filter(({ local }) => !local),
    ...platform.providers,
  ],
  check: (item, platform) => {
    const release = platform.releases.find((one) => one === item);
    if (release) return judgeChart(release.chart ?? "unnamed", release.repository, release.label);
    const provider = platform.providers.find((one) => one === item);
    const source = provider?.source ?? provider?.name ?? "";
    return isTrustedProvider(source)
      ? pass(source)
      : fail({
          expected: "a provider of catalog/trusted-sources.json",
          actual: source,
          message: `${item.label} is taken from ${source}: it runs with the credentials of the deployment`,
        });
  },
  mutants: [
    change("a repository of another owner", charts, set("repository", "https://charts.example.com")),
    change("no repository", charts, unset("repository")),
    change("another chart of the repository", charts, set("chart", "aws-efs-csi-driver-fork")),
    changeStack(
      "a provider of another owner",
      /^network-/,
      set("terraform.required_providers.aws.source", "example/aws"),
    ),
    changeStack(
      "a provider of another host",
      /^network-/,
      set("terraform.required_providers.aws.source", "registry.example.com/hashicorp/aws"),
    ),
  ],
  boundary: {
    holds: changeStack(
      "the provider by its whole name",
      /^network-/,
      set("terraform.required_providers.aws.source", "registry.terraform.io/hashicorp/aws"),
    ),
    breaks: changeStack("a letter more", /^network-/, set("terraform.required_providers.aws.source", "hashicorps/aws")),
  },
});
