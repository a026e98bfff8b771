import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject, Reference } from "./kubernetes-api";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}
interface Status {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly readyReplicas?: number;
  readonly desiredNumberScheduled?: number;
  readonly updatedNumberScheduled?: number;
  readonly numberAvailable?: number;
  readonly currentRevision?: string;
  readonly updateRevision?: string;
  readonly conditions?: readonly Condition[];
  readonly phase?: string;
}

const statusOf = (object: KubernetesObject): Status => object["status"] ?? {};
const specOf = <Spec>(object: KubernetesObject): Partial<Spec> => object["spec"] ?? {};

/** Kinds that can be waited for. */
export const hasRollout = (kind: string): boolean => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind);

/** Whether everything that the object wants is there, as `kubectl rollout status` and `kubectl wait` decide it. */
export function isComplete(object: KubernetesObject): boolean {
  const status = statusOf(object);
  if (object.kind === "Job")
    return status.conditions?.some(({ type, status: holds }) => type === "Complete" && holds === "True") ?? false;
  if ((status.observedGeneration ?? 0) < Number(object.metadata["generation"] ?? 0)) return false;
  if (object.kind === "DaemonSet")
    return (
      status.desiredNumberScheduled === (status.updatedNumberScheduled ?? 0) &&
      status.desiredNumberScheduled === (status.numberAvailable ?? 0)
    );
  const { replicas = 1 } = specOf<{ replicas: number }>(object);
  const updated =
    (status.updatedReplicas ?? 0) >= replicas &&
    (status.availableReplicas ?? 0) >= replicas &&
    (status.replicas ?? 0) === replicas;
  return object.kind === "StatefulSet"
    ? updated && (replicas === 0 || status.currentRevision === status.updateRevision)
    : updated;
}

/**
 * Waits until all are complete.
 * @returns for each that did not complete in time, why, in the words of the controllers and the scheduler
 */
export async function awaitRollouts(
  api: KubernetesApi,
  references: readonly Reference[],
  seconds = 60,
): Promise<ReadonlyMap<Reference, string>> {
  const end = performance.now() + seconds * 1000;
  let open = [...references];
  for (;;) {
    const states = await Promise.all(open.map(async (reference) => ({ reference, object: await api.get(reference) })));
    open = states.filter(({ object }) => !object || !isComplete(object)).map(({ reference }) => reference);
    if (open.length === 0) return new Map();
    if (performance.now() > end)
      return new Map(
        await Promise.all(open.map(async (reference) => [reference, await whyIncomplete(api, reference)] as const)),
      );
    await sleep(250);
  }
}

/** What the object, its pods and the events about them say. */
async function whyIncomplete(api: KubernetesApi, reference: Reference): Promise<string> {
  const object = await api.get(reference);
  if (!object) return "it does not exist";
  const namespace = reference.metadata.namespace ?? "default";
  const { selector } = specOf<{ selector: { matchLabels?: Record<string, string> } }>(object);
  const labels = Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pods =
    labels === "" ? [] : await api.list("v1", "Pod", namespace, `labelSelector=${encodeURIComponent(labels)}`);
  const events = await api.list<
    KubernetesObject & { message?: string; type?: string; involvedObject?: { name?: string } }
  >("v1", "Event", namespace);
  const words = new Set([
    ...(statusOf(object).conditions ?? []).flatMap(({ type, status, message }) =>
      message && (status === "False" || type.includes("Fail")) ? [`${type}: ${message}`] : [],
    ),
    ...pods.flatMap((pod) =>
      (statusOf(pod).conditions ?? []).flatMap(({ type, status, message }) =>
        status === "False" && message ? [`pod ${pod.metadata.name}: ${type}: ${message}`] : [],
      ),
    ),
    ...events
      .filter(
        ({ type, involvedObject }) =>
          type === "Warning" && (involvedObject?.name ?? "").startsWith(reference.metadata.name),
      )
      .map(({ message = "" }) => message),
  ]);
  const state = JSON.stringify(statusOf(object), [
    "replicas",
    "updatedReplicas",
    "availableReplicas",
    "readyReplicas",
    "desiredNumberScheduled",
    "numberAvailable",
    "active",
    "failed",
    "phase",
  ]);
  return [...words].sort().slice(0, 8).join("\n") || `no controller says why; its state is ${state}`;
}
