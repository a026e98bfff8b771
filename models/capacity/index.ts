/** Whether pods fit nodes, and what follows: the kube-scheduler as far as it decides feasibility, as plain data in and out. */
export * from "./types";
export { effectiveRequests } from "./requests";
export type { ResourceSums } from "./requests";
export * from "./allocatable";
export { REASON } from "./classes";
export type { NamespaceLabels } from "./links";
export { pack } from "./pack";
export type { Packing, PackingInput, PackingOptions, Verdict } from "./pack";
export type { Amounts, LeftOver, NodeUse, PoolUse } from "./tally";
