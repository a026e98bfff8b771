import { type Purchase, vcpuDemand } from "../../../figures/cost/vcpu-demand";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import { atMost } from "../../../policy/comparison";
import { change, changeEnvironment, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown, type Verdict } from "../../../policy/verdict";
import { onDemandGroups, spotGroups } from "../../../policy-terms/targets";

const words = {
  onDemand: "vCPUs of on-demand nodes (quota L-1216C47A)",
  spot: "vCPUs of Spot nodes (quota L-34B43A08)",
} as const;

function judge(cluster: Cluster, platform: Platform, purchase: Purchase): Verdict[] {
  const { vcpus, arithmetic, unknown: missing } = vcpuDemand(cluster, purchase);
  const region = cluster.role === undefined ? undefined : platform.environment.regions[cluster.role];
  const field = `regions.${cluster.role ?? "primary"}.vcpuQuota.${purchase}`;
  if (missing.length > 0) return missing.map((reason) => unknown(reason, field));
  return [atMost(region?.vcpuQuota[purchase], vcpus, words[purchase], { field, arithmetic })];
}

export default policy({
  id: "CP-09",
  severity: "warning",
  title: "Node pools at their maximum, during an update, stay within the vCPU quotas",
  because:
    "EC2 starts no instance above the quota: the pool's maximum is then only a number, and an update of the nodes stands still half-way",
  remedy:
    "ask Service Quotas for more in that region and write what was granted into vcpuQuotas of config/organisation.ts, or lower the maxima of the pools",
  proves: ["CA-05", "CA-09"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => [...judge(cluster, platform, "onDemand"), ...judge(cluster, platform, "spot")],
  mutants: [
    change("thirty nodes on demand in each zone", onDemandGroups, set("scaling_config.max_size", 30)),
    change("sixty Spot nodes", spotGroups, set("scaling_config.max_size", 60)),
    change("Spot nodes of which one type is twice as large", spotGroups, (block) => {
      set("instance_types", ["t3.medium", "m5.large", "t3.xlarge"])(block);
      set("scaling_config.max_size", 12)(block);
    }),
    change("fifteen nodes replaced at a time", onDemandGroups, set("update_config.max_unavailable", 15)),
    changeEnvironment("the quotas of a new account in the standby's region", (environment) => {
      environment.regions.secondary.vcpuQuota = { onDemand: 5, spot: 5 };
    }),
    changeEnvironment("no Spot quota", (environment) => {
      environment.regions.primary.vcpuQuota.spot = 0;
    }),
  ],
  boundary: {
    holds: changeEnvironment("the very vCPUs", (environment) => {
      environment.regions.primary.vcpuQuota = { onDemand: 102, spot: 44 };
    }),
    breaks: changeEnvironment("one vCPU less", (environment) => {
      environment.regions.primary.vcpuQuota = { onDemand: 101, spot: 44 };
    }),
  },
});
