import { setTimeout as sleep } from "node:timers/promises";
import {
  daemonSetObject,
  nodeFor,
  priorityClass,
  priorityClassOf,
  replicaSet,
  runtimeClass,
  singlePods,
  storageClass,
} from "./capacity-objects";
import type { KubernetesApi, KubernetesObject } from "../kubernetes/kubernetes-api";
import { addNodes } from "../kubernetes/nodes";
import { Dice, NAMESPACES, type RandomCluster } from "./random-clusters";
import { removePods, type Schedule, schedule, settled } from "../kubernetes/scheduling";

export const ORDERS = 3;
const namespaces = Object.keys(NAMESPACES);

/** Builds the cluster, hands it to `use`, and deletes it again. */
export async function withCluster<Result>(
  api: KubernetesApi,
  cluster: RandomCluster,
  use: () => Promise<Result>,
): Promise<Result> {
  await applyClasses(api, cluster);
  const volumes = cluster.owned ? [] : cluster.pods.flatMap(singlePods).flatMap((pod) => pod.volumes);
  await addNodes(api, cluster.nodes.map(nodeFor));
  for (const object of volumes) await api.create(object);
  for (const claim of volumes.filter(({ kind }) => kind === "PersistentVolumeClaim")) {
    await api.waitFor(claim, "bound", (object) => (object["status"] as { phase?: string }).phase === "Bound");
  }
  const result = await use();
  for (const object of [...volumes].reverse()) await api.delete(object);
  for (const { name } of cluster.nodes) {
    await api.delete({ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name } });
    await api.delete({ apiVersion: "v1", kind: "Node", metadata: { name } });
  }
  return result;
}

/** Cluster-wide classes that the pods name; applied again and again, they do not change. */
async function applyClasses(api: KubernetesApi, cluster: RandomCluster): Promise<void> {
  for (const { pod } of [...cluster.pods, ...cluster.daemonSets]) {
    if (priorityClassOf(pod)) await api.apply(priorityClass(pod));
    const runtime = runtimeClass(pod);
    if (runtime) await api.apply(runtime);
    for (const volume of (pod.volumes ?? []).filter(({ unbound }) => unbound === true))
      await api.apply(storageClass(volume));
  }
}

/** Everything is created in shuffled orders, one after the other, as fast as the API server takes it. */
export async function shuffledOrders(api: KubernetesApi, cluster: RandomCluster): Promise<Schedule[]> {
  const schedules: Schedule[] = [];
  for (let order = 0; order < ORDERS; order++) {
    const dice = new Dice(cluster.seed * 31 + order);
    schedules.push(
      await withDaemons(api, cluster, async (daemons) =>
        cluster.owned
          ? withReplicaSets(api, dice.shuffled(cluster.pods).map(replicaSet), () =>
              schedule(api, namespaces, [], { expected: podsOf(cluster) + daemons }),
            )
          : schedule(
              api,
              namespaces,
              dice.shuffled(cluster.pods.flatMap(singlePods)).map(({ pod }) => pod),
              { expected: podsOf(cluster) + daemons },
            ),
      ),
    );
  }
  return schedules;
}

/** Pods are created in exactly this order of workloads: each waits until the scheduler has decided about those before it. */
export async function inOrder(
  api: KubernetesApi,
  cluster: RandomCluster,
  workloads: readonly string[],
): Promise<Schedule> {
  return withDaemons(api, cluster, async (daemons) => {
    const expected = podsOf(cluster) + daemons;
    if (cluster.owned) {
      return withReplicaSets(
        api,
        cluster.pods.map((set) => replicaSet({ ...set, count: 0 })),
        async () => {
          const counts = new Map<string, number>();
          for (const [at, workload] of workloads.entries()) {
            const set = cluster.pods.find((one) => one.workload === workload);
            if (set === undefined) continue;
            counts.set(workload, (counts.get(workload) ?? 0) + 1);
            await api.patch(replicaSet(set), { spec: { replicas: counts.get(workload) } });
            await settled(api, namespaces, daemons + at + 1);
          }
          return schedule(api, namespaces, [], { expected });
        },
      );
    }
    const left = new Map(cluster.pods.map((set) => [set.workload, singlePods(set).map(({ pod }) => pod)]));
    const pods = workloads.flatMap((workload) => left.get(workload)?.shift() ?? []);
    return schedule(api, namespaces, pods, {
      expected,
      eachAfter: (created) => settled(api, namespaces, daemons + created),
    });
  });
}

const podsOf = ({ pods }: RandomCluster): number => pods.reduce((sum, { count }) => sum + count, 0);

async function withReplicaSets(
  api: KubernetesApi,
  sets: readonly KubernetesObject[],
  use: () => Promise<Schedule>,
): Promise<Schedule> {
  for (const set of sets) await api.create(set);
  const result = await use();
  for (const set of sets) await api.delete(set);
  return result;
}

/** Pods of DaemonSets come with the node: every other pod finds them there. All pods are gone afterwards. */
async function withDaemons(
  api: KubernetesApi,
  cluster: RandomCluster,
  use: (daemons: number) => Promise<Schedule>,
): Promise<Schedule> {
  for (const set of cluster.daemonSets) await api.create(daemonSetObject(set));
  const daemons = await daemonPods(api, cluster);
  await schedule(api, namespaces, [], { expected: daemons });
  const claims = cluster.owned ? [] : cluster.pods.flatMap(singlePods).flatMap(({ unboundClaims }) => unboundClaims);
  for (const claim of claims) await api.create(claim);
  const result = await use(daemons);
  for (const set of cluster.daemonSets) await api.delete(daemonSetObject(set));
  await removePods(api, namespaces);
  await removeClaims(api, claims);
  return result;
}

/** The next order finds them unbound again. A claim stays until the controller has seen that no pod uses it. */
async function removeClaims(api: KubernetesApi, claims: readonly KubernetesObject[]): Promise<void> {
  for (const claim of claims) await api.delete(claim);
  for (let tries = 0; tries < 200; tries++) {
    const left = await Promise.all(claims.map((claim) => api.get(claim)));
    if (left.every((claim) => claim === undefined)) return;
    await sleep(100);
  }
  throw new Error(`claims of ${namespaces.join(", ")} are still there after 20 s`);
}

/** Waits for the DaemonSet controller: how many pods it wants, all of them created. */
async function daemonPods(api: KubernetesApi, cluster: RandomCluster): Promise<number> {
  const status = (
    set: KubernetesObject,
  ): { desiredNumberScheduled?: number; currentNumberScheduled?: number; observedGeneration?: number } =>
    set["status"] ?? {};
  const sets = await Promise.all(
    cluster.daemonSets.map((set) =>
      api.waitFor(daemonSetObject(set), "its pods", (object) => {
        const { desiredNumberScheduled, currentNumberScheduled, observedGeneration } = status(object);
        return observedGeneration !== undefined && desiredNumberScheduled === currentNumberScheduled;
      }),
    ),
  );
  return sets.reduce((sum, set) => sum + (status(set).desiredNumberScheduled ?? 0), 0);
}
