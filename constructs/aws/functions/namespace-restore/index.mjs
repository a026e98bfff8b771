// Steps of the weekly restore of namespaces, called by a state machine: Velero restores the newest backup of an application
// into the scratch namespace, where nothing runs and nothing is reached; what came back is compared with what the backup
// lists, and deleted. Each step may be repeated. Applications take turns: there is one scratch.
import { gunzipSync } from "node:zlib";
import { apiOf, tokenOf } from "../shared/kubernetes.mjs";
import { verdict } from "../shared/test-verdict.mjs";

const VELERO = "velero";
const RESTORE_MINUTES = 180;
/** A test that has ended, however it did, has deleted its restore within this time. */
const LEFT_AFTER_MINUTES = 300;
/** Ten minutes, of the fifteen that the function has. */
const DELETION_LOOKS = 120;
const DELETION_LOOK_SECONDS = 5;
const READER = "plimsoll.dev/restore-reader";
/** Made in every namespace by Kubernetes itself. */
const EVERYWHERE = { configmaps: ["kube-root-ca.crt"], serviceaccounts: ["default"] };
/** Phases of a Restore after which it changes no more (Velero 1.18, pkg/apis/velero/v1/restore_types.go). */
const ENDED = ["Completed", "PartiallyFailed", "Failed", "FailedValidation"];

const minutesSince = (time, now) => (now - Date.parse(time)) / 60_000;
const restoreName = (one) => `${one.restorePrefix}${one.namespace}`;
const veleroPath = (kind, name) => `/apis/velero.io/v1/namespaces/${VELERO}/${kind}${name === undefined ? "" : `/${name}`}`;
/** Data movement has its own version (Velero 1.18, pkg/apis/velero/v2alpha1). */
const DATA_DOWNLOADS = `/apis/velero.io/v2alpha1/namespaces/${VELERO}/datadownloads`;
const qualified = ({ group, resource }) => (group === "" ? resource : `${resource}.${group}`);

/** Answer of the API, or undefined where there is no such object or kind. */
async function found(call, method, path, body) {
  try {
    return await call(method, path, body);
  } catch (error) {
    if (error.status !== 404) throw error;
    return undefined;
  }
}

/** Version of a group that the API server prefers; undefined: the cluster does not serve it. */
const versionOf = async (call, group) =>
  group === "" ? "v1" : (await found(call, "GET", `/apis/${group}`))?.preferredVersion.version;

async function pathOf(call, { group, resource }, namespace) {
  const version = await versionOf(call, group);
  if (version === undefined) return undefined;
  return `${group === "" ? "/api" : `/apis/${group}`}/${version}/namespaces/${namespace}/${resource}`;
}

/** Objects of a kind in a namespace, without those that Kubernetes makes in every one. */
async function listed(call, kind, namespace) {
  const path = await pathOf(call, kind, namespace);
  const answer = path === undefined ? undefined : await found(call, "GET", path);
  return (answer?.items ?? []).filter(({ metadata }) => !(EVERYWHERE[kind.resource] ?? []).includes(metadata.name));
}

async function emptied(call, kind, namespace) {
  const path = await pathOf(call, kind, namespace);
  const items = await listed(call, kind, namespace);
  for (const { metadata } of items)
    if (metadata.deletionTimestamp === undefined)
      await found(call, "DELETE", `${path}/${metadata.name}`, { propagationPolicy: "Background" });
  return items.map(({ metadata }) => `${qualified(kind)}/${metadata.name}`);
}

const pods = { group: "", resource: "pods" };

/** Deletes the readers, all that was restored, and the Restore. @returns what is not gone yet */
async function cleared(one, world) {
  const left = await emptied(world.call, pods, one.scratch);
  for (const kind of world.kinds.restored) left.push(...(await emptied(world.call, kind, one.scratch)));
  const restore = await found(world.call, "DELETE", veleroPath("restores", restoreName(one)));
  if (restore !== undefined) left.push(`restores.velero.io/${restoreName(one)}`);
  return left;
}

/** Deletes until nothing is left: volumes go after the pods that mount them. @throws with what stays */
async function emptiedScratch(all, world) {
  const deleted = new Set();
  for (let look = 0; look < DELETION_LOOKS; look += 1) {
    const left = [];
    for (const one of all) left.push(...(await cleared(one, world)));
    if (left.length === 0) return [...deleted];
    for (const name of left) deleted.add(name);
    await world.sleep(DELETION_LOOK_SECONDS);
  }
  throw new Error(`not deleted within ${(DELETION_LOOKS * DELETION_LOOK_SECONDS) / 60} minutes: ${[...deleted].join(", ")}`);
}

