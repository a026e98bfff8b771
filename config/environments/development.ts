import type { EnvironmentLiteral } from "../literal";
import { organisation } from "../organisation";

/** Where changes are tried first: the same shape, smallest. */
export const development: EnvironmentLiteral = {
  name: "development",
  organisation: organisation.name,
  owner: organisation.owner,
  costCentre: organisation.costCentre,
  contactEmail: organisation.contacts.email,
  accountId: organisation.development.accountId,
  domain: organisation.development.domain,
  kubernetesVersion: "1.36",
  apiAccessCidrs: organisation.development.apiAccessCidrs,
  adminRoleArn: organisation.development.adminRoleArn,
  stateRegion: "us-west-2",
  regions: {
    primary: {
      name: "us-east-1",
      cidr: organisation.development.cidrs.primary,
      vcpuQuota: organisation.development.vcpuQuotas.primary,
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
      cidr: organisation.development.cidrs.secondary,
      vcpuQuota: organisation.development.vcpuQuotas.secondary,
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
  protectData: true,
  google: organisation.google,
  budget: organisation.development.budget,
};
