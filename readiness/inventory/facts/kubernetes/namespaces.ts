import type { RegisteredClaims } from "../../../../catalog/claims/registered";
import type { ObjectItem } from "./object-item";
import type { NetworkPolicy, Workload } from "./workload-graph";

export interface Namespace extends ObjectItem {
  /** Tier, availability and so on of the application; undefined without the annotation plimsoll.dev/objectives. */
  readonly objectives: Objectives | undefined;
  /** What is wrong with the annotation, if it is there and cannot be read. */
  readonly objectivesError: string | undefined;
  /** Claims that its application registered, by id. */
  readonly claims: RegisteredClaims;
  readonly claimsError: string | undefined;
  readonly quotas: readonly Quota[];
  readonly limitRanges: readonly LimitRange[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly workloads: readonly Workload[];
  readonly deniesIngressByDefault: boolean;
  readonly deniesEgressByDefault: boolean;
}

export interface Objectives {
  readonly tier: number;
  readonly availability: number | undefined;
  readonly latencyP99Ms: number | undefined;
  readonly latencyP95Ms: number | undefined;
  readonly latencyMeanMs: number | undefined;
  readonly errorRate: number | undefined;
  readonly rtoMinutes: number | undefined;
  readonly rpoHours: number | undefined;
  readonly podRecoveryMinutes: number | undefined;
}

export interface Quota extends ObjectItem {
  /** As written, for example `requests.cpu: "10"`. */
  readonly hard: Readonly<Record<string, string>>;
  readonly cpuRequestMillis: number | undefined;
  readonly memoryRequestMiB: number | undefined;
  readonly cpuLimitMillis: number | undefined;
  readonly memoryLimitMiB: number | undefined;
  readonly pods: number | undefined;
}

export interface LimitRange extends ObjectItem {
  readonly limits: readonly {
    readonly type: string;
    readonly default: Readonly<Record<string, string>>;
    readonly defaultRequest: Readonly<Record<string, string>>;
    readonly max: Readonly<Record<string, string>>;
    readonly min: Readonly<Record<string, string>>;
  }[];
}
