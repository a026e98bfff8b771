import { addOnFit, chartFit, type VersionFit } from "../../../catalog/version-fit";
import { minorOf } from "../../../catalog/kubernetes/removed-apis";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import type { Item } from "../../inventory/item";
import type { Platform } from "../../inventory/platform";
import { change, remove, resource, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../policy/verdict";
import { undecided } from "../../policy-terms/required-value";

const clusters = resource("aws_eks_cluster");
const addOns = resource("aws_eks_addon");
const addOn = (name: string) => resource("aws_eks_addon", (block) => block["addon_name"] === name);

interface Deployed {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly region: string | undefined;
  readonly fit: (name: string, version: string, kubernetes: string) => VersionFit;
}

function deployedBy(item: Item, platform: Platform): Deployed {
  const own = platform.addOns.find((candidate) => candidate === item);
  if (own) return { name: own.name, version: own.version, region: own.resource.region, fit: addOnFit };
  const release = platform.releases.find((candidate) => candidate === item);
  return { name: release?.chart, version: release?.version, region: release?.region, fit: chartFit };
}

/**
 * Version and AMI release of nodes where they are written. Source: EKS API reference, CreateNodegroup: the version of the
 * cluster "is the only accepted specified value" (SDK reference of CreateNodegroupRequest.version, read 2026-11-29).
 */
function nodesFit(group: NodeGroup, platform: Platform): Verdict | readonly Verdict[] {
  const cluster = platform.clusters.find(({ nodeGroups }) => nodeGroups.includes(group));
  const own = minorOf(cluster?.version);
  if (own === undefined) return unknown("the Kubernetes version of its cluster is not known", "kubernetesVersion");
  return ["version", "release_version"].map((field) => {
    const written = group.resource.expanded(field);
    const minor = minorOf(written);
    if (written === undefined) return pass(`no ${field}: SU-19 demands the version`);
    if (minor === undefined) return unknown(`${field} ${written} names no version`, field);
    return minor === own
      ? pass(written)
      : fail({
          expected: `${field} of Kubernetes 1.${own}`,
          actual: written,
          field,
          message: `${group.label}: nodes of Kubernetes 1.${minor} (${field} ${written}) in a cluster of 1.${own}: EKS creates nodes of the cluster's version only, and a kubelet that falls behind loses its support`,
        });
  });
}

const nodeGroups = resource("aws_eks_node_group");

export default policy({
  id: "SU-07",
  severity: "error",
  proves: ["CA-01", "FF-23"],
  title: "Add-ons, charts and nodes fit the Kubernetes version of their cluster",
  because:
    "EKS refuses an add-on of another version in the middle of an upgrade, Helm refuses a chart, and kube-proxy that is newer than the API server may ask it for what it does not have",
  remedy:
    "take the version that catalog/charts records for the cluster's version, and record a new one there after aws eks describe-addon-versions or the chart's Chart.yaml said that it fits",
  equivalents: ["hardeneks check_kubernetes_version (part)"],
  subjects: (platform): readonly Item[] => [
    ...platform.addOns,
    ...platform.releases.filter(({ local }) => !local),
    ...platform.nodeGroups,
  ],
  check: (item, platform): Verdict | readonly Verdict[] => {
    const group = platform.nodeGroups.find((one) => one === item);
    if (group) return nodesFit(group, platform);
    const { name, version, region, fit } = deployedBy(item, platform);
    const kubernetes = platform.clusters.find((cluster) => cluster.region === region)?.version;
    if (kubernetes === undefined)
      return unknown("the Kubernetes version of its cluster is not known", "kubernetesVersion");
    const reason = undecided(item, "version");
    if (version === undefined || name === undefined)
      return reason === undefined
        ? fail({
            expected: "an exact version",
            actual: "none: whatever is the newest or the default on the day of the deployment",
          })
        : unknown(reason);
    const { fits, reason: because, source } = fit(name, version, kubernetes);
    if (fits === undefined) return unknown(because);
    return fits
      ? pass(`${name} ${version} on ${kubernetes}: ${because} (${source})`)
      : fail({ expected: `${name} ${version} fits Kubernetes ${kubernetes}`, actual: because });
  },
  mutants: [
    change("a cluster of another version", clusters, set("version", "1.35")),
    change("the DNS add-on of the version before", addOn("coredns"), set("addon_version", "v1.13.2-eksbuild.21")),
    change(
      "a kube-proxy that is newer than the API server",
      addOn("kube-proxy"),
      set("addon_version", "v1.37.0-eksbuild.1"),
    ),
    change("nodes of years ago", nodeGroups, set("version", "1.31")),
    change(
      "nodes of the version before, in the secondary",
      resource("aws_eks_node_group", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("version", "1.35"),
    ),
    change("nodes that are newer than the API server", nodeGroups, set("version", "1.37")),
    change("an image of another version", nodeGroups, set("release_version", "1.31.0-20240917")),
    change("whatever EKS chooses", addOns, unset("addon_version")),
    together("an autoscaler for other versions", remove("", addOns), change("", clusters, set("version", "1.34"))),
    together(
      "charts that refuse the cluster",
      remove("", addOns),
      remove(
        "",
        resource("helm_release", (block) => block["chart"] === "cluster-autoscaler"),
      ),
      change("", clusters, set("version", "1.15")),
    ),
  ],
  boundary: {
    holds: change(
      "a kube-proxy three versions behind",
      addOn("kube-proxy"),
      set("addon_version", "v1.33.0-eksbuild.2"),
    ),
    breaks: change("four versions behind", addOn("kube-proxy"), set("addon_version", "v1.32.0-eksbuild.2")),
  },
});
