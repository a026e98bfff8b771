import type { EnvironmentLiteral } from "../literal";
import { organisation } from "../organisation";

/** Emulated AWS on this computer: nothing is protected, so that it can be thrown away. */
export const local: EnvironmentLiteral = {
  name: "local",
  organisation: organisation.name,
  owner: organisation.owner,
  costCentre: organisation.costCentre,
  contactEmail: organisation.contacts.email,
  accountId: organisation.local.accountId,
  domain: organisation.local.domain,
  kubernetesVersion: "1.36",
  apiAccessCidrs: organisation.local.apiAccessCidrs,
  adminRoleArn: organisation.local.adminRoleArn,
  stateRegion: "us-west-2",
  regions: {
    primary: {
      name: "us-east-1",
      cidr: organisation.local.cidrs.primary,
      vcpuQuota: organisation.local.vcpuQuotas.primary,
      zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
      pools: {
        general: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 6 },
          spot: { instanceTypes: ["t3.large", "m5.large", "m7i-flex.large"], min: 0, max: 4 },
          diskGiB: 30,
        },
        services: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 9 },
          spot: { instanceTypes: ["t3.medium", "c5.large", "c7i-flex.large"], min: 0, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
        monitoring: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
        throughput: {
          onDemand: { instanceTypes: ["m6a.large"], min: 3, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
      },
    },
    secondary: {
      name: "eu-west-1",
      cidr: organisation.local.cidrs.secondary,
      vcpuQuota: organisation.local.vcpuQuotas.secondary,
      zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
      pools: {
        general: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 6 },
          spot: { instanceTypes: ["t3.large", "m5.large", "m7i-flex.large"], min: 0, max: 4 },
          diskGiB: 30,
        },
        services: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 9 },
          spot: { instanceTypes: ["t3.medium", "c5.large", "c7i-flex.large"], min: 0, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
        monitoring: {
          onDemand: { instanceTypes: ["t3.medium"], min: 3, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
        throughput: {
          onDemand: { instanceTypes: ["m6a.large"], min: 3, max: 6 },
          dedicated: true,
          diskGiB: 30,
        },
      },
    },
  },
  failover: { healthCheckIntervalSeconds: 30, failureThreshold: 3, recordTtlSeconds: 60 },
  backups: { schedule: "0 2 * * *", retentionDays: 30, durationMinutes: 60 },
  logRetentionDays: 30,
  protectData: false,
  google: organisation.google,
  budget: organisation.local.budget,
};
