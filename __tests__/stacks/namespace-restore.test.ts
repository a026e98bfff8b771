import { absentKinds, qualified, restoredKinds } from "../../catalog/kubernetes/restored-kinds";
import { loadFunction } from "./deployed-function";

interface Steps {
  sweep(all: object[], world: object): Promise<{ deleted: string[] }>;
  restore(one: object, world: object): Promise<{ backup: string; point: string }>;
  progress(one: object, restored: object, world: object): Promise<{ done: boolean }>;
  check(one: object, restored: object, world: object): Promise<{ counts: Record<string, number>; leftOut: string[] }>;
  remove(one: object, world: object): Promise<object>;
}
const steps = loadFunction<Steps>("namespace-restore/index.mjs");

interface Stored {
  readonly metadata: { name: string; creationTimestamp?: string; labels?: Record<string, string> };
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
}
type Objects = Record<string, Stored[]>;

const now = Date.parse("2026-12-04T09:30:00Z");
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const one = {
  name: "shop",
  namespace: "shop",
  scratch: "restore-test",
  restorePrefix: "restore-test-",
  location: "default",
  modifiers: "restore-test",
  image: "velero@sha256:0",
  allowedAgeMinutes: 1560,
};
const restored = { backup: "daily-1", point: ago(420), restoreSeconds: 60, startedAt: ago(5) };
const kindNames: Record<string, string> = {
  configmaps: "ConfigMap",
  persistentvolumeclaims: "PersistentVolumeClaim",
  serviceaccounts: "ServiceAccount",
  services: "Service",
  deployments: "Deployment",
  statefulsets: "StatefulSet",
  cronjobs: "CronJob",
  poddisruptionbudgets: "PodDisruptionBudget",
};

/** An API server that knows lists, single objects, creation and deletion; what is not there answers 404. */
function apiOf(objects: Objects) {
  const calls: { method: string; path: string; body?: object }[] = [];
  const missing = (path: string) => Object.assign(new Error(`404 ${path}`), { status: 404 });
  const discovery = (path: string): object | undefined => {
    const group = /^\/apis\/([^/]+)(\/v1)?$/.exec(path);
    if (path !== "/api/v1" && !group) return undefined;
    const own = restoredKinds.filter((kind) => kind.group === (group?.[1] ?? ""));
    return group && !group[2]
      ? { preferredVersion: { version: "v1" } }
      : { resources: own.map(({ resource }) => ({ name: resource, kind: kindNames[resource] })) };
  };
  const call = (method: string, path: string, body?: object): Promise<object> => {
    calls.push({ method, path, ...(body ? { body } : {}) });
    const found = discovery(path);
    if (found) return Promise.resolve(found);
    const [, kind = "", name] = /namespaces\/[^/]+\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    const all = (objects[kind] ??= []);
    const index = all.findIndex(({ metadata }) => metadata.name === name);
    if (method === "POST") all.push(body as Stored);
    if (method === "POST" || (method === "GET" && name === undefined))
      return Promise.resolve(method === "POST" ? (body as object) : { items: all });
    if (index < 0) return Promise.reject(missing(path));
    return Promise.resolve(method === "DELETE" ? (all.splice(index, 1)[0] as object) : (all[index] as object));
  };
  return { calls, call };
}

const worldOf = (objects: Objects, list: Record<string, string[]> = {}) => {
  const { calls, call } = apiOf(objects);
  return {
    calls,
    call,
    now: () => now,
    sleep: () => Promise.resolve(),
    kinds: { restored: restoredKinds, absent: absentKinds },
    resourceList: () => Promise.resolve(list),
  };
};

const backup = (name: string, minutes: number, more: object = {}): Stored => ({
  metadata: { name },
  spec: { storageLocation: "default", includedNamespaces: ["shop"], ...more },
  status: { phase: "Completed", startTimestamp: ago(minutes) },
});
const named = (name: string, more: Partial<Stored> = {}): Stored => ({ metadata: { name }, ...more });
const inBackup = {
  "v1/ConfigMap": ["shop/flags", "shop/kube-root-ca.crt"],
  "apps/v1/Deployment": ["shop/api"],
  "keda.sh/v1alpha1/ScaledObject": ["shop/worker"],
  "v1/PersistentVolume": ["pv-1"],
};
const whole = (): Objects => ({
  restores: [named("restore-test-shop", { status: { phase: "Completed" } })],
  configmaps: [named("flags"), named("kube-root-ca.crt")],
  deployments: [named("api", { spec: { replicas: 0 } })],
  networkpolicies: [named("default-deny")],
});

