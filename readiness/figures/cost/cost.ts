import { priceBook } from "../../../catalog/prices/price-book";
import { type BillableResource, type CostReport, estimateCost, type Traffic } from "../../../models/cost";
import { regionRoles } from "../../../config/environment";
import type { Platform } from "../../inventory/platform";
import { billablesOf } from "./billing-rules";
import { BillingContext } from "./billing-context";
import { clusterBillables } from "./billing-cluster";
import { healthCheckGb, plus } from "./declared-traffic";
import { perPlatform } from "../per-platform";

/** The bill of the platform, and what could not even be put to the estimate. */
export interface CostFigures {
  readonly report: CostReport;
  /** Resources in regions that the price book does not know, sorted. */
  readonly outsidePriceBook: readonly string[];
  /** What the figures rest on, beside the assumptions of the estimate. */
  readonly assumptions: readonly string[];
}

export const costOf = perPlatform((platform: Platform): CostFigures => {
  const context = new BillingContext(platform);
  const prices = priceBook();
  const known = (region: string): boolean => prices.regions.some((one) => one === region);
  const resources = [
    ...platform.resources
      .filter(({ mode, type }) => mode === "resource" && type.startsWith("aws_"))
      .flatMap((resource) => billablesOf(resource, context)),
    ...clusterBillables(context),
    ...reserves(context),
  ];
  const outside = resources.filter(({ region }) => !known(region));
  const share = requestShare(platform);
  return {
    report: estimateCost({
      resources: resources.filter(({ region }) => known(region)),
      prices,
      usage: { traffic: traffic(context), ...(share === undefined ? {} : { requestShare: share }) },
    }),
    outsidePriceBook: outside.map(({ address, region }) => `${address} (${region || "no region"})`).sort(),
    assumptions: [
      "volumes of traffic, logs, requests and storage: config/usage.ts, for a whole month in each situation",
      "steady: nodes that the autoscaler keeps at the minimum of every workload; peak: every node group at its maximum in both regions",
      "failover: the secondary at its maximum with the primary's peak; the primary's resources are still paid",
      "shared cost is divided over the applications by the memory that they request at their minimum",
    ],
  };
});

function traffic(context: BillingContext): Traffic[] {
  const { region: volumes } = context.usage;
  return context.platform.clusters
    .map(({ region }) => region ?? "")
    .sort()
    .flatMap((region): Traffic[] => {
      const role = context.roleOf(region);
      return [
        { address: "traffic between zones", path: "inter-zone", region, gb: context.as(volumes.interZoneGb, role) },
        {
          address: "traffic between regions",
          path: "inter-region",
          region,
          gb: context.as(volumes.interRegionGb, role),
        },
        {
          address: "traffic to the internet",
          path: "internet",
          region,
          gb: plus(context.as(volumes.internetGb, role), healthCheckGb(context.platform, region)),
        },
      ];
    });
}

function reserves({ platform, usage }: BillingContext): BillableResource[] {
  return regionRoles.flatMap((role) =>
    usage.reserves
      .filter((line) => line.role === role)
      .map(({ name, usdPerMonth, reason }): BillableResource => ({
        kind: "reserve",
        address: `reserve ${name}`,
        region: platform.environment.regions[role].name,
        application: `reserve: ${name}`,
        usdPerMonth,
        reason,
      })),
  );
}

/** Share of the memory that each application's workloads request at their minimum; undefined without an application. */
function requestShare(platform: Platform): Record<string, number> | undefined {
  const sums = new Map<string, number>();
  for (const workload of platform.workloads) {
    const application = platform.stacks.find(({ name }) => name === workload.stack)?.application;
    if (application === undefined) continue;
    const memoryMiB =
      workload.containers.reduce((sum, container) => sum + (container.memoryRequestMiB ?? 0), 0) *
      (workload.minimumReplicas ?? 0);
    sums.set(application, (sums.get(application) ?? 0) + memoryMiB);
  }
  const total = [...sums.values()].reduce((sum, one) => sum + one, 0);
  return total === 0
    ? undefined
    : Object.fromEntries(
        [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, memoryMiB]) => [name, memoryMiB / total]),
      );
}
