// Rotation function of the databases' and caches' credentials. Secrets Manager calls it four times for each rotation.
//
// A database has two users that take turns: the new one gets its password while pods still connect as the other, which
// stays valid until the next rotation. Both act as one owner role, so tables belong to neither. The master user's
// password is made anew for each rotation, used once and kept nowhere: there is no master credential to steal.
// Two more users take turns for its exporter: they act as a role that may read statistics (pg_monitor) and no table.
// A cache has one user with two passwords, the new one and the one before (ElastiCache allows two).
// No value is ever logged, returned or sent.
import { connect as connectPostgres, identifier, literal } from "../shared/postgres.mjs";
import { connect as connectRedis } from "../shared/redis.mjs";

const PASSWORD_LENGTH = 40;

/** Connections of the exporter: one for a scrape, one that its restart has left behind, and one of the heartbeat. */
const MONITOR_CONNECTIONS = 3;

/** Users of a role take turns; PostgreSQL cuts names after 63 bytes. */
const other = (role, current) => (current === `${role}_a` ? `${role}_b` : `${role}_a`);

export const nextUser = (store, current) => (store.kind === "redis" ? store.user : other(store.owner, current?.username));

/** What a rotation will set: the application's user, and of a database that of its exporter. */
export async function nextValue(store, current, random) {
  const value = { username: nextUser(store, current), password: await random(PASSWORD_LENGTH) };
  return store.monitor === undefined
    ? value
    : { ...value, monitorUsername: other(store.monitor, current?.monitorUsername), monitorPassword: await random(PASSWORD_LENGTH) };
}

const ensure = (role, options) =>
  `DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) THEN CREATE ROLE ${identifier(role)} ${options}; END IF; END $do$`;

/** Statements that make the role of the exporter and its next user. No role may connect to the database unless it is granted. */
const monitorStatements = (store, username, password) => [
  ensure(store.monitor, "NOLOGIN"),
  `GRANT pg_monitor TO ${identifier(store.monitor)}`,
  `GRANT CONNECT ON DATABASE ${identifier(store.database)} TO ${identifier(store.monitor)}`,
  ensure(username, "LOGIN"),
  `ALTER ROLE ${identifier(username)} LOGIN PASSWORD ${literal(password)} CONNECTION LIMIT ${MONITOR_CONNECTIONS}`,
  `GRANT ${identifier(store.monitor)} TO ${identifier(username)}`,
];

/** Statements that make the owner, its extensions and the users that are next; each may be repeated. */
export function databaseStatements(store, { username, password, monitorUsername, monitorPassword }) {
  const [owner, user] = [identifier(store.owner), identifier(username)];
  return [
    // The form that the server stores and SCRAM needs, whatever its default is.
    "SET password_encryption = 'scram-sha-256'",
    ensure(store.owner, "NOLOGIN"),
    `GRANT ${owner} TO CURRENT_USER`,
    `ALTER DATABASE ${identifier(store.database)} OWNER TO ${owner}`,
    `REVOKE ALL ON DATABASE ${identifier(store.database)} FROM PUBLIC`,
    ...store.extensions.map((name) => `CREATE EXTENSION IF NOT EXISTS ${identifier(name)}`),
    ensure(username, "LOGIN"),
    `ALTER ROLE ${user} LOGIN PASSWORD ${literal(password)} CONNECTION LIMIT ${store.connectionLimit}`,
    `GRANT ${owner} TO ${user}`,
    // What either user creates belongs to the owner: the other may change it in the next migration.
    `ALTER ROLE ${user} SET ROLE = ${literal(store.owner)}`,
    ...(monitorUsername === undefined ? [] : monitorStatements(store, monitorUsername, monitorPassword)),
  ];
}

async function setDatabaseUser(store, pending, world) {
  const password = await world.random(PASSWORD_LENGTH);
  await world.setMasterPassword(store.instance, password);
  const session = await world.retry(() =>
    world.postgres({ ...store, user: store.master, password }),
  );
  try {
    for (const statement of databaseStatements(store, pending)) await session.query(statement);
  } finally {
    session.close();
  }
}

/** The user's rights come from Terraform; a rotation changes its passwords alone, in every region that has the user. */
async function setCacheUser(store, pending, current, world) {
  const passwords = [...new Set([pending.password, ...(current ? [current.password] : [])])];
  for (const region of store.regions) await world.setCachePasswords(region, store.user, passwords);
}

