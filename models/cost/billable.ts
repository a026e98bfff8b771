/** The situations that are priced: the ordinary month, every autoscaler at its maximum, and the secondary region carrying the peak. */
export const scenarios = ["steady", "peak", "failover"] as const;
export type Scenario = (typeof scenarios)[number];
export type ByScenario = Readonly<Record<Scenario, number>>;
/** A number holds in every scenario. */
export type Amount = number | ByScenario;

export const inScenario = (amount: Amount, scenario: Scenario): number =>
  typeof amount === "number" ? amount : amount[scenario];

export const byScenario = (value: (scenario: Scenario) => number): ByScenario => ({
  steady: value("steady"),
  peak: value("peak"),
  failover: value("failover"),
});

export const sharedApplication = "shared";

/** `address` is unique in its region; `application` @default "shared" - the platform's own cost is distributed by request share. */
interface Billable<Kind extends string> {
  readonly kind: Kind;
  readonly address: string;
  readonly region: string;
  readonly application?: string;
}

export interface ControlPlane extends Billable<"eks-control-plane"> {
  readonly support: "standard" | "extended";
}
/** On-demand capacity is priced at the first type, spot at the most expensive of them: the plan must hold whichever type is to be had. */
export interface NodePool extends Billable<"node-pool"> {
  readonly instanceTypes: readonly [string, ...string[]];
  readonly onDemandCount: Amount;
  readonly spotCount: Amount;
  /** vCPU-hours above the CPU credits of burstable types in unlimited mode. @default 0 - standard mode bills none */
  readonly surplusCreditVcpuHours?: Amount;
}
export interface Gp3Volume extends Billable<"gp3-volume"> {
  readonly count: Amount;
  readonly sizeGiB: number;
  /** Provisioned in total. @default 3000 - included in the price */
  readonly iops?: number;
  /** Provisioned in total, MiB/s (the bill states GiBps). @default 125 - included in the price */
  readonly throughputMiBps?: number;
}
export interface SnapshotStorage extends Billable<"backup-storage"> {
  readonly of: "ebs-snapshot" | "aws-backup-ebs" | "aws-backup-rds" | "aws-backup-s3";
  readonly storedGb: Amount;
}
export interface NatGateway extends Billable<"nat-gateway"> {
  readonly count: number;
  readonly processedGb: Amount;
  /** A private gateway has no public address. */
  readonly connectivity: "public" | "private";
}
export interface PublicAddress extends Billable<"public-ipv4"> {
  readonly count: number;
}
export interface LoadBalancer extends Billable<"load-balancer"> {
  readonly type: "application" | "network";
  /** Capacity units used on average over the month. */
  readonly capacityUnits: Amount;
  /** Public addresses: one for each zone of an internet-facing balancer, 0 of an internal one. */
  readonly publicAddresses: number;
}
export interface InterfaceEndpoint extends Billable<"interface-endpoint"> {
  readonly zones: number;
  readonly processedGb: Amount;
}
/** One instance; a replica is an instance of its own. */
export interface RdsInstance extends Billable<"rds-postgresql"> {
  readonly instanceClass: string;
  readonly multiAz: boolean;
  readonly storageGb: number;
  /** Beyond the free allocation, which equals the provisioned storage of the region. */
  readonly billedBackupGb: Amount;
  /** Copied to another region each month: snapshots, automated backups and replication. */
  readonly crossRegionCopyGb: Amount;
}
export interface CacheCluster extends Billable<"elasticache"> {
  readonly engine: "redis" | "valkey";
  readonly nodeType: string;
  readonly nodes: number;
  readonly backupGb: Amount;
}
export interface Bucket extends Billable<"s3-bucket"> {
  readonly storageClass: "standard" | "standard-ia" | "glacier-instant";
  readonly storedGb: Amount;
  readonly writeRequests: Amount;
  readonly readRequests: Amount;
  /** Replicated to another region each month. */
  readonly replicatedGb: Amount;
  readonly replicationTimeControl: boolean;
}
export interface KmsKey extends Billable<"kms-key"> {
  readonly count: number;
  readonly replica: boolean;
  /** Rotations done so far, 0 to 2: each of the first two adds a key-month. */
  readonly billedRotations: number;
  readonly requests: Amount;
}
export interface HostedZone extends Billable<"route53-zone"> {
  readonly count: number;
  readonly queries: Amount;
}
export interface HealthCheck extends Billable<"route53-health-check"> {
  readonly endpoint: "aws" | "non-aws";
  readonly count: number;
  /** Of HTTPS, fast interval, string match, latency: those switched on for each check, 0 to 4. */
  readonly options: number;
}
export interface LogGroup extends Billable<"log-group"> {
  /** Vended: written by AWS itself (EKS control plane, flow logs). */
  readonly source: "custom" | "vended";
  readonly ingestedGb: Amount;
  readonly storedGb: Amount;
}
export interface Monitoring extends Billable<"cloudwatch"> {
  readonly alarms: number;
  readonly highResolutionAlarms: number;
  readonly metrics: number;
  readonly dashboards: number;
}
export interface WebAcl extends Billable<"waf"> {
  readonly rules: number;
  readonly requests: Amount;
}
export interface Secrets extends Billable<"secrets"> {
  readonly count: number;
  readonly replicas: number;
  readonly requests: Amount;
}
export interface ImageRepository extends Billable<"ecr"> {
  readonly storedGb: Amount;
}
export interface Trail extends Billable<"cloudtrail"> {
  readonly dataEvents: Amount;
  /** Management events of second and further trails: the first copy is free. */
  readonly copiedManagementEvents: Amount;
}
export interface ThreatDetection extends Billable<"guardduty"> {
  readonly managementEvents: Amount;
  readonly auditEvents: Amount;
  /** VPC flow logs and DNS query logs that a detector analyses, whether or not the account keeps them itself. */
  readonly analysedGb: Amount;
  /** vCPUs under runtime monitoring on average. */
  readonly monitoredVcpus: Amount;
}
/** Anything else with a price id: `quantity` in the units of that price a month. */
export interface Metered extends Billable<"metered"> {
  readonly priceId: string;
  readonly quantity: Amount;
}
/** What AWS does not charge for, so that the list is complete: a gateway endpoint, a security group. */
export interface FreeOfCharge extends Billable<"free-of-charge"> {
  readonly reason: string;
}
/** Money set aside for what is not built yet. */
export interface Reserve extends Billable<"reserve"> {
  readonly usdPerMonth: Amount;
  readonly reason: string;
}

