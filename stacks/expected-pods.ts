import type { Application, Component } from "../config/application/schema";
import { cpuMillis, memoryMiB } from "../models/quantity";

/** Requests of equal pods, as the capacity model counts them. */
export interface PodDemand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: number;
}

/** Most pods of a component at one time: the autoscaler's maximum and what a rolling update adds to it. */
export function podsAtMaximum(component: Component): number {
  const replicas = component.scale?.max ?? component.replicas ?? 1;
  return replicas + Math.ceil(replicas * 0.25);
}

export function podDemand(component: Component, count: number): PodDemand {
  return { cpuMillis: cpuMillis(component.requests.cpu) ?? 0, memoryMiB: memoryMiB(component.requests.memory) ?? 0, count };
}

/** What the pods of one pool request when every application is at its maximum. */
export function demandOf(applications: readonly Application[], pool: string): PodDemand[] {
  return applications.flatMap((application) =>
    Object.values(application.components)
      .filter((component) => (component.pool ?? "general") === pool)
      .map((component) => podDemand(component, podsAtMaximum(component))));
}
