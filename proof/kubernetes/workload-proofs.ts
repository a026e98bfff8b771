import { velero } from "../../catalog/charts/velero/chart";
import { POOL_TAINT } from "../../catalog/charts/model/pod-placement";
import { RESTORE_POD_LABEL } from "../../catalog/charts/velero/restore-placement";
import { isObject, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi, KubernetesObject } from "./kubernetes-api";
import type { Ledger } from "../run/ledger";
import { labelOf, type Sent } from "./sending";
import { awaitRollouts } from "./rollout";

const ours = (sent: readonly Sent[], kind: string): readonly Sent[] =>
  sent.filter((one) => one.sent.object.kind === kind && one.sent.origin !== "stand-in");

/** Each Service with a selector finds at least one ready pod behind every one of its ports. */
export async function proveEndpoints(
  ledger: Ledger,
  api: KubernetesApi,
  environment: string,
  taken: readonly Sent[],
): Promise<void> {
  for (const one of ours(taken, "Service")) {
    const selector = objectOf(objectOf(one.sent.object["spec"])["selector"]);
    if (Object.keys(selector).length === 0) continue;
    const words = await withoutEndpoints(api, one);
    if (words === undefined) ledger.proved("Services with ready pods behind every port");
    else ledger.failed(`${environment}/${labelOf(one.sent)}: no endpoints`, words);
  }
}

interface Slice extends KubernetesObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
}

async function withoutEndpoints(api: KubernetesApi, { reference, sent }: Sent): Promise<string | undefined> {
  const query = `labelSelector=kubernetes.io%2Fservice-name%3D${reference.metadata.name}`;
  const ports = objectsOf(objectOf(sent.object["spec"])["ports"]).map(({ name }) => textOf(name) ?? "");
  for (let tries = 0; ; tries++) {
    const slices = await api.list<Slice>("discovery.k8s.io/v1", "EndpointSlice", reference.metadata.namespace, query);
    const ready = slices.filter(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready));
    const without = ports.filter(
      (name) => !ready.some((slice) => slice.ports?.some((port) => (port.name ?? "") === name)),
    );
    if (ready.length > 0 && without.length === 0) return undefined;
    if (tries === 20)
      return ready.length === 0
        ? `its selector ${JSON.stringify(objectOf(objectOf(sent.object["spec"])["selector"]))} finds no ready pod`
        : `no pod has the port of ${without.join(", ")}`;
    await sleep(150);
  }
}

/** A claim is bound as soon as a pod uses it. */
export async function proveClaims(
  ledger: Ledger,
  api: KubernetesApi,
  environment: string,
  region: string,
  taken: readonly Sent[],
): Promise<void> {
  const used = new Set(
    (await api.list("v1", "Pod")).flatMap((pod) =>
      objectsOf(objectOf(pod["spec"])["volumes"]).flatMap((volume) =>
        isObject(volume["persistentVolumeClaim"])
          ? [`${pod.metadata.namespace}/${textOf(volume["persistentVolumeClaim"]["claimName"]) ?? ""}`]
          : [],
      ),
    ),
  );
  const standsInFor = (namespace: string | undefined): boolean =>
    taken.some(({ reference, sent }) => sent.origin === "stand-in" && reference.metadata.namespace === namespace);
  for (const claim of await api.list("v1", "PersistentVolumeClaim")) {
    const name = `${claim.metadata.namespace}/${claim.metadata.name}`;
    const one = taken.find(
      ({ reference, sent }) =>
        sent.object.kind === "PersistentVolumeClaim" &&
        `${reference.metadata.namespace}/${reference.metadata.name}` === name,
    );
    const where = one ? labelOf(one.sent) : `${region} PersistentVolumeClaim ${name}`;
    if (objectOf(claim["status"])["phase"] === "Bound") ledger.proved("volume claims bound");
    else if (used.has(name))
      ledger.failed(`${environment}/${where}: not bound`, JSON.stringify(objectOf(claim["status"])));
    else if (standsInFor(claim.metadata.namespace))
      // A stand-in has the containers that the lock of its chart records, and no volumes.
      ledger.cannot(`${environment}/${where}: bound`, "the pods of charts are stand-ins without volumes");
    else
      ledger.failed(
        `${environment}/${where}: no pod uses it`,
        "no pod mounts the claim, so its class never provisions it",
      );
  }
}

