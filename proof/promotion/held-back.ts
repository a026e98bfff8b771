import { label } from "../../contract";
import type { KubernetesApi, KubernetesObject } from "../kubernetes/kubernetes-api";

/** What waits in the standby for a promotion, and what of it has begun. */
export interface HeldBack {
  readonly suspended: readonly string[];
  readonly withoutReplicas: readonly string[];
  readonly paused: readonly string[];
  readonly started: readonly string[];
}

const PAUSED = "autoscaling.keda.sh/paused-replicas";
const selector = `labelSelector=${encodeURIComponent(`${label.writerOnly}=true`)}`;
const named = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

async function labelled(api: KubernetesApi, apiVersion: string, kind: string): Promise<readonly KubernetesObject[]> {
  return (await api.serves(apiVersion, kind)) ? api.list(apiVersion, kind, undefined, selector) : [];
}

const writerWorkloads = async (api: KubernetesApi): Promise<readonly KubernetesObject[]> => [
  ...(await labelled(api, "apps/v1", "Deployment")),
  ...(await labelled(api, "apps/v1", "StatefulSet")),
];

/** Migrations and seeds stay suspended: the promotion makes Jobs of them. */
export async function heldBack(api: KubernetesApi): Promise<HeldBack> {
  const cronJobs = (await labelled(api, "batch/v1", "CronJob")).filter(
    ({ metadata }) => !metadata.labels?.[label.step],
  );
  const workloads = await writerWorkloads(api);
  const scaled = await labelled(api, "keda.sh/v1alpha1", "ScaledObject");
  const suspends = ({ spec }: KubernetesObject): boolean => (spec as { suspend?: boolean }).suspend === true;
  const empty = ({ spec }: KubernetesObject): boolean => ((spec as { replicas?: number }).replicas ?? 1) === 0;
  const pauses = ({ metadata }: KubernetesObject): boolean => metadata.annotations?.[PAUSED] !== undefined;
  return {
    suspended: cronJobs.filter(suspends).map(named),
    withoutReplicas: workloads.filter(empty).map(named),
    paused: scaled.filter(pauses).map(named),
    started: [
      ...cronJobs.filter((one) => !suspends(one)),
      ...workloads.filter((one) => !empty(one)),
      ...scaled.filter((one) => !pauses(one)),
    ].map(named),
  };
}

export interface StepJob {
  readonly name: string;
  readonly complete: boolean;
}

/** Jobs that the promotion has made of migrations and seeds. */
export async function stepJobs(api: KubernetesApi): Promise<readonly StepJob[]> {
  const jobs = await api.list("batch/v1", "Job", undefined, selector);
  return jobs
    .filter(({ metadata }) => metadata.labels?.[label.step] !== undefined)
    .map((job) => ({
      name: named(job),
      complete: (
        (job["status"] as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? []
      ).some(({ type, status }) => type === "Complete" && status === "True"),
    }));
}

/** Ready pods of workloads that were held back: writers that run. */
export async function readyWriters(api: KubernetesApi): Promise<number> {
  const workloads = await writerWorkloads(api);
  return workloads.reduce(
    (sum, { status }) => sum + ((status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0),
    0,
  );
}
