import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "./kubernetes-api";

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}
export interface DrainFailure {
  readonly node: string;
  /** Pods that stayed, with the server's words on each. */
  readonly words: string;
}

const SECONDS_A_NODE = 30;
/** Each look lists the pods of the cluster, a megabyte. */
const POLL_MS = 300;
/** What blocks three nodes blocks the others, too. */
const FAILURES_ENOUGH = 3;

const podsOn = async (api: KubernetesApi, node: string): Promise<readonly Pod[]> =>
  (await api.list<Pod>("v1", "Pod", undefined, `fieldSelector=spec.nodeName%3D${node}`)).filter(
    ({ metadata, status }) =>
      !(metadata["ownerReferences"] as { kind: string }[] | undefined)?.some(({ kind }) => kind === "DaemonSet") &&
      status.phase !== "Succeeded" &&
      status.phase !== "Failed",
  );

const pods = async (api: KubernetesApi): Promise<readonly Pod[]> =>
  (await api.list<Pod>("v1", "Pod")).filter(
    ({ status, metadata }) =>
      status.phase !== "Succeeded" && status.phase !== "Failed" && metadata["deletionTimestamp"] === undefined,
  );

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") ?? false;

const ownerOf = ({ metadata }: Pod): string =>
  (metadata["ownerReferences"] as { uid: string }[] | undefined)?.[0]?.uid ?? metadata.uid ?? "";

/** Cordons one node after the other and evicts its pods, as an upgrade of the node group does; each has to be empty in time. */
export async function drainEachNode(
  api: KubernetesApi,
  told: (done: number, all: number) => void,
): Promise<readonly DrainFailure[]> {
  const nodes = (await api.list("v1", "Node")).map(({ metadata }) => metadata.name).sort();
  const failures: DrainFailure[] = [];
  // What had no place before is no fault of the drain.
  const waiting = new Set((await pods(api)).filter((pod) => !isReady(pod)).map(ownerOf));
  for (const [index, name] of nodes.entries()) {
    const node = { apiVersion: "v1", kind: "Node", metadata: { name } };
    await api.patch(node, { spec: { unschedulable: true } });
    const words = await empty(api, name, waiting);
    await api.patch(node, { spec: { unschedulable: null } });
    if (words !== undefined) failures.push({ node: name, words });
    told(index + 1, nodes.length);
    if (failures.length === FAILURES_ENOUGH) break;
  }
  return failures;
}

/** @returns what kept the node from becoming empty; undefined when it did and every pod runs elsewhere */
async function empty(api: KubernetesApi, node: string, waiting: ReadonlySet<string>): Promise<string | undefined> {
  const end = performance.now() + SECONDS_A_NODE * 1000;
  const blocked = new Map<string, string>();
  for (;;) {
    const left = await podsOn(api, node);
    blocked.clear();
    for (const { metadata } of left) {
      const { name, namespace = "default" } = metadata;
      const answer = await api.evict({ name, namespace });
      if (answer !== "evicted") blocked.set(`${namespace}/${name}`, answer.blocked);
    }
    const homeless =
      left.length > 0 ? [] : (await pods(api)).filter((pod) => !isReady(pod) && !waiting.has(ownerOf(pod)));
    if (left.length === 0 && homeless.length === 0) return undefined;
    if (performance.now() > end) {
      const reasons = homeless.map(
        ({ metadata, status }) =>
          `${metadata.namespace}/${metadata.name} found no other node: ${status.conditions?.find(({ message }) => message)?.message ?? status.phase}`,
      );
      return (
        [...[...blocked].map(([pod, words]) => `${pod} cannot be evicted: ${words}`), ...reasons].sort().join("\n") ||
        `${left.length} pods did not end`
      );
    }
    await sleep(POLL_MS);
  }
}
