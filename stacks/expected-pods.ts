import { mostCreated } from "../config/application/parts/created";
import { poolOf } from "../config/application/parts/program";
import type { Application, Component, CreatedPods, Job } from "../config/application/schema";
import { DEFAULT_MEMORY_LIMIT } from "../constructs/kubernetes/guarded-namespace";
import { graceSecondsOf } from "../constructs/kubernetes/workload/pod-template";
import { MIN_READY_SECONDS, SURGE_PERCENT } from "../constructs/kubernetes/workload/pod-controller";
import { cpuMillis, memoryMiB } from "../models/quantity";

/** Requests of equal pods, as the capacity model counts them. */
export interface PodDemand {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: number;
}

/** What a namespace may request at most. */
export interface Quota {
  /** Largest container that it admits, where a program makes pods by itself. */
  readonly largestContainer?: { readonly cpu?: string; readonly memory: string };
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly memoryLimitMiB: number;
  readonly pods: number;
}

const replicasAtMaximum = (component: Component): number => component.scale?.max ?? component.replicas ?? 1;
/** Pods that a rolling update adds at once. A StatefulSet replaces in place. */
const surgeOf = (component: Component): number =>
  component.volumes ? 0 : Math.ceil((replicasAtMaximum(component) * SURGE_PERCENT) / 100);

/**
 * Pods that end while a rolling update goes on: it waits for no pod to be gone, and a quota counts each until then. In the
 * grace period of one, others become available as quickly as `minReadySeconds` allows.
 */
const endingPods = (component: Component): number =>
  Math.min(
    component.volumes ? 0 : replicasAtMaximum(component),
    surgeOf(component) * Math.ceil(graceSecondsOf(component) / MIN_READY_SECONDS),
  );

type Part = Component | Job | CreatedPods;

function demand(part: Part, count: number): PodDemand {
  return { cpuMillis: cpuMillis(part.requests.cpu) ?? 0, memoryMiB: memoryMiB(part.requests.memory) ?? 0, count };
}

const createdIn = ({ components }: Application): readonly CreatedPods[] =>
  Object.values(components).flatMap(({ creates }) => Object.values(creates ?? {}));

/** Every part of an application with its most pods, those that its programs make included, with or without those that end; a job runs once at a time. */
const partsOf = (application: Application, ending: boolean): readonly (readonly [Part, number])[] => [
  ...createdIn(application).map((pods) => [pods, mostCreated(pods)] as const),
  ...Object.values(application.components).map(
    (component) =>
      [component, replicasAtMaximum(component) + surgeOf(component) + (ending ? endingPods(component) : 0)] as const,
  ),
  ...Object.values(application.jobs ?? {}).map((job) => [job, 1] as const),
];

/** What the pods of one pool request when every application is at its maximum. */
export function demandOf(applications: readonly Application[], pool: string): PodDemand[] {
  return applications.flatMap((application) =>
    partsOf(application, false)
      .filter(([part]) => poolOf(part) === pool)
      .map(([part, count]) => demand(part, count)),
  );
}

/** What the namespace of an application needs when it is at its maximum and a rollout goes on. */
export function quotaOf(application: Application): Quota {
  const parts = partsOf(application, true);
  const total = (read: (part: Part) => number): number =>
    Math.ceil(parts.reduce((sum, [part, count]) => sum + count * read(part), 0));
  return {
    cpuMillis: total((part) => demand(part, 1).cpuMillis),
    memoryMiB: total((part) => demand(part, 1).memoryMiB),
    memoryLimitMiB: total((part) => memoryMiB(part.limits.memory) ?? 0),
    pods: total(() => 1),
    ...(createdIn(application).length > 0 ? { largestContainer: largestOf(parts.map(([part]) => part)) } : {}),
  };
}

/** A maximum of CPU would become the limit of every container that has none: there is one only where all have. */
function largestOf(parts: readonly Part[]): NonNullable<Quota["largestContainer"]> {
  const largest = (texts: readonly string[], read: (text: string) => number | undefined): string =>
    [...texts].sort((a, b) => (read(b) ?? 0) - (read(a) ?? 0))[0] ?? "0";
  const cpus = parts.flatMap(({ limits }) => limits.cpu ?? []);
  return {
    ...(cpus.length === parts.length ? { cpu: largest(cpus, cpuMillis) } : {}),
    // No less than the namespace's default: the API server refuses a range whose default is above its maximum.
    memory: largest([...parts.map(({ limits }) => limits.memory), DEFAULT_MEMORY_LIMIT], memoryMiB),
  };
}
