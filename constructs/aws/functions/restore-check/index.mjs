// Steps of a restore test, called by its state machine: the newest recovery point of a store is restored beside it, looked
// at, and deleted. Each step may be repeated. Nothing of the store itself is changed: only names that begin with
// `restore-test-` are ever deleted, which the role's permissions hold it to.
import { load, newest } from "../shared/cache-copies.mjs";
import { connect as connectPostgres } from "../shared/postgres.mjs";
import { connect as connectRedis } from "../shared/redis.mjs";
import { inspect, loginProblem, problemsOf } from "../shared/restored-database.mjs";
import { verdict } from "../shared/test-verdict.mjs";

const SCRATCH = "restore-test-";
/** A test that has ended, however it did, has deleted its scratch within this time. */
const LEFT_AFTER_HOURS = 5;
const RESTORE_MINUTES = 180;

const minutesSince = (time, now) => (now - Date.parse(time)) / 60_000;

/** Deletes what an earlier test has left. `deleted` names it, for the report. */
export async function sweep(world) {
  const left = (await world.scratch(SCRATCH)).filter(({ createdAt }) => createdAt !== undefined && minutesSince(createdAt, world.now()) > LEFT_AFTER_HOURS * 60);
  for (const { kind, name } of left) await world.remove(kind, name);
  return { deleted: left.map(({ name }) => name) };
}

/** Starts the restore of the newest recovery point. A scratch of this name that is there already is taken for this one. */
export async function restore(store, world) {
  const point = await world.newestPoint(store);
  if (point === undefined) throw new Error(`no recovery point: ${store.name} has none in this region`);
  await world.restore(store, point);
  return { startedAt: new Date(world.now()).toISOString(), point: point.at };
}

export async function progress(store, { startedAt }, world) {
  const done = await world.available(store);
  const minutes = minutesSince(startedAt, world.now());
  if (!done && minutes > RESTORE_MINUTES) throw new Error(`not restored within ${RESTORE_MINUTES} minutes: ${store.scratch}`);
  return { done, restoreSeconds: Math.round(minutes * 60) };
}

async function checkDatabase(store, { point }, world) {
  const credentials = await world.credentials(store.secret);
  const before = Date.parse(point);
  const look = async (host, whole) => {
    const session = await world.postgres({ host, port: store.port, database: store.database }, credentials);
    try {
      return await inspect(session, { before, whole });
    } finally {
      session.close();
    }
  };
  let restored;
  try {
    restored = await look(await world.host(store), true);
  } catch (error) {
    return { problems: [loginProblem(error)] };
  }
  const running = await look(store.host, false);
  return { problems: problemsOf(restored, running, { ...store, point: before, now: world.now() }), tables: restored.tables };
}

async function checkCache(store, { point }, world) {
  const session = await world.redis({ host: await world.host(store), port: store.port }, await world.credentials(store.secret));
  try {
    const answer = await session.call("PING");
    const problems = answer === "PONG" ? [] : [`no answer: PING is answered by ${answer}`];
    const age = minutesSince(point, world.now());
    if (age > store.allowedAgeMinutes) problems.push(`old recovery point: ${Math.round(age)} min, allowed are ${store.allowedAgeMinutes}`);
    if (store.source === "copy") {
      const copy = await load(session, await world.copy(store), world.now());
      const size = await session.call("DBSIZE");
      // Entries may expire between the two.
      if (size > copy.loaded || (copy.loaded > 0 && size === 0)) problems.push(`other entries: ${copy.loaded} were loaded, ${size} are there`);
      return { problems, entries: size, expired: copy.expired };
    }
    const [size, running] = [await session.call("DBSIZE"), await world.size(store)];
    if (size === 0 && running > 0) problems.push(`empty cache: the running one has ${running} entries`);
    return { problems, entries: size };
  } finally {
    session.close();
  }
}

/** Looks at the restored store. @throws with all of its problems */
export async function check(store, restored, world) {
  const began = world.now();
  const { problems, ...seen } = await (store.kind === "database" ? checkDatabase : checkCache)(store, restored, world);
  if (problems.length > 0) throw new Error(`${store.name}: ${problems.join("; ")}`);
  return { ...seen, checkSeconds: Math.round((world.now() - began) / 1000), restoreSeconds: restored.restoreSeconds };
}

