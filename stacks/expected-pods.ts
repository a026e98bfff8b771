import { poolOf } from "../config/application/parts/program";
import type { Application, Component, Job } from "../config/application/schema";
import { SURGE_PERCENT } from "../constructs/kubernetes/workload/workload";
import { cpuMillis, memoryMiB } from "../models/quantity";

/** Requests of equal pods, as the capacity model counts them. */
export interface PodDemand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: number;
}

/** What a namespace may request at most. */
export interface Quota {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly memoryLimitMiB: number;
  readonly pods: number;
}

/** Most pods of a component at one time: the autoscaler's maximum and what a rolling update adds to it. A StatefulSet replaces in place. */
function podsAtMaximum(component: Component): number {
  const replicas = component.scale?.max ?? component.replicas ?? 1;
  return component.volumes ? replicas : replicas + Math.ceil((replicas * SURGE_PERCENT) / 100);
}

function demand(part: Component | Job, count: number): PodDemand {
  return { cpuMillis: cpuMillis(part.requests.cpu) ?? 0, memoryMiB: memoryMiB(part.requests.memory) ?? 0, count };
}

/** Every part of an application with its most pods; a job runs once at a time. */
const partsOf = (application: Application): readonly (readonly [Component | Job, number])[] => [
  ...Object.values(application.components).map((component) => [component, podsAtMaximum(component)] as const),
  ...Object.values(application.jobs ?? {}).map((job) => [job, 1] as const),
];

/** What the pods of one pool request when every application is at its maximum. */
export function demandOf(applications: readonly Application[], pool: string): PodDemand[] {
  return applications.flatMap((application) =>
    partsOf(application)
      .filter(([part]) => poolOf(part) === pool)
      .map(([part, count]) => demand(part, count)),
  );
}

/** What the namespace of an application needs when it is at its maximum. */
export function quotaOf(application: Application): Quota {
  const parts = partsOf(application);
  const total = (read: (part: Component | Job) => number): number =>
    Math.ceil(parts.reduce((sum, [part, count]) => sum + count * read(part), 0));
  return {
    cpuMillis: total((part) => demand(part, 1).cpuMillis),
    memoryMiB: total((part) => demand(part, 1).memoryMiB),
    memoryLimitMiB: total((part) => memoryMiB(part.limits.memory) ?? 0),
    pods: total(() => 1),
  };
}