export type BillableResource =
  | ControlPlane
  | NodePool
  | Gp3Volume
  | SnapshotStorage
  | NatGateway
  | PublicAddress
  | LoadBalancer
  | InterfaceEndpoint
  | RdsInstance
  | CacheCluster
  | Bucket
  | KmsKey
  | HostedZone
  | HealthCheck
  | LogGroup
  | Monitoring
  | WebAcl
  | Secrets
  | ImageRepository
  | Trail
  | ThreatDetection
  | Metered
  | FreeOfCharge
  | Reserve;

export type BillableKind = BillableResource["kind"];
export type Of<Kind extends BillableKind> = Extract<BillableResource, { kind: Kind }>;

/** Traffic of a month that no single resource is billed for. `inter-zone` counts each GB once; the bill charges it out and in. */
export interface Traffic {
  readonly address: string;
  readonly path: "inter-zone" | "inter-region" | "internet";
  readonly region: string;
  readonly gb: Amount;
  readonly application?: string;
}

export interface DeclaredUsage {
  /** Fraction of all requests that each application serves; sums to 1. @default none - shared cost then stays under "shared" */
  readonly requestShare?: Readonly<Record<string, number>>;
  /** Fraction off the on-demand price to plan spot with, 0 to below 1. @default none - the 30-day means of the price book */
  readonly spotDiscount?: number;
  readonly traffic: readonly Traffic[];
}

export type Confidence = "high" | "medium" | "low";

/** Prices as plain data. `null` is unknown. */
export interface PriceTable {
  readonly regions: readonly string[];
  readonly byId: ReadonlyMap<
    string,
    {
      readonly unit: string;
      readonly usd: Readonly<Record<string, number | null>>;
      readonly confidence: Readonly<Record<string, Confidence | undefined>>;
    }
  >;
}

export interface CostInput {
  readonly resources: readonly BillableResource[];
  readonly usage: DeclaredUsage;
  readonly prices: PriceTable;
}
