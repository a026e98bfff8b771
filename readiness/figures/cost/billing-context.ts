import { regionRoles, type RegionRole } from "../../../config/environment";
import { type Activity, usage, type RegionUsage, type Usage } from "../../../config/usage";
import { type BillableResource, type ByScenario, byScenario, type Scenario } from "../../../models/cost";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";
import { capacityOf } from "../capacity/capacity";
import { perPlatform } from "../per-platform";

/** As the price lists of AWS count a month. */
export const HOURS_OF_MONTH = 730;

/** How busy a region is in each situation that is priced: in a failover the secondary carries the peak, and the primary is still paid. */
const activities: Readonly<Record<RegionRole, Readonly<Record<Scenario, Activity>>>> = {
  primary: { steady: "ordinary", peak: "peak", failover: "standby" },
  secondary: { steady: "standby", peak: "standby", failover: "peak" },
};

/** What a rule needs to know beside its resource. */
export class BillingContext {
  readonly usage: Usage;

  constructor(readonly platform: Platform) {
    this.usage = usage[platform.environment.name];
  }

  /** undefined: a region that serves no traffic, such as that of the Terraform state; it stands by in every situation. */
  roleOf(region: string | undefined): RegionRole | undefined {
    return regionRoles.find((role) => this.platform.environment.regions[role].name === region);
  }

  /** A volume of the region's month, divided over `parts` equal resources. */
  volume(name: keyof RegionUsage, region: string | undefined, parts = 1): ByScenario {
    return this.as(this.usage.region[name], this.roleOf(region), parts);
  }

  /** A volume of whichever region serves: what is kept of it in both. */
  volumeOfActive(name: keyof RegionUsage): ByScenario {
    return this.ofActive(this.usage.region[name]);
  }

  /** What follows the users, whichever region serves them: in a failover the peak. */
  ofActive({ ordinary, peak }: Readonly<Record<Activity, number>>, parts = 1): ByScenario {
    const share = Math.max(1, parts);
    return { steady: ordinary / share, peak: peak / share, failover: peak / share };
  }

  as(amounts: Readonly<Record<Activity, number>>, role: RegionRole | undefined, parts = 1): ByScenario {
    return byScenario(
      (scenario) => amounts[role === undefined ? "standby" : activities[role][scenario]] / Math.max(1, parts),
    );
  }

  /** Resources of the type in the same region, itself too. */
  siblings(resource: Resource): number {
    return this.platform.ofType(resource.type).filter(({ region }) => region === resource.region).length;
  }

  /** Of its stack, or of its own tag where a stack holds what belongs to several. */
  application(resource: Resource): { application?: string } {
    const application =
      this.platform.stacks.find(({ name }) => name === resource.stack)?.application ??
      resource.map("tags")["application"];
    return application === undefined ? {} : { application };
  }

  subject(resource: Resource, part = ""): { address: string; region: string; application?: string } {
    return {
      address: `${resource.stack}/${resource.address}${part}`,
      region: resource.region ?? "",
      ...this.application(resource),
    };
  }

  /** A line without a price: it is listed, and makes the budget unknown. */
  unpriced(resource: Resource, what: string, part = ""): BillableResource {
    return { kind: "metered", ...this.subject(resource, part), priceId: what, quantity: 1 };
  }

  nodesOf(group: Resource): ByScenario | undefined {
    return nodeCounts(this.platform).get(group);
  }
}

/** Nodes of each node group: those that the autoscaler keeps, and the maximum; no entry where they are not known. */
const nodeCounts = perPlatform((platform: Platform): ReadonlyMap<Resource, ByScenario> => {
  const counts = new Map<Resource, ByScenario>();
  for (const capacity of capacityOf(platform)) {
    const steady = capacity.unknown.length > 0 ? undefined : capacity.steady();
    if (steady === undefined || steady.verdict === "unknown") continue;
    for (const group of capacity.subject.nodeGroups) {
      const nodes = steady.pools.find(({ pool }) => pool === group.name)?.nodes;
      if (nodes === undefined || group.max === undefined) continue;
      counts.set(group.resource, {
        steady: nodes,
        peak: group.max,
        failover: capacity.role === "secondary" ? group.max : nodes,
      });
    }
  }
  return counts;
});

/** What a resource of AWS is billed for. */
export type Rule = (resource: Resource, context: BillingContext) => readonly BillableResource[];
