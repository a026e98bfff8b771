// Client of the Redis protocol (RESP2): TLS, AUTH, commands with binary answers. Protocol: redis.io, RESP protocol
// specification.
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

/** The server's own error, for example `NOAUTH Authentication required.` */
export class RedisError extends Error {
  constructor(words) {
    super(words);
    this.name = "RedisError";
    this.code = words.split(" ")[0];
  }
}

const encode = (words) =>
  Buffer.concat([
    Buffer.from(`*${words.length}\r\n`),
    ...words.flatMap((word) => {
      const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
      return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")];
    }),
  ]);

/** One answer that begins at `at`, and where it ends; undefined while some of it has not arrived. */
export function parse(buffer, at = 0) {
  const end = buffer.indexOf("\r\n", at);
  if (end < 0) return undefined;
  const [kind, line, after] = [String.fromCharCode(buffer[at]), buffer.toString("utf8", at + 1, end), end + 2];
  if (kind === "+") return { value: line, next: after };
  if (kind === "-") return { value: new RedisError(line), next: after };
  if (kind === ":") return { value: Number(line), next: after };
  const length = Number(line);
  if (length < 0) return { value: null, next: after };
  if (kind === "$")
    return buffer.length < after + length + 2
      ? undefined
      : { value: Buffer.from(buffer.subarray(after, after + length)), next: after + length + 2 };
  if (kind !== "*") throw new Error(`an answer of kind ${kind} is not RESP2`);
  const items = [];
  let next = after;
  while (items.length < length) {
    const item = parse(buffer, next);
    if (item === undefined) return undefined;
    items.push(item.value);
    next = item.next;
  }
  return { value: items, next };
}

/** Opens a connection: `{ host, port, user, password, tls, database }`; `call("GET", key)` answers with Buffers, numbers, text, lists or null. */
export async function connect({ host, port, user, password, tls, database, timeoutMs = 10_000 }) {
  const socket =
    tls === false
      ? connectTcp({ host, port })
      : connectTls({ host, port, servername: host, ...(tls === true ? {} : tls) });
  const waiting = [];
  let chunks = [];
  let failure;
  const fail = (error) => {
    failure ??= error ?? new Error("the server closed the connection");
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  socket.setTimeout(timeoutMs, () =>
    socket.destroy(new Error(`no answer from ${host}:${port} within ${timeoutMs} ms`)),
  );
  socket.on("error", fail);
  socket.on("close", () => fail());
  socket.on("data", (chunk) => {
    chunks.push(chunk);
    let buffer = Buffer.concat(chunks);
    for (let answer = parse(buffer); answer !== undefined; answer = buffer.length > 0 ? parse(buffer) : undefined) {
      buffer = buffer.subarray(answer.next);
      const caller = waiting.shift();
      if (answer.value instanceof RedisError) caller?.reject(answer.value);
      else caller?.resolve(answer.value);
    }
    chunks = buffer.length > 0 ? [buffer] : [];
  });
  const call = (...words) =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      waiting.push({ resolve, reject });
      socket.write(encode(words));
    });
  const close = () => {
    failure ??= new Error("the connection is closed");
    socket.destroy();
  };
  try {
    if (password !== undefined) await call(...["AUTH", ...(user === undefined ? [] : [user]), password]);
    if (database !== undefined) await call("SELECT", database);
  } catch (error) {
    close();
    throw error;
  }
  return { call, close };
}