async function test(store, pending, world) {
  if (store.kind === "redis") {
    const session = await world.retry(() => world.redis({ ...store, user: pending.username, password: pending.password }));
    session.close();
    return;
  }
  const session = await world.postgres({ ...store, user: pending.username, password: pending.password });
  try {
    const [row] = await session.query("SELECT current_user AS role, current_setting('is_superuser') AS superuser");
    if (row?.role !== store.owner || row.superuser !== "off")
      throw new Error(`The new user of ${store.database} acts as ${row?.role}, not as ${store.owner}`);
  } finally {
    session.close();
  }
  if (pending.monitorUsername !== undefined) await testMonitor(store, pending, world);
}

async function testMonitor(store, { monitorUsername, monitorPassword }, world) {
  const session = await world.postgres({ ...store, user: monitorUsername, password: monitorPassword });
  try {
    const [row] = await session.query("SELECT pg_has_role('pg_monitor', 'USAGE')::text AS monitors");
    if (row?.monitors !== "true") throw new Error(`The exporter's user of ${store.database} may not read statistics`);
  } finally {
    session.close();
  }
}

/** One of the four steps. A repeated step changes nothing more: Secrets Manager repeats them after a failure. */
export async function rotate({ Step: step, SecretId: id, ClientRequestToken: token, RotationToken: rotationToken }, stores, world) {
  const secret = await world.describe(id);
  if (secret.RotationEnabled !== true) throw new Error(`${secret.Name} is not set up for rotation`);
  const store = stores[secret.Name];
  if (store === undefined) throw new Error(`${secret.Name} is the connection of no store of this function`);
  const stages = secret.VersionIdsToStages ?? {};
  if (stages[token]?.includes("AWSCURRENT")) return;
  const current = await world.value(id, undefined, "AWSCURRENT");
  const pending = await world.value(id, token, "AWSPENDING");
  if (step === "createSecret") {
    if (pending !== undefined) return;
    const value = await nextValue(store, current, world.random);
    await world.put(id, token, JSON.stringify(value), rotationToken);
    return;
  }
  if (pending === undefined) throw new Error(`${secret.Name} has no pending value: createSecret did not run`);
  if (step === "setSecret")
    await (store.kind === "redis" ? setCacheUser(store, pending, current, world) : setDatabaseUser(store, pending, world));
  else if (step === "testSecret") await test(store, pending, world);
  else if (step === "finishSecret") {
    const [version] = Object.entries(stages).find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
    await world.promote(id, token, version);
  } else throw new Error(`${step} is no step of a rotation`);
}

const absent = (error) => {
  if (error?.name === "ResourceNotFoundException") return undefined;
  throw error;
};

/** Tries again for four minutes: a new password takes effect when the instance has applied it. */
async function retry(attempt, { times = 24, pauseMs = 10_000 } = {}) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tried >= times) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function awsWorld() {
  const { SecretsManagerClient, ...secrets } = await import("@aws-sdk/client-secrets-manager");
  const { RDSClient, ModifyDBInstanceCommand } = await import("@aws-sdk/client-rds");
  const { ElastiCacheClient, ModifyUserCommand } = await import("@aws-sdk/client-elasticache");
  const manager = new SecretsManagerClient({});
  return {
    retry,
    describe: (id) => manager.send(new secrets.DescribeSecretCommand({ SecretId: id })),
    value: (id, version, stage) =>
      manager
        .send(new secrets.GetSecretValueCommand({ SecretId: id, VersionStage: stage, ...(version === undefined ? {} : { VersionId: version }) }))
        .then(({ SecretString }) => JSON.parse(SecretString), absent),
    random: (length) =>
      manager
        .send(new secrets.GetRandomPasswordCommand({ PasswordLength: length, ExcludePunctuation: true, IncludeSpace: false, RequireEachIncludedType: true }))
        .then(({ RandomPassword }) => RandomPassword),
    put: (id, token, value, rotationToken) =>
      manager.send(new secrets.PutSecretValueCommand({
        SecretId: id, ClientRequestToken: token, SecretString: value, VersionStages: ["AWSPENDING"],
        ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
      })),
    promote: (id, version, current) =>
      manager.send(new secrets.UpdateSecretVersionStageCommand({
        SecretId: id, VersionStage: "AWSCURRENT", MoveToVersionId: version, ...(current === undefined ? {} : { RemoveFromVersionId: current }),
      })),
    setMasterPassword: (instance, password) =>
      new RDSClient({}).send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: instance, MasterUserPassword: password, ApplyImmediately: true })),
    setCachePasswords: (region, user, passwords) =>
      new ElastiCacheClient({ region }).send(new ModifyUserCommand({ UserId: user, AuthenticationMode: { Type: "password", Passwords: passwords } })),
    postgres: ({ host, port, database, user, password }) => connectPostgres({ host, port, database, user, password, tls: true }),
    redis: ({ host, port, user, password }) => connectRedis({ host, port, user, password, tls: true }),
  };
}

export async function handler(event) {
  return rotate(event, JSON.parse(process.env.STORES), await awsWorld());
}
