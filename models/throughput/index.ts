/** Whether a cluster carries what its workloads promise, and what that takes. */
export { fullReplicas, type CarriedLoad, type Promised } from "./declaration";
export { judgeThroughput, type ThroughputClause, type ThroughputJudgement, type WorkloadThroughput } from "./judge";
export { minutesOfBurst, type NodeLoad } from "./nodes";
export { settledReplicas, type Settled } from "./replicas-under-load";
