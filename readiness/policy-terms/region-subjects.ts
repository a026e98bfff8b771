import type { Platform, Stack } from "../inventory/platform";
import type { Cluster } from "../inventory/facts/aws/clusters";
import type { Subject } from "../inventory/subject";

/** A stack as a subject. */
export interface StackSubject extends Subject {
  readonly of: Stack;
}

export const stackSubject = (stack: Stack): StackSubject => ({
  stack: stack.name,
  address: "terraform",
  constructPath: stack.name,
  label: `stack ${stack.name}`,
  of: stack,
});

export const clusterOf = (platform: Platform, role: "primary" | "secondary"): Cluster | undefined =>
  platform.clusters.find((cluster) => cluster.role === role);
