// Looks at a restored database: reads every page, counts rows, finds the newest one, and names what is wrong beside the
// database that runs. A page that is damaged fails its checksum when it is read (PostgreSQL 16 documentation, data
// checksums; RDS switches them on).
import { identifier, literal } from "./postgres.mjs";

/** Larger tables are read in part, and their rows estimated. */
const WHOLE_BYTES = 2 ** 30;
/** data_corrupted and index_corrupted (PostgreSQL 16 documentation, appendix A). */
const CORRUPTED = ["XX001", "XX002"];
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.reltuples::bigint AS estimate, pg_table_size(c.oid) AS bytes,
    (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid
      AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)) AS times
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2`;

const number = (text) => (text === null || text === undefined ? null : Number(text));

async function readTable(session, { schema, name, estimate, bytes, times }, { before, whole }) {
  const sampled = Number(bytes) > WHOLE_BYTES;
  const columns = times === null ? [] : times.split(",");
  const point = `${literal(new Date(before).toISOString())}::timestamptz`;
  const newest = columns.map(
    (column) => `max(t.${column}::timestamptz) FILTER (WHERE t.${column}::timestamptz <= ${point})`,
  );
  const [row] = await session.query(
    `SELECT count(*) AS rows,
       ${whole ? "coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0)" : "NULL"} AS checksum,
       ${newest.length === 0 ? "NULL" : `extract(epoch FROM greatest(${newest.join(", ")}))`} AS newest
     FROM ${identifier(schema)}.${identifier(name)} AS t
     ${sampled ? `TABLESAMPLE SYSTEM (${((100 * WHOLE_BYTES) / Number(bytes)).toFixed(4)})` : ""}`,
  );
  return {
    rows: sampled ? Math.max(0, Number(estimate)) : Number(row.rows),
    checksum: row.checksum,
    newest: number(row.newest),
    hasTime: columns.length > 0,
    sampled,
  };
}

/**
 * What a database holds. `before` is in milliseconds: newer rows do not count as the newest. `whole` reads every value.
 * Tables that cannot be read are in `unreadable` with the server's words.
 */
export async function inspect(session, { before, whole = true }) {
  for (const setting of [
    "SET TIME ZONE 'UTC'",
    "SET statement_timeout = '600s'",
    "SET default_transaction_read_only = on",
  ])
    await session.query(setting);
  const [{ data_checksums: checksums }] = await session.query("SHOW data_checksums");
  const extensions = (await session.query("SELECT extname FROM pg_extension")).map(({ extname }) => extname);
  const [tables, unreadable] = [{}, {}];
  for (const table of await session.query(TABLES)) {
    const name = `${table.schema}.${table.name}`;
    try {
      tables[name] = await readTable(session, table, { before, whole });
    } catch (error) {
      if (error.code === undefined) throw error;
      unreadable[name] = `${CORRUPTED.includes(error.code) ? "corrupted" : "unreadable"}: ${error.message}`;
    }
  }
  return { checksums: checksums === "on", extensions, tables, unreadable };
}

const minutes = (seconds) => `${Math.round(seconds / 6) / 10} min`;

function tableProblems(name, restored, live, rpoSeconds) {
  if (restored === undefined) return [`missing table: ${name} has ${live.rows} rows in the running database`];
  // Its first rows may be newer than the recovery point.
  const known = live.rows > 0 && !(live.hasTime && live.newest === null);
  if (restored.rows === 0 && known) return [`empty table: ${name} has ${live.rows} rows in the running database`];
  if (restored.rows < live.rows / 2 && known)
    return [`fewer rows: ${name} has ${restored.rows}, the running database ${live.rows}`];
  const behind = (live.newest ?? -Infinity) - (restored.newest ?? -Infinity);
  return live.newest !== null && behind > rpoSeconds
    ? [
        `stale: the newest row of ${name} is ${restored.newest === null ? "missing" : `${minutes(behind)} older than in the running database`}`,
      ]
    : [];
}

/**
 * Problems of a restored database beside the running one, each with its kind before the colon. Empty: it can be used.
 *
 * `rpoMinutes` bounds how much older its newest rows are, `point` and `now` (ms) how old the recovery point is.
 */
export function problemsOf(restored, running, { extensions, rpoMinutes, allowedAgeMinutes, point, now }) {
  const names = Object.keys(running.tables).filter((name) => restored.unreadable[name] === undefined);
  const age = (now - point) / 60_000;
  return [
    ...(age > allowedAgeMinutes
      ? [`old recovery point: ${Math.round(age)} min, allowed are ${allowedAgeMinutes}`]
      : []),
    ...(restored.checksums ? [] : ["no checksums: data_checksums is off, a damaged page is read without an error"]),
    ...Object.entries(restored.unreadable).map(([name, words]) => words.replace(":", `: ${name}:`)),
    ...extensions.filter((name) => !restored.extensions.includes(name)).map((name) => `missing extension: ${name}`),
    ...names.flatMap((name) => tableProblems(name, restored.tables[name], running.tables[name], rpoMinutes * 60)),
  ];
}

/** Why a login was refused, in the words of a finding. */
export const loginProblem = (error) =>
  ["28P01", "28000"].includes(error.code) ? `wrong password: ${error.message}` : `no connection: ${error.message}`;
