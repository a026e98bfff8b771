import type { PodTemplate, Resources } from "../types";

/** All resources of one pod or node as sums, absent ones 0. */
export interface ResourceSums {
  cpuMillis: number;
  memoryMiB: number;
  ephemeralStorageMiB: number;
  extended: Record<string, number>;
}

export function sumsOf(resources: Partial<Resources> = {}): ResourceSums {
  return {
    cpuMillis: resources.cpuMillis ?? 0,
    memoryMiB: resources.memoryMiB ?? 0,
    ephemeralStorageMiB: resources.ephemeralStorageMiB ?? 0,
    extended: { ...resources.extended },
  };
}

function combine(a: ResourceSums, b: ResourceSums, how: (x: number, y: number) => number): ResourceSums {
  const extended: Record<string, number> = {};
  for (const name of [...new Set([...Object.keys(a.extended), ...Object.keys(b.extended)])].sort()) {
    extended[name] = how(a.extended[name] ?? 0, b.extended[name] ?? 0);
  }
  return {
    cpuMillis: how(a.cpuMillis, b.cpuMillis),
    memoryMiB: how(a.memoryMiB, b.memoryMiB),
    ephemeralStorageMiB: how(a.ephemeralStorageMiB, b.ephemeralStorageMiB),
    extended,
  };
}
const add = (a: ResourceSums, b: ResourceSums): ResourceSums => combine(a, b, (x, y) => x + y);
const larger = (a: ResourceSums, b: ResourceSums): ResourceSums => combine(a, b, Math.max);

/**
 * What the scheduler reserves for a pod: the larger of (all containers and sidecars together) and (the largest moment of
 * the start, when an init container runs beside the sidecars started before it), then the requests of the pod as a whole
 * in place of that sum where declared, plus the overhead of its runtime class.
 * Source: PodRequests in k8s.io/component-helpers/resource, Kubernetes 1.36 (read 2026-11-21).
 */
export function effectiveRequests(pod: PodTemplate): ResourceSums {
  let sidecars = sumsOf();
  let startPeak = sumsOf();
  for (const init of pod.initContainers ?? []) {
    const own = sumsOf(init.requests);
    if (init.restartPolicy === "Always") {
      sidecars = add(sidecars, own);
      startPeak = larger(startPeak, sidecars);
    } else {
      startPeak = larger(startPeak, add(own, sidecars));
    }
  }
  const running = pod.containers.reduce((sum, container) => add(sum, sumsOf(container.requests)), sidecars);
  const wanted = larger(running, startPeak);
  const whole = pod.podRequests ?? {};
  return add({ ...wanted, ...definedNumbers(whole) }, sumsOf(pod.overhead));
}

function definedNumbers(
  whole: Partial<Resources>,
): Partial<Pick<ResourceSums, "cpuMillis" | "memoryMiB" | "ephemeralStorageMiB">> {
  return {
    ...(whole.cpuMillis === undefined ? {} : { cpuMillis: whole.cpuMillis }),
    ...(whole.memoryMiB === undefined ? {} : { memoryMiB: whole.memoryMiB }),
    ...(whole.ephemeralStorageMiB === undefined ? {} : { ephemeralStorageMiB: whole.ephemeralStorageMiB }),
  };
}
