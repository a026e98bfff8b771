import type { EnvironmentLayer } from "../layers";
import { organisation } from "../organisation";

/** Nodes of each region. */
const pools = {
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
};

/** What every environment has that does not say otherwise in its file. */
export const defaults = {
  organisation: organisation.name,
  owner: organisation.owner,
  costCentre: organisation.costCentre,
  contactEmail: organisation.contacts.email,
  kubernetesVersion: "1.36",
  stateRegion: "us-west-2",
  regions: {
    primary: { name: "us-east-1", zones: ["us-east-1a", "us-east-1b", "us-east-1c"], pools },
    secondary: { name: "eu-west-1", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"], pools },
  },
  failover: { healthCheckIntervalSeconds: 10, failureThreshold: 3, recordTtlSeconds: 60 },
  backups: { schedule: "0 2 * * *", retentionDays: 30, durationMinutes: 60 },
  logRetentionDays: 30,
  protectData: true,
  google: organisation.google,
} satisfies EnvironmentLayer;
