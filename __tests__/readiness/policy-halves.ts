/** Domains that policies-of-applications.test.ts holds to their contract; policies.test.ts takes all others, new ones too. */
export const ofApplications: readonly string[] = [
  "governance",
  "network",
  "recovery",
  "security",
  "supply-chain",
  "workload",
];
