import { instanceTypes } from "../../catalog/instance-types";
import { type Environment, type Region, regionRoles } from "../../config/environment";
import { objectOf } from "../../readiness/inventory/json";
import type { DeployedStack } from "../stack-folder";
import type { Check } from "./check";
import quotas from "./quotas.json";

type Purchase = "onDemand" | "spot";

/** vCPUs of a region's pools when each has as many nodes as `bound` says, of its largest instance type. */
export function vcpusOf({ pools }: Region, purchase: Purchase, bound: "min" | "max"): number {
  return Object.values(pools).reduce((sum, pool) => {
    const group = pool[purchase];
    if (!group) return sum;
    const largest = Math.max(...group.instanceTypes.map((type) => instanceTypes().get(type)?.vcpu ?? 0));
    return sum + largest * group[bound];
  }, 0);
}

/** Resources of a type that the stacks make in a region. */
export const countIn = (stacks: readonly DeployedStack[], region: string, type: string): number =>
  stacks
    .filter((stack) => stack.region === region)
    .reduce((sum, { terraform }) => sum + Object.keys(objectOf(objectOf(terraform["resource"])[type])).length, 0);

const request = (region: string, { service, code }: { service: string; code: string }, value: number): string =>
  `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${value}`;

export const quotasSuffice: Check = {
  id: "quotas",
  title: "Service quotas cover the nodes at their minimum, the declared vCPUs, addresses, networks and clusters",
  stage: "data",
  run: async (context) => {
    const regions = regionRoles.map((role) => context.environment.regions[role]);
    return (await Promise.all(regions.map((region) => gapsOf(context, region)))).flat();
  },
};

async function gapsOf(
  { account, stacks, deployed }: Parameters<Check["run"]>[0],
  region: Environment["regions"]["primary"],
) {
  const vcpus = (["onDemand", "spot"] as const).map(async (purchase) => {
    const quota = quotas.vcpus[purchase];
    const granted = await account.quota(region.name, quota.service, quota.code);
    const [minimum, declared] = [vcpusOf(region, purchase, "min"), region.vcpuQuota[purchase]];
    if (granted >= Math.max(minimum, declared)) return [];
    const short = granted < minimum ? `the nodes at their minimum need ${minimum}` : "capacity was judged with";
    return [
      {
        what: `${region.name}: ${quota.title}`,
        found: String(granted),
        expected: granted < minimum ? `at least ${minimum}: ${short}` : `${declared}: ${short} what vcpuQuota declares`,
        supply: [
          request(region.name, quota, declared),
          "an increase takes minutes to days",
          `or set regions.*.vcpuQuota.${purchase} to ${granted} and synthesise: capacity is then judged with it`,
        ],
      },
    ];
  });
  const counted = quotas.byResource.map(async (quota) => {
    // What is deployed already is within the quota.
    const needed = countIn(
      stacks.filter(({ name }) => !deployed.has(name)),
      region.name,
      quota.resource,
    );
    if (needed === 0) return [];
    const granted = await account.quota(region.name, quota.service, quota.code);
    return granted >= needed
      ? []
      : [
          {
            what: `${region.name}: ${quota.title}`,
            found: String(granted),
            expected: `at least ${needed}, beside what the account uses already`,
            supply: [request(region.name, quota, needed)],
          },
        ];
  });
  return (await Promise.all([...vcpus, ...counted])).flat();
}
