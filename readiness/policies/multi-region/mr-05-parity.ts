import { label } from "../../../contract";
import type { Platform } from "../../inventory/platform";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import { fail, pass } from "../../policy/verdict";
import { change, remove, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { clusterOf } from "../../policy-terms/region-subjects";

const secondary = (type: string) => resource(type, (_, __, stack) => stack.endsWith("eu-west-1"));

export default policy({
  id: "MR-05",
  severity: "error",
  proves: ["CA-07", "CA-09", "FL-28"],
  title: "The secondary has what the primary has",
  because: "a difference between the regions otherwise shows at the failover, when it costs most",
  remedy: "configure both regions from the same application and environment; set differences of size in `regions` only",
  subjects: (platform) => {
    const cluster = clusterOf(platform, "secondary");
    return cluster ? [cluster] : [];
  },
  whenAbsent: () => fail({ expected: "a cluster in the secondary region", actual: "none" }),
  check: (cluster, platform) => {
    const primary = clusterOf(platform, "primary");
    if (!primary) return fail({ expected: "a cluster in the primary region", actual: "none" });
    const [ours, theirs] = [featuresOf(primary, platform), featuresOf(cluster, platform)];
    const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
    const differences = names.filter((name) => ours.get(name) !== theirs.get(name));
    if (differences.length === 0) return pass(`${names.length} features are the same in both regions`);
    return differences.map((name) =>
      fail({
        expected: `${name} in ${primary.region ?? "the primary"}: ${ours.get(name) ?? "none"}`,
        actual: `in ${cluster.region ?? "the secondary"}: ${theirs.get(name) ?? "none"}`,
      }),
    );
  },
  mutants: [
    change("an older Kubernetes", secondary("aws_eks_cluster"), set("version", "1.35")),
    change("other instance types", secondary("aws_eks_node_group"), set("instance_types", ["t3.small"])),
    remove(
      "no Spot group",
      resource(
        "aws_eks_node_group",
        (block, _, stack) => stack.endsWith("eu-west-1") && block["capacity_type"] === "SPOT",
      ),
    ),
    change("an add-on of its own version", secondary("aws_eks_addon"), set("addon_version", "v1.0.0-eksbuild.1")),
    change("another chart", secondary("helm_release"), set("version", "0.0.1")),
    change(
      "another image",
      secondary("kubernetes_deployment_v1"),
      set("spec.template.spec.container.image", "public.ecr.aws/other/app@sha256:0"),
    ),
    change("fewer replicas", secondary("kubernetes_horizontal_pod_autoscaler_v2"), set("spec.max_replicas", 4)),
    remove("no storage class", secondary("kubernetes_storage_class_v1")),
    remove("no network policies", secondary("kubernetes_network_policy_v1")),
  ],
  boundary: {
    holds: change("more nodes", secondary("aws_eks_node_group"), set("scaling_config.max_size", 9)),
    breaks: change(
      "one taint more",
      secondary("aws_eks_node_group"),
      set("taint", [{ key: "a", value: "b", effect: "NO_SCHEDULE" }]),
    ),
  },
});

/** Everything of a region that the other must have too; sizes of node groups are MR-02's. */
function featuresOf(cluster: Cluster, platform: Platform): Map<string, string> {
  const region = cluster.region ?? "";
  const same = (text: string): string => text.replaceAll(region, "<region>");
  const here = <Item extends { readonly region?: string | undefined }>(items: readonly Item[]): Item[] =>
    items.filter((item) => item.region === region);
  const entries: [string, string][] = [
    ["Kubernetes version", cluster.version ?? "not set"],
    ...cluster.nodeGroups.map((group): [string, string] => [
      `node group ${same(group.name ?? "")}`,
      JSON.stringify([group.capacityType, group.instanceTypes, group.taints, group.labels, group.amiType]),
    ]),
    ...cluster.addOns.map((addOn): [string, string] => [
      `add-on ${addOn.name ?? ""}`,
      JSON.stringify([addOn.version ?? "default version", addOn.configuration]),
    ]),
    ...here(platform.releases).map((release): [string, string] => [
      `release ${release.namespace ?? ""}/${release.name ?? ""}`,
      release.local
        ? "local chart"
        : `${release.repository ?? ""} ${release.chart ?? ""} ${release.version ?? "no version"}`,
    ]),
    ...here(platform.workloads).map((workload): [string, string] => [
      // A step before the rollout is a Job where stores accept writes, and a suspended CronJob elsewhere (MR-20).
      `${workload.labels[label.step] ?? workload.kind} ${workload.namespace}/${workload.name}`,
      same(
        JSON.stringify([
          workload.minimumReplicas,
          workload.maximumReplicas,
          workload.containers.map(({ name, image, cpuRequestMillis, memoryRequestMiB, memoryLimitMiB }) => [
            name,
            image,
            cpuRequestMillis,
            memoryRequestMiB,
            memoryLimitMiB,
          ]),
        ]),
      ),
    ]),
    ...[
      ...here(platform.namespaces),
      ...here(platform.storageClasses),
      ...here(platform.networkPolicies),
      ...here(platform.quotas),
      ...here(platform.disruptionBudgets),
    ].map(({ object, namespace, name }): [string, string] => [
      `${object.kind} ${namespace === "" ? name : `${namespace}/${name}`}`,
      "there",
    ]),
  ];
  return new Map(entries);
}
