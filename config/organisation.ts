/**
 * vCPU quotas that AWS has granted each account, in each region: "Running On-Demand Standard instances" (L-1216C47A) and
 * "All Standard Spot Instance Requests" (L-34B43A08) in the Service Quotas console. A new account begins with 5 of each.
 */
const vcpuQuotas = { primary: { onDemand: 104, spot: 64 }, secondary: { onDemand: 104, spot: 64 } };

/**
 * Your own values: the one file to edit before the first deployment.
 *
 * What is here now are examples. They are valid, so that `make synth` works at once, and they can't be deployed by
 * accident: the account ids are in no use (AWS documentation uses them) and the domain ends in `.example` (RFC 2606).
 */
export const organisation = {
  /** Prefix of every name that must be unique in AWS or in an account. 3 to 12 lower-case letters, digits, hyphens. */
  name: "plimsoll",
  owner: "platform-team",
  costCentre: "cc-1000",
  contacts: {
    /** Receives budget and security notifications. */
    email: "platform@plimsoll.example",
  },
  /** Workload identity pool of your Google Cloud project, with a provider `eks-<region>` for each cluster's OIDC issuer. */
  google: { projectNumber: "123456789012", workloadIdentityPool: "plimsoll" },
  production: {
    accountId: "111122223333",
    domain: "plimsoll.example",
    regions: {
      primary: { cidr: "10.0.0.0/16", vcpuQuota: vcpuQuotas.primary },
      secondary: { cidr: "10.1.0.0/16", vcpuQuota: vcpuQuotas.secondary },
    },
    /** Who may reach the Kubernetes API from outside the VPC: your offices, VPN and CI, never the whole internet. */
    apiAccessCidrs: ["203.0.113.0/24"],
    adminRoleArn: "arn:aws:iam::111122223333:role/platform-admin",
    // The computed sum and room for one more application with stores: docs/adr/0005-databases-and-caches.md. Claim CA-17 is held against one application (CO-05).
    budget: { usdPerMonth: 2400, ceilingUsdPerMonth: 4600 },
  },
  staging: {
    accountId: "444455556666",
    domain: "staging.plimsoll.example",
    regions: {
      primary: { cidr: "10.16.0.0/16", vcpuQuota: vcpuQuotas.primary },
      secondary: { cidr: "10.17.0.0/16", vcpuQuota: vcpuQuotas.secondary },
    },
    apiAccessCidrs: ["203.0.113.0/24"],
    adminRoleArn: "arn:aws:iam::444455556666:role/platform-admin",
    budget: { usdPerMonth: 2150, ceilingUsdPerMonth: 4300 },
  },
  development: {
    accountId: "777788889999",
    domain: "development.plimsoll.example",
    regions: {
      primary: { cidr: "10.32.0.0/16", vcpuQuota: vcpuQuotas.primary },
      secondary: { cidr: "10.33.0.0/16", vcpuQuota: vcpuQuotas.secondary },
    },
    apiAccessCidrs: ["203.0.113.0/24"],
    adminRoleArn: "arn:aws:iam::777788889999:role/platform-admin",
    budget: { usdPerMonth: 2150, ceilingUsdPerMonth: 4300 },
  },
  local: {
    accountId: "000000000000",
    domain: "local.plimsoll.example",
    regions: {
      primary: { cidr: "10.48.0.0/16", vcpuQuota: vcpuQuotas.primary },
      secondary: { cidr: "10.49.0.0/16", vcpuQuota: vcpuQuotas.secondary },
    },
    apiAccessCidrs: ["203.0.113.0/24"],
    adminRoleArn: "arn:aws:iam::000000000000:role/platform-admin",
    budget: { usdPerMonth: 1650, ceilingUsdPerMonth: 3600 },
  },
};
