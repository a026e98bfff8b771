// Copies a cache's entries into a bucket of the other region, and loads such a copy into an empty cache.
//
// ElastiCache's own snapshots stay in their region, seed new groups only, and are limited to 20 a node and day. A copy
// that is refused because there are too many entries fails the run, and the alarm says so.
import { interrupted, load, nameOf, newest, read } from "../shared/cache-copies.mjs";
import { connect } from "../shared/redis.mjs";

export { load, open, read } from "../shared/cache-copies.mjs";

async function awsWorld() {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const { S3Client, PutObjectCommand, GetObjectCommand, ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const [manager, bucket] = [new SecretsManagerClient({}), process.env.BUCKET];
  const store = (region) => new S3Client({ region });
  return {
    now: () => Date.now(),
    credentials: async (secret) => JSON.parse((await manager.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString),
    session: (cache, { username, password }, database) => connect({ host: cache.host, port: cache.port, user: username, password, database, tls: true, timeoutMs: 60_000 }),
    put: (key, body) => store(process.env.BUCKET_REGION).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })),
    list: async (prefix) => {
      const keys = [];
      let token;
      do {
        const page = await store(process.env.BUCKET_REGION).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }));
        keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    get: async (key) => Buffer.from(await (await store(process.env.BUCKET_REGION).send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body.transformToByteArray()),
  };
}

/** Writes a copy of each cache. All are tried before a failure is reported. */
export async function copyAll(caches, world) {
  const failures = [];
  const copied = [];
  for (const cache of caches) {
    try {
      const takenAt = new Date(world.now()).toISOString();
      const session = await world.session(cache, await world.credentials(cache.secret));
      try {
        const body = await read(session, takenAt);
        await world.put(nameOf(cache.prefix, takenAt), body);
        copied.push({ cache: cache.name, bytes: body.length, milliseconds: world.now() - Date.parse(takenAt) });
      } finally {
        session.close();
      }
    } catch (error) {
      failures.push(`${cache.name}: ${error.message}`);
    }
  }
  if (failures.length > 0) throw new Error(failures.join("; "));
  return copied;
}

/** Loads the newest copy of each cache into database `database` of it, 0 after a promotion. */
export async function loadAll(caches, world, database = 0) {
  const loaded = [];
  for (const cache of caches) {
    const newestKey = newest(await world.list(cache.prefix));
    if (newestKey === undefined) throw new Error(`${cache.name} has no copy below ${cache.prefix}`);
    const session = await world.session(cache, await world.credentials(cache.secret), database);
    try {
      // Repeated after a failure: an attempt that ended early goes on with its copy. What is there without one was loaded
      // whole, or written since: a copy would bring back jobs that are done.
      const begun = await interrupted(session);
      const key = begun === undefined ? newestKey : nameOf(cache.prefix, begun);
      if (begun === undefined && (await session.call("DBSIZE")) > 0)
        loaded.push({ cache: cache.name, skipped: "not empty" });
      else loaded.push({ cache: cache.name, ...(await load(session, await world.get(key), world.now())) });
    } finally {
      session.close();
    }
  }
  return loaded;
}

export async function handler(event) {
  const [caches, world] = [JSON.parse(process.env.CACHES), await awsWorld()];
  const done = event?.action === "load" ? await loadAll(caches, world) : await copyAll(caches, world);
  console.log(JSON.stringify(done));
  return done;
}
