import data from "./planned-pods.json";

/** Pods that are not installed yet and for which room is kept. */
export interface PlannedPods {
  readonly daemonSets: readonly { readonly name: string; readonly cpuMillis: number; readonly memoryMiB: number }[];
  readonly deployments: readonly {
    readonly name: string;
    readonly pool: string;
    readonly pods: number;
    readonly cpuMillis: number;
    readonly memoryMiB: number;
  }[];
}

export const plannedPods: PlannedPods = data;
