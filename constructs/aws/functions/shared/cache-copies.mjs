// Copies of a cache's entries, and how one is loaded.
//
// A copy is one consistent view of all databases' entries (one script, in which nothing else runs) with their remaining
// life, each in the form of DUMP, compressed, with a SHA-256 of the whole. Above `LARGEST` entries a script would stop
// the cache for too long: the copy is then refused.
import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

const LARGEST = 200_000;
const FORMAT = 1;

const READ_ALL = `
local out, cursor = {}, '0'
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    local value = redis.call('DUMP', key)
    if value then out[#out + 1] = key; out[#out + 1] = redis.call('PTTL', key); out[#out + 1] = value end
  end
until cursor == '0'
return out`;

/** Entries of the cache as one compressed text; SCAN may name a key twice. */
export async function read(session, takenAt) {
  const size = await session.call("DBSIZE");
  if (size > LARGEST)
    throw new Error(`${size} entries: a copy of more than ${LARGEST} would stop the cache for too long`);
  const flat = await session.call("EVAL", READ_ALL, "0");
  const entries = new Map();
  for (let at = 0; at < flat.length; at += 3)
    entries.set(flat[at].toString("base64"), [flat[at + 1], flat[at + 2].toString("base64")]);
  const lines = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, [ttl, value]]) => `${key} ${ttl} ${value}`);
  const body = lines.join("\n");
  const head = JSON.stringify({
    format: FORMAT,
    takenAt,
    entries: lines.length,
    sha256: createHash("sha256").update(body).digest("hex"),
  });
  return gzipSync(`${head}\n${body}`);
}

/** What a copy says of itself, and its entries. @throws when it is damaged */
export function open(copy) {
  const text = gunzipSync(copy).toString("utf8");
  const end = text.indexOf("\n");
  const head = JSON.parse(text.slice(0, end));
  const body = text.slice(end + 1);
  if (head.format !== FORMAT) throw new Error(`a copy of format ${head.format}, not ${FORMAT}`);
  if (createHash("sha256").update(body).digest("hex") !== head.sha256)
    throw new Error("the copy is damaged: its checksum differs");
  const lines = body === "" ? [] : body.split("\n");
  if (lines.length !== head.entries)
    throw new Error(`the copy names ${head.entries} entries and holds ${lines.length}`);
  return { head, lines };
}

/** Present while a copy is loaded, with the time at which that copy was taken. */
const LOADING = "plimsoll:loading";

/** Time of the copy whose loading ended early in this database; undefined where none did. */
export async function interrupted(session) {
  const begun = await session.call("GET", LOADING);
  return Buffer.isBuffer(begun) || typeof begun === "string" ? String(begun) : undefined;
}

/**
 * Loads a copy into the session's database, which must be empty, or hold a part of the same copy. Lives are shortened by the copy's age; what has
 * expired since is left out.
 * @returns the number of entries loaded and left out
 */
export async function load(session, copy, now) {
  const { head, lines } = open(copy);
  if ((await session.call("DBSIZE")) !== 0 && (await interrupted(session)) !== head.takenAt)
    throw new Error("the cache is not empty: a copy is loaded into an empty one only");
  const age = Math.max(0, now - Date.parse(head.takenAt));
  let [loaded, expired] = [0, 0];
  await session.call("SET", LOADING, head.takenAt);
  for (const line of lines) {
    const [key, ttl, value] = line.split(" ");
    const left = Number(ttl) < 0 ? 0 : Number(ttl) - age;
    if (Number(ttl) >= 0 && left <= 0) expired += 1;
    else {
      await session.call("RESTORE", Buffer.from(key, "base64"), String(left), Buffer.from(value, "base64"), "REPLACE");
      loaded += 1;
    }
  }
  await session.call("DEL", LOADING);
  return { entries: head.entries, loaded, expired, takenAt: head.takenAt };
}

/** Newest first by name: a copy is named by the time at which it was taken. */
export const newest = (keys) => [...keys].sort().at(-1);
export const nameOf = (prefix, takenAt) => `${prefix}${takenAt.replaceAll(/[:.]/g, "-")}.gz`;
