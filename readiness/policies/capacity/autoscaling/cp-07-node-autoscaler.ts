import { minorOf } from "../../../../catalog/kubernetes/removed-apis";
import { objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { above, atLeast, atMost, equals } from "../../../policy/comparison";
import { change, remove, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { cataloguedPods } from "../../../figures/capacity/catalogued-pods";
import { workloadGraph } from "../../../inventory/views/kubernetes/workload-graph";
import { placesOf } from "../../../policy-terms/capacity/placement";
import { total } from "../../../policy-terms/pools";
import { nodeGroups, releaseOf } from "../../../policy-terms/targets";

const CHART = "cluster-autoscaler";
const autoscaler = releaseOf(CHART);

/** Tag of the image that the release runs: from its values, else from what the chart renders. */
function imageTag(release: Release, platform: Platform): string | undefined {
  const rendered = platform.workloads
    .filter((workload) => workload.resource === release.resource)
    .flatMap(({ containers }) => containers)
    .map(({ image }) => /cluster-autoscaler[^:]*:([^@]+)/.exec(image ?? "")?.[1]);
  return textOf(objectOf(release.values["image"])["tag"]) ?? rendered.find((tag) => tag !== undefined);
}

function fits(release: Release, cluster: Cluster, platform: Platform): Verdict {
  const [tag, own, theirs] = [
    imageTag(release, platform),
    minorOf(imageTag(release, platform)),
    minorOf(cluster.version),
  ];
  if (own === undefined || theirs === undefined)
    return unknown(
      `the versions of the autoscaler (${tag ?? "none"}) and of the cluster (${cluster.version ?? "none"}) are not both known`,
      "kubernetesVersion",
    );
  return atMost(1, Math.abs(own - theirs), "minor versions between autoscaler and cluster", {
    field: "kubernetesVersion",
    arithmetic: `|1.${own} − 1.${theirs}|`,
  });
}

export default policy({
  id: "CP-07",
  severity: "error",
  title: "Each cluster has a node autoscaler that finds its groups and fits its version",
  because:
    "pods that the load calls for wait for nodes that are never added; the autoscaler simulates the scheduler of its own version and misjudges another",
  remedy:
    "install the chart cluster-autoscaler with autoDiscovery.clusterName of the cluster and an image of its minor version",
  proves: ["CA-01", "CA-06"],
  equivalents: ["hardeneks check_cluster_autoscaler"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => {
    const releases = platform.releases.filter(({ chart, region }) => chart === CHART && region === cluster.region);
    const [release, ...more] = releases;
    const room = above(
      total(cluster.nodeGroups, "min"),
      total(cluster.nodeGroups, "max"),
      "most nodes, above the fewest",
      { field: "regions" },
    );
    if (!release)
      return [
        fail({ expected: `a release of ${CHART} in ${cluster.region ?? "the region"}`, actual: "there is none" }),
        room,
      ];
    const found = textOf(objectOf(release.values["autoDiscovery"])["clusterName"]);
    return [
      room,
      ...startable(release, cluster, platform),
      equals(
        [],
        more.map(({ label }) => label),
        "further autoscalers of the same groups",
      ),
      found === undefined
        ? fail({
            expected: "autoDiscovery.clusterName is set: without it the chart renders no Deployment at all",
            actual: "nothing",
          })
        : found.includes("${")
          ? sameCluster(release, cluster, found)
          : equals(cluster.name, found, "cluster whose groups it finds"),
      fits(release, cluster, platform),
    ];
  },
  mutants: [
    remove("no autoscaler", autoscaler),
    change("the chart renders nothing", autoscaler, unset("values.0.autoDiscovery")),
    change(
      "it looks for the groups of another cluster",
      autoscaler,
      set("values.0.autoDiscovery.clusterName", "another"),
    ),
    change("an autoscaler of two versions ago", autoscaler, set("values.0.image", { tag: "v1.34.3" })),
    change("no node before the autoscaler runs", nodeGroups, (block) => {
      set("scaling_config.min_size", 0)(block);
      set("scaling_config.desired_size", 0)(block);
    }),
    change("groups that cannot grow", nodeGroups, (block) =>
      set("scaling_config", { min_size: 2, desired_size: 2, max_size: 2 })(block),
    ),
  ],
  boundary: {
    holds: change("one minor version behind", autoscaler, set("values.0.image.tag", "v1.35.9")),
    breaks: change("two minor versions ahead", autoscaler, set("values.0.image.tag", "v1.38.0")),
  },
});

/** The autoscaler cannot make the node that it runs on itself. */
function startable(release: Release, cluster: Cluster, platform: Platform): Verdict[] {
  return workloadGraph(cataloguedPods(platform).objects)
    .workloads.filter((workload) => workload.resource === release.resource && workload.kind === "Deployment")
    .map((workload) => {
      const groups = new Set(placesOf(workload, platform).map(({ group }) => group));
      const nodes = [...groups].reduce((sum, { min }) => sum + (min ?? 0), 0);
      return atLeast(1, nodes, `nodes that ${cluster.label} always has for ${workload.label}, which makes all others`, {
        field: "regions",
      });
    });
}

/** A name that comes with the deployment is right if it is a name of this very cluster's. */
function sameCluster(release: Release, cluster: Cluster, found: string): Verdict {
  const mentioned = release.resource.resources("values").includes(cluster.resource);
  return mentioned
    ? equals(cluster.label, cluster.label, "cluster whose groups it finds")
    : unknown(`cluster whose groups it finds: ${found} is only known after deployment`);
}
