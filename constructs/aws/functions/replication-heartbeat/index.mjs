// Commits an empty transaction in each database that accepts writes, once a minute.
//
// A replica of RDS for PostgreSQL reports the age of the last transaction that it has replayed. Without transactions of
// users the figure grows until the log's segment is switched, after five minutes (RDS user guide, working with read
// replicas for RDS for PostgreSQL): it then says nothing of what a promotion would lose. A transaction with a number leaves
// a record of its commit in the log, and needs no table and no right but to connect.
import { connect } from "../shared/postgres.mjs";

const HEARTBEAT = "SELECT pg_current_xact_id()";
/** Passwords are kept while the function stays loaded; a rotation leaves the one before valid, and 28P01 reads anew. */
const known = new Map();

async function beat(database, world, read) {
  const credentials = read || !known.has(database.secret) ? await world.credentials(database.secret) : known.get(database.secret);
  known.set(database.secret, credentials);
  // The user of the exporter: it may connect and read statistics, and nothing of the application.
  const session = await world.postgres(database, { username: credentials.monitorUsername, password: credentials.monitorPassword });
  try {
    await session.query(HEARTBEAT);
  } finally {
    session.close();
  }
}

/** All are tried before a failure is reported. */
export async function beatAll(databases, world) {
  const failures = [];
  await Promise.all(
    databases.map(async (database) => {
      try {
        await beat(database, world, false).catch((error) => {
          if (error.code !== "28P01") throw error;
          return beat(database, world, true);
        });
      } catch (error) {
        failures.push(`${database.name}: ${error.message}`);
      }
    }),
  );
  if (failures.length > 0) throw new Error(failures.join("; "));
  return { beaten: databases.map(({ name }) => name) };
}

async function awsWorld() {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const manager = new SecretsManagerClient({});
  return {
    credentials: async (secret) => JSON.parse((await manager.send(new GetSecretValueCommand({ SecretId: secret }))).SecretString),
    postgres: ({ host, port, database }, { username, password }) => connect({ host, port, database, user: username, password, tls: true }),
  };
}

export async function handler() {
  return beatAll(JSON.parse(process.env.HEARTBEATS), await awsWorld());
}