/** Deletes the scratch; `done` when it is gone, or on its way. */
export async function remove(store, world) {
  if (!store.scratch.startsWith(SCRATCH)) throw new Error(`${store.scratch} is not deleted: its name does not begin with ${SCRATCH}`);
  await world.remove(store.kind, store.scratch);
  return { deleted: store.scratch };
}

/** An answer of AWS that means: there is no such thing, or it is there already. */
const unless = (...names) => (error) => {
  if (!names.includes(error?.name)) throw error;
};
/** A deletion is refused while the store is being made, and while it is being deleted: only the latter is an end. */
const goneOr = (statusOf) => async (error) => {
  if (/NotFound/.test(error?.name)) return;
  if (!/^Invalid\w*State/.test(error?.name) || (await statusOf()) !== "deleting") throw error;
};
const newestOf = (all, time) => all.filter((one) => time(one) !== undefined).sort((a, b) => time(b) - time(a))[0];

async function databases() {
  const { RDSClient, ...rds } = await import("@aws-sdk/client-rds");
  const client = new RDSClient({});
  const describe = async (name) =>
    (await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances[0];
  return {
    newestPoint: async ({ identifier }) => {
      const { DBInstanceAutomatedBackups: all = [] } = await client.send(new rds.DescribeDBInstanceAutomatedBackupsCommand({ DBInstanceIdentifier: identifier }));
      const backup = newestOf(all, (one) => one.RestoreWindow?.LatestTime);
      return backup && { arn: backup.DBInstanceAutomatedBackupsArn, at: backup.RestoreWindow.LatestTime.toISOString() };
    },
    restore: ({ scratch, instanceClass, subnets, group, parameters, tags }, { arn, at }) =>
      client.send(new rds.RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceAutomatedBackupsArn: arn, RestoreTime: new Date(at), TargetDBInstanceIdentifier: scratch,
        DBInstanceClass: instanceClass, DBSubnetGroupName: subnets, VpcSecurityGroupIds: [group], DBParameterGroupName: parameters,
        MultiAZ: false, PubliclyAccessible: false, DeletionProtection: false, CopyTagsToSnapshot: false, Tags: tags,
      })).catch(unless("DBInstanceAlreadyExistsFault", "DBInstanceAlreadyExists")),
    available: async ({ scratch }) => (await describe(scratch)).DBInstanceStatus === "available",
    host: async ({ scratch }) => (await describe(scratch)).Endpoint.Address,
    remove: (name) =>
      client.send(new rds.DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }))
        .catch(goneOr(async () => (await describe(name)).DBInstanceStatus)),
    scratch: async (prefix) => {
      const all = [];
      for await (const { DBInstances } of rds.paginateDescribeDBInstances({ client }, {})) all.push(...DBInstances);
      return all.filter(({ DBInstanceIdentifier: name }) => name.startsWith(prefix))
        .map(({ DBInstanceIdentifier: name, InstanceCreateTime: at }) => ({ kind: "database", name, createdAt: at?.toISOString() }));
    },
  };
}

