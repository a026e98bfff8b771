/** Whether pods fit nodes, and what follows: the kube-scheduler as far as it decides feasibility, as plain data in and out. */
export * from "./types";
export { effectiveRequests } from "./requests";
export type { ResourceSums } from "./requests";
export * from "./allocatable";
export { REASON } from "./classes";
export type { NamespaceLabels } from "./links";
export { podProblem } from "./problem";
export { pack } from "./pack";
export type { Packing, PackingInput, PackingOptions, Verdict } from "./pack";
export type { Witnesses } from "./witnesses";
export type { Amounts, LeftOver, NodeUse, PoolUse } from "./tally";
export {
  carryingPeakOf,
  nodesAtMaximum,
  nodesOf,
  peakPods,
  poolAllocatable,
  scaled,
  unknownTypes,
  usableZones,
} from "./cluster";
export type { CapacityCluster, Pool, Subnet, Workload } from "./cluster";
export { addressUse, nodeAddresses, slotsWithoutAddress, subnetAddresses } from "./addresses";
export type { AddressUse } from "./addresses";
export { sharedDrains, sharedPackings } from "./sharing";
export type { Packer, SharingOptions } from "./sharing";
export { judgeCapacity } from "./judge";
export type { CapacityJudgement, JudgeOptions, Scenario } from "./judge";
export type { Mend } from "./mends";
export { steadyState } from "./steady";
export type { SteadyState } from "./steady";
export { desiredHealthy } from "./budgets";
export type { DisruptionBudget } from "./budgets";
export { drainAllNodes } from "./drain";
export type { Deadlock, DrainInput, DrainResult, DrainStep } from "./drain";