/** Deletes what an earlier test has left; a test that still runs is left alone. */
export async function sweep(all, world) {
  for (const one of all) {
    const restore = await found(world.call, "GET", veleroPath("restores", restoreName(one)));
    if (restore !== undefined && minutesSince(restore.metadata.creationTimestamp, world.now()) < LEFT_AFTER_MINUTES)
      throw new Error(`${restoreName(one)} is being tested already: one test at a time, they share the scratch ${one.scratch}`);
  }
  return { deleted: await emptiedScratch(all, world) };
}

/** The newest complete backup of the namespace in the location that is tested. */
async function newestBackup({ namespace, location }, call) {
  const { items } = await call("GET", veleroPath("backups"));
  return items
    .filter(({ spec, status }) => spec.storageLocation === location && spec.includedNamespaces?.includes(namespace) && status?.phase === "Completed")
    .sort((a, b) => Date.parse(b.status.startTimestamp) - Date.parse(a.status.startTimestamp))[0];
}

/** Starts the restore. One of this name that is there already is taken for this one. */
export async function restore(one, world) {
  const backup = await newestBackup(one, world.call);
  if (backup === undefined) throw new Error(`no complete backup of ${one.namespace} in the location ${one.location}`);
  const wanted = {
    apiVersion: "velero.io/v1",
    kind: "Restore",
    metadata: { name: restoreName(one), namespace: VELERO },
    spec: {
      backupName: backup.metadata.name,
      includedNamespaces: [one.namespace],
      namespaceMapping: { [one.namespace]: one.scratch },
      includedResources: ["persistentvolumes", ...world.kinds.restored.map(qualified)],
      existingResourcePolicy: "none",
      restorePVs: true,
      resourceModifier: { kind: "ConfigMap", name: one.modifiers },
    },
  };
  try {
    await world.call("POST", veleroPath("restores"), wanted);
  } catch (error) {
    if (error.status !== 409) throw error;
  }
  return { startedAt: new Date(world.now()).toISOString(), backup: backup.metadata.name, point: backup.status.startTimestamp };
}

/** A pod that mounts a restored volume and ends: a volume is made only for a pod that waits for it. It runs none of the application's code. */
const reader = ({ scratch, image }, claim) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: `reader-${claim}`.slice(0, 63).replace(/-+$/, ""), namespace: scratch, labels: { [READER]: "true" } },
  spec: {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{
      name: "reader",
      image,
      command: ["/velero", "version", "--client-only"],
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
      volumeMounts: [{ name: "restored", mountPath: "/restored", readOnly: true }],
    }],
    volumes: [{ name: "restored", persistentVolumeClaim: { claimName: claim, readOnly: true } }],
  },
});

/** Makes the readers that are missing. One that is there is not made again: the quota would count the attempt. */
async function readVolumes(one, call) {
  const claims = await listed(call, { group: "", resource: "persistentvolumeclaims" }, one.scratch);
  const there = claims.length === 0 ? [] : await listed(call, pods, one.scratch);
  const path = await pathOf(call, pods, one.scratch);
  const readers = [];
  for (const { metadata } of claims) {
    const pod = reader(one, metadata.name);
    const found = there.find(({ metadata: { name } }) => name === pod.metadata.name);
    readers.push(
      found ??
        (await call("POST", path, pod).catch((error) => {
          // The quota bounds how many wait at the same time; those that have ended leave room for the next look.
          if (error.status !== 403 || !error.message.includes("exceeded quota")) throw error;
          return pod;
        })),
    );
  }
  return readers;
}

/** `done` when Velero has ended and every volume was mounted. */
export async function progress(one, { startedAt }, world) {
  const { status } = await world.call("GET", veleroPath("restores", restoreName(one)));
  const readers = await readVolumes(one, world.call);
  const done = ENDED.includes(status?.phase) && readers.every((pod) => ["Succeeded", "Failed"].includes(pod.status?.phase));
  const minutes = minutesSince(startedAt, world.now());
  if (!done && minutes > RESTORE_MINUTES) throw new Error(`not restored within ${RESTORE_MINUTES} minutes: ${one.namespace} is ${status?.phase ?? "not begun"}`);
  return { done, phase: status?.phase ?? "New", restoreSeconds: Math.round(minutes * 60) };
}

