/** Whether pods fit nodes, and what follows: the kube-scheduler as far as it decides feasibility, as plain data in and out. */
export * from "./types";
export { effectiveRequests } from "./nodes/requests";
export type { ResourceSums } from "./nodes/requests";
export * from "./nodes/allocatable";
export { REASON } from "./scheduling/classes";
export type { NamespaceLabels } from "./scheduling/pod-rules";
export { podProblem } from "./scheduling/problem";
export { pack } from "./scheduling/pack";
export type { Packing, PackingInput, PackingOptions, Verdict } from "./scheduling/pack";
export type { Witnesses } from "./verdict/witnesses";
export type { Amounts, LeftOver, NodeUse, PoolUse } from "./scheduling/placement-counts";
export {
  carryingPeakOf,
  nodesAtMaximum,
  nodesOf,
  peakPods,
  poolAllocatable,
  scaled,
  unknownTypes,
  usableZones,
} from "./nodes/cluster";
export type { CapacityCluster, Pool, Subnet, Workload } from "./nodes/cluster";
export { addressUse, nodeAddresses, slotsWithoutAddress, subnetAddresses } from "./nodes/addresses";
export type { AddressUse } from "./nodes/addresses";
export { sharedDrains, sharedPackings } from "./scheduling/sharing";
export type { Packer, SharingOptions } from "./scheduling/packer";
export { judgeCapacity } from "./verdict/judge";
export type { CapacityJudgement, JudgeOptions, Scenario } from "./verdict/judge";
export type { Fix } from "./verdict/fixes";
export { steadyState } from "./verdict/steady";
export type { SteadyState } from "./verdict/steady";
export { desiredHealthy } from "./drain/budgets";
export type { DisruptionBudget } from "./drain/budgets";
export { drainAllNodes } from "./drain/drain";
export type { Deadlock, DrainInput, DrainResult, DrainStep } from "./drain/drain";