describe("the restore of namespaces", () => {
  it("restores the newest complete backup of the location into the scratch, and only kinds that do nothing there", async () => {
    const world = worldOf({
      backups: [
        backup("old", 900),
        backup("newest", 60),
        { ...backup("running", 5), status: { phase: "InProgress", startTimestamp: ago(5) } },
        backup("of-another", 1, { includedNamespaces: ["cart"] }),
        backup("elsewhere", 1, { storageLocation: "peer" }),
      ],
    });
    expect(await steps.restore(one, world)).toMatchObject({ backup: "newest", point: ago(60) });
    expect(world.calls.at(-1)?.body).toMatchObject({
      metadata: { name: "restore-test-shop", namespace: "velero" },
      spec: {
        namespaceMapping: { shop: "restore-test" },
        includedResources: ["persistentvolumes", ...restoredKinds.map(qualified)],
        existingResourcePolicy: "none",
        resourceModifier: { kind: "ConfigMap", name: "restore-test" },
      },
    });
    await expect(steps.restore(one, worldOf({ backups: [] }))).rejects.toThrow("no complete backup of shop");
  });

  it("passes what the backup lists, and names what it left out", async () => {
    const { counts, leftOut } = await steps.check(one, restored, worldOf(whole(), inBackup));
    expect(counts).toMatchObject({ configmaps: 1, "deployments.apps": 1, services: 0 });
    expect(leftOut).toEqual(["keda.sh/v1alpha1/ScaledObject"]);
  });

  it("names each thing that is missing, foreign, running, routed to or old", async () => {
    const problemsOf = (change: (objects: Objects) => void, list: Record<string, string[]> = inBackup) => {
      const objects = whole();
      change(objects);
      return expect(steps.check(one, restored, worldOf(objects, list))).rejects;
    };
    await problemsOf((all) => (all["configmaps"] = [])).toThrow("shop: not restored: configmaps flags (0 of 1)");
    await problemsOf((all) => (all["services"] = [named("api")])).toThrow("not of the backup: services api");
    await problemsOf((all) => (all["deployments"] = [named("api", { spec: { replicas: 2 } })])).toThrow(
      "has 2 replicas",
    );
    await problemsOf((all) => (all["pods"] = [named("api-1")])).toThrow("must not be there: pods api-1");
    await problemsOf((all) => (all["targetgroupbindings"] = [named("entry")])).toThrow(
      "targetgroupbindings.elbv2.k8s.aws entry",
    );
    await problemsOf((all) => all["networkpolicies"]?.push(named("api"))).toThrow(
      "networkpolicies.networking.k8s.io api",
    );
    await problemsOf(
      (all) => (all["restores"] = [named("restore-test-shop", { status: { phase: "PartiallyFailed", errors: 3 } })]),
    ).toThrow("restore is PartiallyFailed: 3 errors");
    await problemsOf((all) => Object.assign(all, { configmaps: [], deployments: [] }), {}).toThrow(
      "empty: nothing was restored",
    );
    await expect(steps.check({ ...one, allowedAgeMinutes: 419 }, restored, worldOf(whole(), inBackup))).rejects.toThrow(
      "old backup: 420 min, allowed are 419",
    );
  });

  it("waits until each restored volume was mounted by a reader, and asks whether Velero filled it", async () => {
    const objects: Objects = { ...whole(), persistentvolumeclaims: [named("data-0", { status: { phase: "Bound" } })] };
    const world = worldOf(objects, { ...inBackup, "v1/PersistentVolumeClaim": ["shop/data-0"] });
    expect(await steps.progress(one, restored, world)).toMatchObject({ done: false });
    const [reader] = objects["pods"] ?? [];
    expect(reader).toMatchObject({
      metadata: { name: "reader-data-0" },
      spec: { automountServiceAccountToken: false },
    });
    Object.assign(reader ?? {}, { status: { phase: "Succeeded" } });
    world.calls.length = 0;
    objects["pods"] = [reader as Stored];
    await expect(steps.check(one, restored, world)).rejects.toThrow("not filled: data-0, its data is in no backup");
    objects["datadownloads"] = [
      {
        metadata: { name: "d", labels: { "velero.io/restore-name": "restore-test-shop" } },
        spec: { targetVolume: { pvc: "data-0", namespace: "restore-test" } },
        status: { phase: "Completed", progress: { bytesDone: 7 } },
      },
    ];
    expect(await steps.check(one, restored, world)).toMatchObject({ volumes: 1, bytes: 7 });
  });

  it("deletes what it restored and its Restore, never touches a test that runs, and fails for what stays", async () => {
    const objects = whole();
    await steps.remove(one, worldOf(objects));
    expect(objects["configmaps"]?.map(({ metadata }) => metadata.name)).toEqual(["kube-root-ca.crt"]);
    expect([objects["restores"], objects["deployments"]]).toEqual([[], []]);
    const running = { restores: [{ metadata: { name: "restore-test-shop", creationTimestamp: ago(299) } }] };
    await expect(steps.sweep([one], worldOf(running))).rejects.toThrow("is being tested already");
    const left = { restores: [{ metadata: { name: "restore-test-shop", creationTimestamp: ago(301) } }] };
    expect(await steps.sweep([one], worldOf(left))).toEqual({ deleted: ["restores.velero.io/restore-test-shop"] });
    const stuck = { ...worldOf(whole()) };
    const call = (method: string, path: string) => stuck.call(method === "DELETE" ? "GET" : method, path);
    await expect(steps.remove(one, { ...stuck, call })).rejects.toThrow("not deleted within 10 minutes");
  });

  it("gives a restore three hours", async () => {
    const objects = { restores: [named("restore-test-shop", { status: { phase: "InProgress" } })] };
    await expect(steps.progress(one, { startedAt: ago(181) }, worldOf(objects))).rejects.toThrow("within 180 minutes");
    expect(await steps.progress(one, { startedAt: ago(179) }, worldOf(objects))).toMatchObject({ done: false });
  });
});
