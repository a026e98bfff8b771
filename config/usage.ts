import type { EnvironmentName, RegionRole } from "./environment";

/** How busy a region is: it stands by, serves the ordinary month, or serves the peak for a whole month. */
export type Activity = "standby" | "ordinary" | "peak";
type ByActivity = Readonly<Record<Activity, number>>;

/** What a region uses in a month and no resource declares. Volumes in GB (10^9 bytes), requests as counts. */
export interface RegionUsage {
  /** Through all NAT gateways together: image pulls from public registries, calls of public APIs. */
  readonly natGb: ByActivity;
  /** Hours in which components that copy images between registries do so at the throughput that they declare. */
  readonly copyHours: ByActivity;
  /** Copied images that a region keeps for each component that may write them: repositories that no resource declares. */
  readonly copiedImageGb: ByActivity;
  /** Access logs of the load balancer beside those of health checks, compressed. */
  readonly loadBalancerLogGb: ByActivity;
  /** Capacity units of the load balancer, on average, health checks apart: 25 new connections a second or 1 GB an hour are one. */
  readonly loadBalancerCapacityUnits: ByActivity;
  /** Without those of health checks. */
  readonly firewallRequests: ByActivity;
  readonly internetGb: ByActivity;
  readonly interZoneGb: ByActivity;
  /** To the other region: image replication and backups that are written there. */
  readonly interRegionGb: ByActivity;
  readonly controlPlaneLogGb: ByActivity;
  readonly flowLogGb: ByActivity;
  readonly firewallLogGb: ByActivity;
  /** Of each function. */
  readonly functionLogGb: ByActivity;
  /** Of the region that serves; the backup bucket of either region holds it. The request counts below likewise. */
  readonly backupGb: ByActivity;
  /** Compressed chunks and index that Loki's bucket holds: 30 days of what applications log. */
  readonly lokiGb: ByActivity;
  readonly lokiWriteRequests: ByActivity;
  readonly lokiReadRequests: ByActivity;
  /** Of all databases together, beyond the storage that they provision: so much is free. */
  readonly databaseBackupGb: ByActivity;
  /** Snapshots, automated backups and changes of all databases together that go to the other region. */
  readonly databaseCopyGb: ByActivity;
  /** Automated backups of all databases together that the other region keeps a copy of. */
  readonly databaseReplicatedBackupGb: ByActivity;
  /** Of the state machine of the promotion: a few executions of tests. */
  readonly promotionLogGb: ByActivity;
  /** Of each log that a database exports. */
  readonly databaseLogGb: ByActivity;
  readonly cacheBackupGb: ByActivity;
  readonly backupWriteRequests: ByActivity;
  readonly backupReadRequests: ByActivity;
  /** Of each repository of an application's image. */
  readonly imageGb: ByActivity;
  /** Of each repository that copies an image of Docker Hub. */
  readonly mirroredImageGb: ByActivity;
  /** Of each key. */
  readonly keyRequests: ByActivity;
  /** Of each secret: the external secrets operator asks every hour. */
  readonly secretRequests: ByActivity;
  readonly threatManagementEvents: ByActivity;
  readonly threatAuditEvents: ByActivity;
  /** Flow and DNS logs that GuardDuty analyses. */
  readonly threatAnalysedGb: ByActivity;
  /** Through each interface endpoint. */
  readonly interfaceEndpointGb: ByActivity;
}

/** What the whole environment uses in a month. */
export interface GlobalUsage {
  readonly dnsQueries: ByActivity;
  readonly auditTrailGb: number;
  readonly auditTrailWriteRequests: number;
  /** Of each state bucket. */
  readonly stateGb: number;
  /** Reads, and as many writes, of each state bucket. */
  readonly stateRequests: number;
  readonly functionInvocations: number;
  readonly functionSeconds: number;
  readonly notifications: number;
}

/** Money for what is not built yet; later work replaces the line by its resources. */
export interface ReserveLine {
  readonly name: string;
  readonly role: RegionRole;
  readonly usdPerMonth: number;
  readonly reason: string;
}

export interface Usage {
  readonly region: RegionUsage;
  readonly global: GlobalUsage;
  /** Share of a log's ingested volume that it occupies while it is kept: CloudWatch bills it compressed. */
  readonly logStoredShare: number;
  readonly reserves: readonly ReserveLine[];
}