/** One Job of each CronJob is admitted, placed and completes. */
export async function proveCronJobs(
  ledger: Ledger,
  api: KubernetesApi,
  environment: string,
  taken: readonly Sent[],
): Promise<void> {
  const jobs = ours(taken, "CronJob").map((one) => {
    const template = objectOf(objectOf(one.sent.object["spec"])["jobTemplate"]);
    const { name, namespace = "default" } = one.reference.metadata;
    const metadata = {
      ...objectOf(template["metadata"]),
      name: `${name}-proof`.slice(-63).replace(/^[^a-z0-9]+/, ""),
      namespace,
    };
    return { one, job: { apiVersion: "batch/v1", kind: "Job", metadata, spec: template["spec"] } };
  });
  for (const { one, job } of jobs) {
    try {
      await api.create(job);
    } catch (error) {
      ledger.failed(
        `${environment}/${labelOf(one.sent)}: its Job is refused`,
        error instanceof Error ? error.message : String(error),
      );
    }
  }
  const incomplete = await awaitRollouts(
    api,
    jobs.map(({ job }) => job),
  );
  for (const { one, job } of jobs) {
    const words = incomplete.get(job);
    if (words === undefined) ledger.proved("CronJobs of which a Job completes");
    else ledger.failed(`${environment}/${labelOf(one.sent)}: its Job does not complete`, words);
    await api.delete(job);
  }
}

/** The targets of autoscalers exist, and at every maximum at once each pod finds a node. */
export async function proveAutoscaling(
  ledger: Ledger,
  api: KubernetesApi,
  environment: string,
  taken: readonly Sent[],
): Promise<void> {
  const scaled: Sent[] = [];
  for (const one of [...ours(taken, "HorizontalPodAutoscaler"), ...ours(taken, "ScaledObject")]) {
    const spec = objectOf(one.sent.object["spec"]);
    const target = objectOf(spec["scaleTargetRef"]);
    const { namespace = "default" } = one.reference.metadata;
    const reference = {
      apiVersion: textOf(target["apiVersion"]) ?? "apps/v1",
      kind: textOf(target["kind"]) ?? "Deployment",
      metadata: { name: textOf(target["name"]) ?? "", namespace },
    };
    const maximum = Number(spec["maxReplicas"] ?? spec["maxReplicaCount"] ?? 1);
    if (!(await api.get(reference))) {
      ledger.failed(
        `${environment}/${labelOf(one.sent)}: its target does not exist`,
        `${reference.kind} ${namespace}/${reference.metadata.name} is not in the cluster`,
      );
      continue;
    }
    ledger.proved("targets of autoscalers there");
    await api.patch(reference, { spec: { replicas: maximum } }, "scale");
    scaled.push({ sent: one.sent, reference });
  }
  const incomplete = await awaitRollouts(
    api,
    scaled.map(({ reference }) => reference),
  );
  for (const { sent, reference } of scaled) {
    const words = incomplete.get(reference);
    if (words === undefined) ledger.proved("workloads placed at the maximum of their autoscaler");
    else
      ledger.failed(
        `${environment}/${labelOf(sent)}: ${reference.kind} ${reference.metadata.name} does not fit at its maximum`,
        words,
      );
  }
}

/**
 * A pod as Velero starts it to fill a restored volume, pinned to a node of each pool, is admitted and placed there.
 * Velero 1.18.1, pkg/exposer/generic_restore.go, createRestorePod; read 2026-11-28.
 */
export async function proveRestorePods(
  ledger: Ledger,
  api: KubernetesApi,
  environment: string,
  region: string,
): Promise<void> {
  const nodes = await api.list("v1", "Node");
  const poolOf = (node: KubernetesObject): string => textOf(objectOf(node.metadata.labels)[POOL_TAINT]) ?? "";
  for (const pool of [...new Set(nodes.map(poolOf))].sort()) {
    const node = nodes.find((one) => poolOf(one) === pool && objectOf(one["spec"])["unschedulable"] !== true);
    if (!node) continue;
    const pod = restorePod(`restore-${pool}`, node.metadata.name);
    try {
      await api.create(pod);
      await api.waitFor(
        pod,
        "placed",
        (object) => textOf(objectOf(object["spec"])["nodeName"]) === node.metadata.name,
        30,
      );
      ledger.proved("restore pods placed on the nodes of their pool");
    } catch (error) {
      ledger.failed(
        `${environment} ${region}: a pod that restores a volume on ${node.metadata.name} of pool ${pool} is not placed`,
        error instanceof Error ? error.message : String(error),
      );
    }
    await api.delete(pod, 0);
  }
}

const restorePod = (name: string, node: string): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: velero.namespace, labels: { [RESTORE_POD_LABEL]: name } },
  spec: {
    nodeSelector: { "kubernetes.io/hostname": node },
    restartPolicy: "Never",
    containers: [
      {
        name,
        image: "example.invalid/data-mover:1.0.0",
        resources: { requests: { cpu: "1m", memory: "1Mi" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});