/** Kinds of the API by the names that a backup's list of objects has: `apps/v1/Deployment`. */
async function kindsByName(call, { restored }) {
  const names = new Map();
  for (const kind of restored) {
    const version = await versionOf(call, kind.group);
    const { resources = [] } = (await found(call, "GET", kind.group === "" ? "/api/v1" : `/apis/${kind.group}/${version}`)) ?? {};
    const [known] = resources.filter(({ name }) => name === kind.resource);
    if (known !== undefined) names.set(`${kind.group === "" ? "" : `${kind.group}/`}${known.kind}`, kind);
  }
  return names;
}

/** `group/version/Kind` or `version/Kind` without its version. */
const unversioned = (name) => {
  const parts = name.split("/");
  return parts.length === 2 ? parts[1] : `${parts[0]}/${parts[2]}`;
};

/** Objects that the backup holds and that are not there, and the other way round. */
async function compared(one, list, world) {
  const problems = [];
  const counts = {};
  const kinds = await kindsByName(world.call, world.kinds);
  const wanted = new Map(world.kinds.restored.map((kind) => [qualified(kind), new Set()]));
  const leftOut = [];
  for (const [name, objects] of Object.entries(list)) {
    const own = objects.filter((object) => object.startsWith(`${one.namespace}/`)).map((object) => object.slice(one.namespace.length + 1));
    const kind = kinds.get(unversioned(name));
    if (kind === undefined && own.length > 0) leftOut.push(name);
    if (kind !== undefined) for (const object of own) if (!(EVERYWHERE[kind.resource] ?? []).includes(object)) wanted.get(qualified(kind)).add(object);
  }
  for (const kind of world.kinds.restored) {
    const there = (await listed(world.call, kind, one.scratch)).map(({ metadata }) => metadata.name);
    const expected = [...wanted.get(qualified(kind))];
    counts[qualified(kind)] = there.length;
    const missing = expected.filter((name) => !there.includes(name));
    const foreign = there.filter((name) => !expected.includes(name));
    if (missing.length > 0) problems.push(`not restored: ${qualified(kind)} ${missing.join(", ")} (${there.length} of ${expected.length})`);
    if (foreign.length > 0) problems.push(`not of the backup: ${qualified(kind)} ${foreign.join(", ")}`);
  }
  if (Object.values(counts).every((count) => count === 0)) problems.push("empty: nothing was restored");
  return { problems, counts, leftOut };
}

/** Nothing of the scratch may run, scale, be reached or be scraped. */
async function stirring(one, world) {
  const problems = [];
  for (const kind of world.kinds.absent) {
    const there = await listed(world.call, kind, one.scratch);
    const names = there.filter(({ metadata }) => !(kind.keeps ?? []).includes(metadata.name) && metadata.labels?.[READER] === undefined);
    if (names.length > 0) problems.push(`must not be there: ${qualified(kind)} ${names.map(({ metadata }) => metadata.name).join(", ")}`);
  }
  for (const resource of ["deployments", "statefulsets"])
    for (const { metadata, spec } of await listed(world.call, { group: "apps", resource }, one.scratch))
      if (spec.replicas !== 0) problems.push(`runs: ${resource} ${metadata.name} has ${spec.replicas} replicas`);
  for (const { metadata, spec } of await listed(world.call, { group: "batch", resource: "cronjobs" }, one.scratch))
    if (spec.suspend !== true) problems.push(`runs: cronjobs ${metadata.name} is not suspended`);
  return problems;
}