const steadily = (amount: number): ByActivity => ({ standby: amount, ordinary: amount, peak: amount });

/**
 * Assumptions of production, 2026-11-21, to be replaced by what the first month's bill shows. Ordinary is about two million API
 * requests a month of 10 kB each; the peak is 1000 users all month long (claim CA-25), ten times that.
 */
const production: Usage = {
  region: {
    natGb: { standby: 30, ordinary: 60, peak: 300 },
    copyHours: { standby: 0, ordinary: 0.25, peak: 4 },
    copiedImageGb: steadily(30),
    loadBalancerLogGb: { standby: 0.1, ordinary: 0.5, peak: 3 },
    loadBalancerCapacityUnits: { standby: 0.1, ordinary: 1, peak: 5 },
    firewallRequests: { standby: 100_000, ordinary: 2_000_000, peak: 20_000_000 },
    internetGb: { standby: 1, ordinary: 50, peak: 300 },
    interZoneGb: { standby: 30, ordinary: 200, peak: 1000 },
    interRegionGb: { standby: 5, ordinary: 30, peak: 60 },
    controlPlaneLogGb: { standby: 8, ordinary: 15, peak: 30 },
    flowLogGb: { standby: 3, ordinary: 10, peak: 40 },
    firewallLogGb: { standby: 0.1, ordinary: 1, peak: 5 },
    functionLogGb: steadily(0.2),
    backupGb: { standby: 20, ordinary: 50, peak: 100 },
    databaseBackupGb: { standby: 0, ordinary: 50, peak: 100 },
    databaseCopyGb: { standby: 0, ordinary: 30, peak: 60 },
    databaseReplicatedBackupGb: { standby: 50, ordinary: 50, peak: 100 },
    promotionLogGb: steadily(0.001),
    databaseLogGb: { standby: 0.05, ordinary: 0.3, peak: 2 },
    cacheBackupGb: steadily(1),
    lokiGb: { standby: 3, ordinary: 15, peak: 60 },
    lokiWriteRequests: { standby: 50_000, ordinary: 100_000, peak: 300_000 },
    lokiReadRequests: { standby: 20_000, ordinary: 100_000, peak: 200_000 },
    backupWriteRequests: steadily(100_000),
    backupReadRequests: steadily(200_000),
    imageGb: steadily(10),
    // Released versions alone, twelve a year of two platforms: 0.15 GB each is assumed, after the 106 and 86 MB of Velero's
    // two programs as the proof builds them (2026-11-29). 12 × 2 × 0.15 GB after the first year.
    mirroredImageGb: steadily(3.6),
    keyRequests: { standby: 20_000, ordinary: 100_000, peak: 300_000 },
    secretRequests: steadily(3_000),
    threatManagementEvents: { standby: 500_000, ordinary: 1_000_000, peak: 2_000_000 },
    threatAuditEvents: { standby: 2_000_000, ordinary: 5_000_000, peak: 10_000_000 },
    threatAnalysedGb: { standby: 2, ordinary: 8, peak: 30 },
    interfaceEndpointGb: { standby: 5, ordinary: 20, peak: 100 },
  },
  global: {
    dnsQueries: { standby: 5_000_000, ordinary: 5_000_000, peak: 20_000_000 },
    auditTrailGb: 20,
    auditTrailWriteRequests: 50_000,
    stateGb: 1,
    stateRequests: 10_000,
    functionInvocations: 43_800,
    functionSeconds: 2,
    notifications: 1_000,
  },
  logStoredShare: 0.2,
  reserves: [],
};

/** A standby's volumes all month long. What is missing, or no set of amounts, stays so: usage-limits.ts names it. */
function quietened(region: unknown): RegionUsage {
  const written = Object.entries((region ?? {}) as Readonly<Record<string, ByActivity | undefined>>);
  return Object.fromEntries(
    written.map(([name, amounts]) => [
      name,
      amounts && { standby: amounts.standby, ordinary: amounts.standby, peak: amounts.ordinary },
    ]),
  ) as unknown as RegionUsage;
}

/** The other environments serve testers only: nothing is reserved, and the whole month is as quiet as a standby. */
const quiet: Usage = {
  ...production,
  reserves: [],
  ...("region" in production ? { region: quietened(production.region) } : {}),
};

export const usage: Readonly<Record<EnvironmentName, Usage>> = {
  production,
  staging: quiet,
  development: quiet,
  local: quiet,
};
