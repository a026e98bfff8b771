import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "./kubernetes-api";

/** Where the real scheduler put each pod, and what it said of those that it did not place. */
export interface Schedule {
  /** Node by pod, as "namespace/name". */
  readonly placed: ReadonlyMap<string, string>;
  /** The scheduler's message by pod. */
  readonly unplaced: ReadonlyMap<string, string>;
}

interface PodState extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly nominatedNodeName?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** Longer than the scheduler's longest pause before it tries a pod again (podMaxBackoffSeconds 1), twice. */
const QUIET_MS = 2200;
/** How often a pod is made anew that has a node nominated and is not tried again. */
const RENEWALS = 3;
const POLL_MS = 250;
const STEP_MS = 20;

const keyOf = (pod: KubernetesObject): string => `${pod.metadata.namespace ?? "default"}/${pod.metadata.name}`;

export interface Settling {
  /** How many pods there will be, when controllers create them. @default the number of pods given */
  readonly expected?: number;
  /** @default 90 */
  readonly seconds?: number;
  /** What to wait for after each creation, by the number of pods created. @default nothing */
  readonly eachAfter?: (created: number) => Promise<void>;
}

/**
 * Creates the pods one after the other and waits until the scheduler has nothing left to do: every pod has a node, or
 * all others have been refused and nothing has changed for longer than its longest pause. A bare pod that was preempted
 * is created again, as its controller would do. So is one that has preempted others and is not tried again although they
 * are gone: where a victim ends while the scheduler is still at it, the scheduler waits for its next sweep, minutes later.
 * @throws Error when it does not settle within `seconds`
 */
export async function schedule(
  api: KubernetesApi,
  namespaces: readonly string[],
  pods: readonly KubernetesObject[],
  { expected = pods.length, seconds = 90, eachAfter }: Settling = {},
): Promise<Schedule> {
  for (const [at, pod] of pods.entries()) {
    await api.create(pod);
    await eachAfter?.(at + 1);
  }
  const end = performance.now() + seconds * 1000;
  let last = "";
  let changed = performance.now();
  let renewals = 0;
  for (;;) {
    const now = await podsIn(api, namespaces);
    await recreate(api, pods, now);
    const state = now
      .map((pod) => `${keyOf(pod)} ${pod.spec.nodeName ?? refusal(pod) ?? "?"} ${pod.status.nominatedNodeName ?? ""}`)
      .sort()
      .join("\n");
    if (state !== last) [last, changed] = [state, performance.now()];
    const complete = now.length >= expected;
    if (complete && now.every((pod) => pod.spec.nodeName)) return scheduleOf(now);
    const allAnswered = complete && now.every((pod) => pod.spec.nodeName || refusal(pod) !== undefined);
    if (allAnswered && performance.now() - changed > QUIET_MS) {
      const forgotten =
        renewals < RENEWALS ? now.filter((pod) => !pod.spec.nodeName && pod.status.nominatedNodeName) : [];
      if (forgotten.length === 0) return scheduleOf(now);
      renewals++;
      for (const pod of forgotten) await api.delete(pod, 0);
      changed = performance.now();
    }
    if (performance.now() > end)
      throw new Error(
        `the scheduler did not settle in ${seconds} s: ${now.length} of ${expected} pods, ${now.filter((pod) => !pod.spec.nodeName).length} without a node`,
      );
    await sleep(POLL_MS);
  }
}

/**
 * Waits until so many pods have each been given a node or been refused once. A pod that was preempted and is not made
 * again does not hold it up for longer than the scheduler's longest pause.
 */
export async function settled(api: KubernetesApi, namespaces: readonly string[], pods: number): Promise<void> {
  const end = performance.now() + QUIET_MS;
  for (;;) {
    const now = await podsIn(api, namespaces);
    if (now.length >= pods && now.every((pod) => pod.spec.nodeName || refusal(pod) !== undefined)) return;
    if (performance.now() > end) return;
    await sleep(STEP_MS);
  }
}

/** A preempted pod stays a moment, ending; it does not count any more. */
async function podsIn(api: KubernetesApi, namespaces: readonly string[]): Promise<readonly PodState[]> {
  const lists = await Promise.all(namespaces.map((namespace) => api.list<PodState>("v1", "Pod", namespace)));
  return lists.flat().filter((pod) => pod.metadata["deletionTimestamp"] === undefined);
}

async function recreate(
  api: KubernetesApi,
  pods: readonly KubernetesObject[],
  now: readonly PodState[],
): Promise<void> {
  const there = new Set(now.map(keyOf));
  for (const pod of pods.filter((each) => !there.has(keyOf(each)))) {
    try {
      await api.create(pod);
    } catch {
      // the evicted one is still ending: at the next look
    }
  }
}

const refusal = (pod: PodState): string | undefined =>
  pod.status.conditions?.find(
    ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason === "Unschedulable",
  )?.message;

const scheduleOf = (pods: readonly PodState[]): Schedule => ({
  placed: new Map(pods.flatMap((pod) => (pod.spec.nodeName ? [[keyOf(pod), pod.spec.nodeName] as const] : []))),
  unplaced: new Map(pods.flatMap((pod) => (pod.spec.nodeName ? [] : [[keyOf(pod), refusal(pod) ?? ""] as const]))),
});

/** Removes all pods of the namespaces and waits until they are gone. */
export async function removePods(api: KubernetesApi, namespaces: readonly string[]): Promise<void> {
  const left = async (): Promise<number> =>
    (await Promise.all(namespaces.map((namespace) => api.list("v1", "Pod", namespace)))).flat().length;
  for (let tries = 0; tries < 200; tries++) {
    await Promise.all(namespaces.map((namespace) => api.deleteAll("v1", "Pod", namespace)));
    if ((await left()) === 0) return;
    await sleep(150);
  }
  throw new Error(`pods of ${namespaces.join(", ")} are still there after 30 s`);
}
