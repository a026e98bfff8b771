import type { Item } from "../../item";
import type { Reference, Resource } from "../../resource";
import type { WebAcl } from "./web-acls";

export interface LoadBalancer extends Item {
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly kind: string;
  readonly internal: boolean;
  readonly deletionProtection: boolean;
  readonly accessLogs: boolean;
  readonly dropsInvalidHeaders: boolean;
  readonly subnets: readonly Resource[];
  readonly securityGroups: readonly Resource[];
  readonly zones: readonly string[];
  readonly listeners: readonly Listener[];
  readonly webAcl: WebAcl | undefined;
  readonly targetGroups: readonly TargetGroup[];
}

export interface Listener extends Item {
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  readonly sslPolicy: string | undefined;
  readonly certificate: Reference | undefined;
  /** Certificates that it serves: its own, then those added to it; a validation stands for what it validates. */
  readonly certificates: readonly Resource[];
  readonly actions: readonly string[];
  readonly rules: readonly ListenerRule[];
  /** Target groups of the default actions. */
  readonly targetGroups: readonly Resource[];
  readonly redirectsToHttps: boolean;
}

export interface ListenerRule {
  readonly resource: Resource;
  readonly priority: number | undefined;
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** Networks that it lets in; empty: every address. */
  readonly sources: readonly string[];
  /** Kinds of conditions beside hosts and paths, for example `source_ip`. */
  readonly otherConditions: readonly string[];
  readonly actions: readonly string[];
  /** Those that get requests: not the ones of weight 0. */
  readonly targetGroups: readonly Resource[];
}

export interface TargetGroup extends Item {
  readonly name: string | undefined;
  readonly port: number | undefined;
  readonly protocol: string | undefined;
  /** HTTP1, HTTP2 or GRPC. */
  readonly protocolVersion: string;
  readonly targetType: string | undefined;
  readonly deregistrationDelaySeconds: number;
  readonly healthCheck: {
    readonly enabled: boolean;
    readonly protocol: string;
    readonly path: string | undefined;
    readonly port: string | undefined;
    readonly intervalSeconds: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
    readonly timeoutSeconds: number | undefined;
    readonly matcher: string | undefined;
  };
}
