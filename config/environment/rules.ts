import type { z } from "zod";
import { violation } from "../allowed";
import { overlaps } from "./networks";

/** What the rules read of an environment. */
interface Draft {
  accountId: string;
  adminRoleArn: string;
  regions: Record<
    "primary" | "secondary",
    {
      name: string;
      cidr: string;
      zones: string[];
      pools: Record<string, { onDemand: Range; spot?: Range | undefined }>;
    }
  >;
  budget: { usdPerMonth: number; ceilingUsdPerMonth: number };
}
interface Range {
  min: number;
  max: number;
}

/** Names of node groups begin with pool, kind and zone, and EKS completes them: the provider takes prefixes of at most 37 characters. */
const LONGEST_GROUP_PREFIX = 37;

function poolNameViolations({ regions }: Draft): z.core.$ZodRawIssue[] {
  return Object.entries(regions).flatMap(([role, { zones, pools }]) => {
    const zone = Math.max(0, ...zones.map((one) => one.length));
    return Object.keys(pools).flatMap((name) => {
      const longest = LONGEST_GROUP_PREFIX - "-on-demand--".length - zone;
      return name.length <= longest
        ? []
        : [
            violation(["regions", role, "pools", name], name, {
              allowed: `a name of at most ${longest} characters`,
              because: `node groups are named <pool>-on-demand-<zone>-, and AWS takes ${LONGEST_GROUP_PREFIX} characters of that`,
            }),
          ];
    });
  });
}

/** What the settings of an environment say of one another. */
export function crossFieldViolations(environment: Draft): z.core.$ZodRawIssue[] {
  const { primary, secondary } = environment.regions;
  const found: z.core.$ZodRawIssue[] = [...poolNameViolations(environment)];
  if (primary.name === secondary.name)
    found.push(
      violation(["regions", "secondary", "name"], secondary.name, {
        allowed: `a region other than ${primary.name}`,
        because: "a standby in the failed region takes over nothing",
      }),
    );
  if (overlaps(primary.cidr, secondary.cidr))
    found.push(
      violation(["regions", "secondary", "cidr"], secondary.cidr, {
        allowed: `a network that does not overlap ${primary.cidr} of the primary`,
        because: "the regions could never be peered, and a route would be ambiguous",
      }),
    );
  if (!environment.adminRoleArn.includes(`::${environment.accountId}:`))
    found.push(
      violation(["adminRoleArn"], environment.adminRoleArn, {
        allowed: `a role of account ${environment.accountId}`,
        because: "an access entry for a role of another account locks everybody out",
      }),
    );
  if (environment.budget.ceilingUsdPerMonth < environment.budget.usdPerMonth)
    found.push(
      violation(["budget", "ceilingUsdPerMonth"], environment.budget.ceilingUsdPerMonth, {
        allowed: `at least the budget, ${environment.budget.usdPerMonth}`,
        because: "the ceiling bounds the cost at maximum, which is never below the steady cost",
      }),
    );
  for (const role of ["primary", "secondary"] as const)
    found.push(...regionViolations(role, environment.regions[role]));
  return found;
}

function regionViolations(role: "primary" | "secondary", region: Draft["regions"]["primary"]): z.core.$ZodRawIssue[] {
  const found: z.core.$ZodRawIssue[] = [];
  region.zones.forEach((zone, index) => {
    if (!zone.startsWith(region.name) || region.zones.indexOf(zone) !== index)
      found.push(
        violation(["regions", role, "zones", index], zone, {
          allowed: `a zone of ${region.name}, named once`,
          because: "a subnet is made in each zone listed",
        }),
      );
  });
  for (const [name, because] of [
    ["general", "the platform's own pods run there"],
    ["services", "applications run there unless they name another"],
    ["monitoring", "Prometheus and its companions run there, apart from what they watch"],
  ] as const)
    if (!region.pools[name])
      found.push(
        violation(["regions", role, "pools"], Object.keys(region.pools).join(", ") || "none", {
          allowed: `a pool named ${name}`,
          because,
        }),
      );
  for (const [name, pool] of Object.entries(region.pools))
    for (const kind of ["onDemand", "spot"] as const) {
      const group = pool[kind];
      if (group && group.min > group.max)
        found.push(
          violation(["regions", role, "pools", name, kind, "max"], group.max, {
            allowed: `at least min, ${group.min}`,
            because: "an autoscaling group with max below min is refused by AWS",
          }),
        );
    }
  return found;
}