async function caches() {
  const { ElastiCacheClient, ...cache } = await import("@aws-sdk/client-elasticache");
  const client = new ElastiCacheClient({});
  const describe = async (name) =>
    (await client.send(new cache.DescribeReplicationGroupsCommand({ ReplicationGroupId: name }))).ReplicationGroups[0];
  const createdAt = ({ NodeSnapshots: [node] = [] }) => node?.SnapshotCreateTime;
  return {
    snapshot: async ({ identifier }) => {
      const { Snapshots: all = [] } = await client.send(new cache.DescribeSnapshotsCommand({ ReplicationGroupId: identifier }));
      const snapshot = newestOf(all.filter(({ SnapshotStatus }) => SnapshotStatus === "available"), createdAt);
      return snapshot && { snapshot: snapshot.SnapshotName, at: createdAt(snapshot).toISOString() };
    },
    restore: ({ scratch, nodeType, subnets, group, parameters, users, key, tags }, { snapshot }) =>
      client.send(new cache.CreateReplicationGroupCommand({
        ReplicationGroupId: scratch, ReplicationGroupDescription: "restore test", SnapshotName: snapshot, Engine: "valkey",
        CacheNodeType: nodeType, NumCacheClusters: 1, AutomaticFailoverEnabled: false, CacheSubnetGroupName: subnets,
        CacheParameterGroupName: parameters, SecurityGroupIds: [group], UserGroupIds: [users], TransitEncryptionEnabled: true,
        AtRestEncryptionEnabled: true, KmsKeyId: key, SnapshotRetentionLimit: 0, Tags: tags,
      })).catch(unless("ReplicationGroupAlreadyExistsFault", "ReplicationGroupAlreadyExists")),
    available: async ({ scratch }) => (await describe(scratch)).Status === "available",
    host: async ({ scratch }) => (await describe(scratch)).NodeGroups[0].PrimaryEndpoint.Address,
    remove: (name) =>
      client.send(new cache.DeleteReplicationGroupCommand({ ReplicationGroupId: name, RetainPrimaryCluster: false }))
        .catch(goneOr(async () => (await describe(name)).Status)),
    scratch: async (prefix) => {
      const all = [];
      for await (const { ReplicationGroups } of cache.paginateDescribeReplicationGroups({ client }, {})) all.push(...ReplicationGroups);
      return all.filter(({ ReplicationGroupId: name }) => name.startsWith(prefix))
        .map(({ ReplicationGroupId: name, ReplicationGroupCreateTime: at }) => ({ kind: "cache", name, createdAt: at?.toISOString() }));
    },
  };
}

async function copies() {
  const { S3Client, GetObjectCommand, paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const [client, bucket] = [new S3Client({}), process.env.BUCKET];
  const key = async ({ prefix }) => {
    const keys = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) keys.push(...Contents);
    const name = newest(keys.map(({ Key }) => Key));
    return keys.find(({ Key }) => Key === name);
  };
  return {
    newestPoint: async (store) => {
      const found = await key(store);
      return found && { at: found.LastModified.toISOString() };
    },
    copy: async (store) =>
      Buffer.from(await (await client.send(new GetObjectCommand({ Bucket: bucket, Key: (await key(store)).Key }))).Body.transformToByteArray()),
  };
}

async function awsWorld() {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const manager = new SecretsManagerClient({});
  const [rds, cache, bucket] = [await databases(), await caches(), await copies()];
  const of = (store) => (store.kind === "database" ? rds : cache);
  const redis = ({ host, port }, { username, password }) => connectRedis({ host, port, user: username, password, tls: true, timeoutMs: 60_000 });
  const credentials = async (secret) => JSON.parse((await manager.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString);
  return {
    now: () => Date.now(),
    credentials,
    redis,
    postgres: ({ host, port, database }, { username, password }) => connectPostgres({ host, port, database, user: username, password, tls: true }),
    newestPoint: (store) =>
      store.kind === "database" ? rds.newestPoint(store) : store.source === "copy" ? bucket.newestPoint(store) : cache.snapshot(store),
    restore: (store, point) => of(store).restore(store, point),
    available: (store) => of(store).available(store),
    host: (store) => of(store).host(store),
    copy: (store) => bucket.copy(store),
    size: async (store) => {
      const session = await redis(store, await credentials(store.secret));
      try {
        return await session.call("DBSIZE");
      } finally {
        session.close();
      }
    },
    remove: (kind, name) => (kind === "database" ? rds : cache).remove(name),
    scratch: async (prefix) => [...(await rds.scratch(prefix)), ...(await cache.scratch(prefix))],
  };
}

/** `store` is the state machine's description of it: see constructs/aws/stores/restore-tests.ts. */
export async function handler({ action, store, restored, results }) {
  const actions = {
    sweep: async () => sweep(await awsWorld()),
    restore: async () => restore(store, await awsWorld()),
    progress: async () => progress(store, restored, await awsWorld()),
    check: async () => check(store, restored, await awsWorld()),
    remove: async () => remove(store, await awsWorld()),
    verdict: () => verdict(results),
  };
  if (actions[action] === undefined) throw new Error(`${action} is no step of a restore test: ${Object.keys(actions).join(", ")}`);
  const result = await actions[action]();
  console.log(JSON.stringify({ action, ...(store === undefined ? {} : { store: store.name }), ...result }));
  return result;
}