/** Every claim is bound to a volume that Velero has filled and a pod has mounted. */
async function volumes(one, world) {
  const claims = await listed(world.call, { group: "", resource: "persistentvolumeclaims" }, one.scratch);
  if (claims.length === 0) return { problems: [], volumes: 0, bytes: 0 };
  const { items } = await world.call("GET", DATA_DOWNLOADS);
  const downloads = items.filter(({ metadata }) => metadata.labels?.["velero.io/restore-name"] === restoreName(one));
  const readers = await listed(world.call, pods, one.scratch);
  const problems = claims.flatMap(({ metadata: { name }, status }) => {
    const download = downloads.find(({ spec }) => spec.targetVolume?.pvc === name && spec.targetVolume.namespace === one.scratch);
    const pod = readers.find(({ spec }) => spec.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name));
    return [
      ...(status?.phase === "Bound" ? [] : [`not bound: ${name} is ${status?.phase ?? "new"}`]),
      ...(download?.status?.phase === "Completed" ? [] : [`not filled: ${name}, its data is ${download?.status?.phase ?? "in no backup"}`]),
      ...(pod?.status?.phase === "Succeeded" ? [] : [`not mounted: ${name}, its reader is ${pod?.status?.phase ?? "absent"}`]),
    ];
  });
  return { problems, volumes: claims.length, bytes: downloads.reduce((sum, { status }) => sum + (status?.progress?.bytesDone ?? 0), 0) };
}

const secondsBetween = (from, to) => (from === undefined || to === undefined ? null : Math.round((Date.parse(to) - Date.parse(from)) / 1000));

/** Looks at what came back. @throws with all of its problems */
export async function check(one, restored, world) {
  const began = world.now();
  const { status = {} } = await world.call("GET", veleroPath("restores", restoreName(one)));
  const age = minutesSince(restored.point, world.now());
  const objects = await compared(one, await world.resourceList(one, restored.backup), world);
  const data = await volumes(one, world);
  const problems = [
    ...(status.phase === "Completed" ? [] : [`Velero's restore is ${status.phase}: ${(status.validationErrors ?? [status.failureReason ?? `${status.errors ?? 0} errors`]).join(", ")}`]),
    ...(age > one.allowedAgeMinutes ? [`old backup: ${Math.round(age)} min, allowed are ${one.allowedAgeMinutes}`] : []),
    ...objects.problems,
    ...(await stirring(one, world)),
    ...data.problems,
  ];
  if (problems.length > 0) throw new Error(`${one.name}: ${problems.join("; ")}`);
  return {
    backup: restored.backup,
    counts: objects.counts,
    leftOut: objects.leftOut,
    warnings: status.warnings ?? 0,
    volumes: data.volumes,
    bytes: data.bytes,
    veleroSeconds: secondsBetween(status.startTimestamp, status.completionTimestamp),
    restoreSeconds: restored.restoreSeconds,
    checkSeconds: Math.round((world.now() - began) / 1000),
  };
}

/** Deletes what was restored. @throws when something of it stays */
export async function remove(one, world) {
  return { deleted: await emptiedScratch([one], world) };
}

async function clusterWorld() {
  const { CLUSTER, AWS_REGION, CLUSTER_ENDPOINT, CLUSTER_CA, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, BUCKET, KINDS } = process.env;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
  const token = tokenOf({ cluster: CLUSTER, region: AWS_REGION, credentials, now: Date.now() });
  return {
    now: () => Date.now(),
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
    kinds: JSON.parse(KINDS),
    call: apiOf({ endpoint: CLUSTER_ENDPOINT, certificateAuthority: Buffer.from(CLUSTER_CA, "base64").toString(), token }),
    resourceList: async ({ prefix }, backup) => {
      const { S3Client, GetObjectCommand } = await import("@aws-sdk/client-s3");
      const Key = `${prefix}/backups/${backup}/${backup}-resource-list.json.gz`;
      const { Body } = await new S3Client({}).send(new GetObjectCommand({ Bucket: BUCKET, Key }));
      return JSON.parse(gunzipSync(await Body.transformToByteArray()));
    },
  };
}

/** `store` is the state machine's description of a namespace: see constructs/aws/stores/namespace-restore-tests.ts. */
export async function handler({ action, store, restored, results }) {
  const actions = {
    sweep: async () => sweep(JSON.parse(process.env.TESTED), await clusterWorld()),
    restore: async () => restore(store, await clusterWorld()),
    progress: async () => progress(store, restored, await clusterWorld()),
    check: async () => check(store, restored, await clusterWorld()),
    remove: async () => remove(store, await clusterWorld()),
    verdict: () => verdict(results),
  };
  if (actions[action] === undefined) throw new Error(`${action} is no step of a restore test: ${Object.keys(actions).join(", ")}`);
  const result = await actions[action]();
  console.log(JSON.stringify({ action, ...(store === undefined ? {} : { namespace: store.name }), ...result }));
  return result;
}
