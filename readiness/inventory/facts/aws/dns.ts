import type { Item } from "../../item";
import type { Reference, Resource } from "../../resource";
import type { Alarm } from "./alarms";

export interface DnsRecord extends Item {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly ttlSeconds: number | undefined;
  readonly values: readonly string[];
  readonly setIdentifier: string | undefined;
  readonly failover: "PRIMARY" | "SECONDARY" | undefined;
  readonly alias:
    | {
        readonly target: Resource | undefined;
        readonly name: string | undefined;
        readonly evaluatesTargetHealth: boolean;
      }
    | undefined;
  readonly healthCheck: HealthCheck | undefined;
}

export interface HealthCheck extends Item {
  readonly kind: "endpoint" | "calculated" | "alarm" | "recovery-control";
  /** Terraform's `type`: HTTPS, TCP, CALCULATED, CLOUDWATCH_METRIC … */
  readonly type: string | undefined;
  readonly host: string | undefined;
  readonly hostReference: Reference | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly intervalSeconds: number;
  readonly failureThreshold: number;
  readonly inverted: boolean;
  readonly disabled: boolean;
  /** Healthy children that make a calculated check healthy. */
  readonly healthThreshold: number | undefined;
  readonly children: readonly HealthCheck[];
  readonly alarm: Alarm | undefined;
  readonly insufficientData: string | undefined;
}
