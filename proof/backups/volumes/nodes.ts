import { type JsonObject, objectOf, objectsOf, textOf } from "../../../readiness/inventory/json";
import { repositoryPasswordSecret } from "../../../catalog/charts/velero/access";
import { restoreTestNames } from "../../../catalog/kubernetes/restored-kinds";
import type { ControlPlane } from "../../kubernetes/control-plane";
import type { KubernetesObject } from "../../kubernetes/kubernetes-api";
import type { RunFolder } from "../../run/run-folder";
import { claimsOf, Container, type Ended, type Surroundings } from "./container";
import { reference, volumeOf } from "./csi-driver";
import type { NodeAgents } from "./node-agents";
import type { VolumeFolders } from "./volume-folders";

const VELERO = repositoryPasswordSecret.namespace;

/**
 * Pods that run here: data movers and maintenance, and the readers of the restore tests' scratch, where nothing else runs.
 * proof/kubernetes/stages/pod.yaml leaves them to this file. Labels: Velero 1.18.1, pkg/exposer/types.go and
 * pkg/repository/maintenance/maintenance.go, read 2026-11-29.
 */
const RUN_HERE: readonly (readonly [namespace: string, label: string])[] = [
  [VELERO, "velero.io/exposer-pod-group"],
  [VELERO, "velero.io/repo-name"],
  [restoreTestNames.scratch, ""],
];

const phaseOf = (pod: KubernetesObject): string => textOf(objectOf(pod["status"])["phase"]) ?? "";
const nodeOf = (pod: KubernetesObject): string => textOf(objectOf(pod["spec"])["nodeName"]) ?? "";

/** Status of a pod as its kubelet writes it: running, or ended. */
export function statusOf(pod: KubernetesObject, since: string, ended?: Ended): JsonObject {
  const [container = {}] = objectsOf(objectOf(pod["spec"])["containers"]);
  const at = new Date().toISOString();
  const ready = ended === undefined;
  const terminated = (end: Ended): JsonObject => ({
    terminated: {
      exitCode: end.exitCode,
      reason: end.exitCode === 0 ? "Completed" : "Error",
      message: end.message,
      startedAt: since,
      finishedAt: at,
    },
  });
  return {
    phase: ended === undefined ? "Running" : ended.exitCode === 0 ? "Succeeded" : "Failed",
    startTime: since,
    conditions: ["Initialized", "ContainersReady", "Ready"].map((type) => ({
      type,
      status: ready || type === "Initialized" ? "True" : "False",
      lastTransitionTime: at,
    })),
    containerStatuses: [
      {
        name: textOf(container["name"]) ?? "",
        image: textOf(container["image"]) ?? "",
        imageID: "",
        restartCount: 0,
        ready,
        started: ready,
        state: ended === undefined ? { running: { startedAt: since } } : terminated(ended),
      },
    ],
  };
}

/** Does for the pods of Velero's data movement what kubelets do: waits for their volumes, runs them, and writes their status. */
export class Nodes {
  private readonly started = new Set<string>();
  private readonly running = new Map<string, Container>();
  private failure: Error | undefined;
  private count = 0;

  constructor(
    private readonly run: RunFolder,
    private readonly plane: ControlPlane,
    private readonly agents: NodeAgents,
    private readonly folders: VolumeFolders,
    private readonly settings: Pick<Surroundings, "velero" | "environment">,
  ) {}

  /** Pods that have run so far. */
  get podCount(): number {
    return this.count;
  }

  /** Logs of the pods that have run, the newest last. */
  readonly logs: string[] = [];

  async look(): Promise<void> {
    if (this.failure) throw this.failure;
    const { api } = this.plane;
    const there = new Set<string>();
    for (const [namespace, label] of RUN_HERE)
      for (const pod of await api.list("v1", "Pod", namespace, `labelSelector=${encodeURIComponent(label)}`)) {
        there.add(pod.metadata.uid ?? "");
        await this.startWhenReady(pod);
      }
    for (const [uid, container] of this.running) if (!there.has(uid)) await this.kill(container);
  }

  private async startWhenReady(pod: KubernetesObject): Promise<void> {
    const { uid = "" } = pod.metadata;
    if (nodeOf(pod) === "" || phaseOf(pod) !== "Pending" || this.started.has(uid)) return;
    const volumes = await this.volumesOf(pod);
    if (volumes === undefined) return;
    this.started.add(uid);
    // The agent of a node acts on changes of a pod, and must see this one begin.
    if (pod.metadata.namespace === VELERO) await this.agents.on(nodeOf(pod));
    await this.start(pod, volumes);
  }

  /** Handles by claim; undefined while one is not bound to a volume that the driver has made, or another pod has it. */
  private async volumesOf(pod: KubernetesObject): Promise<ReadonlyMap<string, string> | undefined> {
    const { api } = this.plane;
    const volumes = new Map<string, string>();
    for (const claim of claimsOf(pod).values()) {
      const object = await api.get(reference("PersistentVolumeClaim", claim, pod.metadata.namespace));
      const name = textOf(objectOf(object?.["spec"])["volumeName"]);
      if (name === undefined || objectOf(object?.["status"])["phase"] !== "Bound") return undefined;
      const volume = volumeOf(await api.get(reference("PersistentVolume", name)));
      if (volume === undefined || !this.folders.isFree(volume)) return undefined;
      volumes.set(claim, volume);
    }
    return volumes;
  }

  private async start(pod: KubernetesObject, volumes: ReadonlyMap<string, string>): Promise<void> {
    const { api } = this.plane;
    const { velero, environment } = this.settings;
    const account = await this.accountOf(pod);
    const surroundings: Surroundings = { velero, environment, account, volumes, folders: this.folders };
    const container = await Container.start(this.run, pod, surroundings);
    this.count += 1;
    this.logs.push(container.log);
    const uid = pod.metadata.uid ?? "";
    this.running.set(uid, container);
    const since = new Date().toISOString();
    await api.patch(pod, { status: statusOf(pod, since) }, "status");
    void container
      .ended()
      .then(async (ended) => {
        this.running.delete(uid);
        if ((await api.get(pod))?.metadata.uid === uid)
          await api.patch(pod, { status: statusOf(pod, since, ended) }, "status");
      })
      .catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error));
      });
  }

  /** The token of the pod's own service account, as the kubelet asks for it. */
  private async accountOf(pod: KubernetesObject): Promise<Surroundings["account"]> {
    const { endpoint, api } = this.plane;
    const namespace = pod.metadata.namespace ?? "";
    const name = textOf(objectOf(pod["spec"])["serviceAccountName"]) ?? "default";
    const answer = JSON.parse(
      await api.raw("POST", `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: { expirationSeconds: 3600 },
      }),
    ) as { readonly status: { readonly token: string } };
    return { token: answer.status.token, "ca.crt": endpoint.certificateAuthority, namespace };
  }

  private async kill({ identity }: Container): Promise<void> {
    await this.run.stop("pod", identity);
  }
}
