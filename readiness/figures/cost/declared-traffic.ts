import checkers from "../../../catalog/edge/health-checkers.json";
import { type ByScenario, byScenario } from "../../../models/cost";
import type { Platform } from "../../inventory/platform";
import type { BillingContext } from "./billing-context";

export const daysOfMonth = 365 / 12;
const secondsOfMonth = daysOfMonth * 86_400;
const bytesOfGb = 1_000_000_000;
/** A load balancer capacity unit: 25 new connections a second (Elastic Load Balancing pricing, read 2026-11-29). */
const connectionsOfCapacityUnit = 25;

/** Requests a month that Route 53's checkers send to the load balancers of a region: each checker asks in each interval. */
export function healthCheckRequests(platform: Platform, region: string | undefined): number {
  const hosts = new Set(
    platform.records
      .filter(({ alias }) => alias?.target?.type === "aws_lb" && alias.target.region === region)
      .flatMap(({ name, failover }) => (failover === undefined && name !== undefined ? [name] : [])),
  );
  return platform.healthChecks
    .filter(({ kind, host, disabled }) => kind === "endpoint" && !disabled && host !== undefined && hosts.has(host))
    .reduce((sum, { intervalSeconds }) => sum + (checkers.count.value * secondsOfMonth) / intervalSeconds, 0);
}

/** Capacity units of those requests: each is a connection of its own. */
export const healthCheckCapacityUnits = (platform: Platform, region: string | undefined): number =>
  healthCheckRequests(platform, region) / secondsOfMonth / connectionsOfCapacityUnit;

/** Their lines in the access log, compressed. */
export const healthCheckLogGb = (platform: Platform, region: string | undefined): number =>
  (healthCheckRequests(platform, region) * checkers.logLineBytes.value) / bytesOfGb;

/** What the answers weigh, the handshake with the certificates above all. */
export const healthCheckGb = (platform: Platform, region: string | undefined): number =>
  (healthCheckRequests(platform, region) * checkers.answeredBytes.value) / bytesOfGb;

/**
 * GB that components copy between registries in a month: the throughput that they declare, for the hours that the usage
 * assumes. What they read comes through the NAT gateways; what they write goes to endpoints of the VPC.
 */
export function copiedGb(context: BillingContext, region: string | undefined): ByScenario {
  const megabytesPerSecond = context.platform.workloads
    .filter((workload) => workload.region === region)
    .filter(({ component }) => component?.awsPermissions.some(({ actions }) => actions.includes("ecr:PutImage")))
    .reduce((sum, { component }) => sum + (component?.throughput?.megabytesPerSecond ?? 0), 0);
  const hours = context.volume("copyHours", region);
  return byScenario((scenario) => (hours[scenario] * 3600 * megabytesPerSecond) / 1000);
}

/** Adds a constant, or what each situation has more. */
export const plus = (volume: ByScenario, more: number | ByScenario): ByScenario =>
  byScenario((scenario) => volume[scenario] + (typeof more === "number" ? more : more[scenario]));

/** Divides over equal resources. */
export const over = (volume: ByScenario, parts: number): ByScenario =>
  byScenario((scenario) => volume[scenario] / Math.max(1, parts));
