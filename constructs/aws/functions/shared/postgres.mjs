// Client of the PostgreSQL protocol, version 3: TLS, SCRAM-SHA-256, simple queries. The functions of the platform send a
// handful of statements; a driver would be a dependency to keep up to date. Protocol: PostgreSQL 16 documentation,
// chapter 55 (message formats, SASL authentication).
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

const PROTOCOL = 196_608;
const SSL_REQUEST = 80_877_103;

/** The server's own error: `code` is the SQLSTATE, for example 28P01 for a wrong password. */
export class PostgresError extends Error {
  constructor(fields) {
    super(`${fields.S ?? "ERROR"} ${fields.C ?? ""}: ${fields.M ?? "no message"}`);
    this.name = "PostgresError";
    this.code = fields.C;
  }
}

/** Text between quotes of SQL. */
export const literal = (text) => `'${String(text).replaceAll("'", "''")}'`;
export const identifier = (name) => `"${String(name).replaceAll('"', '""')}"`;

const int32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value) => Buffer.from(`${value}\0`, "utf8");
const message = (type, body) => Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);

/** Reads whole messages from a socket, one after another. */
class Messages {
  constructor(socket) {
    this.buffered = Buffer.alloc(0);
    this.waiting = undefined;
    this.failure = undefined;
    socket.on("data", (chunk) => {
      this.buffered = Buffer.concat([this.buffered, chunk]);
      this.waiting?.resolve();
    });
    const end = (error) => {
      this.failure ??= error ?? new Error("the server closed the connection");
      this.waiting?.resolve();
    };
    socket.on("error", end);
    socket.on("close", () => end());
  }

  async next() {
    for (;;) {
      const length = this.buffered.length >= 5 ? this.buffered.readInt32BE(1) + 1 : Infinity;
      if (this.buffered.length >= length) {
        const whole = this.buffered.subarray(0, length);
        this.buffered = this.buffered.subarray(length);
        return { type: String.fromCharCode(whole[0]), body: whole.subarray(5) };
      }
      if (this.failure) throw this.failure;
      await new Promise((resolve) => (this.waiting = { resolve }));
      this.waiting = undefined;
    }
  }
}

const fieldsOf = (body) =>
  Object.fromEntries(
    body
      .toString("utf8")
      .split("\0")
      .filter((part) => part !== "")
      .map((part) => [part[0], part.slice(1)]),
  );

/** Settles with the first of the events; the other listeners go. */
const once = (emitter, event) =>
  new Promise((resolve, reject) => {
    const failed = (error) => reject(error);
    emitter.once("error", failed);
    emitter.once(event, (value) => {
      emitter.off("error", failed);
      resolve(value);
    });
  });

async function openSocket({ host, port, tls, timeoutMs = 10_000 }) {
  const plain = connectTcp({ host, port });
  plain.setTimeout(timeoutMs, () => plain.destroy(new Error(`no answer from ${host}:${port} within ${timeoutMs} ms`)));
  await once(plain, "connect");
  if (tls === false) return plain;
  plain.write(Buffer.concat([int32(8), int32(SSL_REQUEST)]));
  const answer = await once(plain, "data");
  if (answer[0] !== 0x53) {
    plain.destroy();
    throw new Error(`${host}:${port} offers no TLS`);
  }
  const secure = connectTls({ socket: plain, servername: host, ...(tls === true ? {} : tls) });
  await once(secure, "secureConnect");
  return secure;
}

const hmac = (key, data) => createHmac("sha256", key).update(data).digest();

/** SCRAM-SHA-256 without channel binding (RFC 7677). */
function scram(password) {
  const nonce = randomBytes(18).toString("base64");
  const bare = `n=,r=${nonce}`;
  let expected;
  return {
    first: `n,,${bare}`,
    final(challenge) {
      const { r, s, i } = Object.fromEntries(challenge.split(",").map((part) => [part[0], part.slice(2)]));
      if (!r?.startsWith(nonce)) throw new Error("the server answered with another nonce");
      const salted = pbkdf2Sync(password.normalize("NFKC"), Buffer.from(s, "base64"), Number(i), 32, "sha256");
      const clientKey = hmac(salted, "Client Key");
      const without = `c=biws,r=${r}`;
      const all = `${bare},${challenge},${without}`;
      const signature = hmac(createHash("sha256").update(clientKey).digest(), all);
      expected = hmac(hmac(salted, "Server Key"), all);
      return `${without},p=${Buffer.from(clientKey.map((byte, index) => byte ^ signature[index])).toString("base64")}`;
    },
    verify(last) {
      const proof = Buffer.from(last.replace(/^v=/, ""), "base64");
      if (proof.length !== expected.length || !timingSafeEqual(proof, expected))
        throw new Error("the server does not know the password");
    },
  };
}

async function authenticate(socket, messages, password) {
  let exchange;
  for (;;) {
    const { type, body } = await messages.next();
    if (type === "E") throw new PostgresError(fieldsOf(body));
    if (type === "Z") return;
    if (type !== "R") continue;
    const kind = body.readInt32BE(0);
    if (kind === 10) {
      exchange = scram(password);
      const first = Buffer.from(exchange.first);
      socket.write(message("p", Buffer.concat([text("SCRAM-SHA-256"), int32(first.length), first])));
    } else if (kind === 11) socket.write(message("p", Buffer.from(exchange.final(body.subarray(4).toString()))));
    else if (kind === 12) exchange.verify(body.subarray(4).toString());
    else if (kind !== 0) throw new Error(`the server asks for authentication ${kind}, which is not SCRAM-SHA-256`);
  }
}

/** Values of one row by column, as text; NULL is null. */
function rowOf(body, columns) {
  const row = {};
  let at = 2;
  for (const column of columns) {
    const length = body.readInt32BE(at);
    at += 4;
    row[column] = length < 0 ? null : body.toString("utf8", at, at + length);
    at += Math.max(0, length);
  }
  return row;
}

function columnsOf(body) {
  const names = [];
  for (let at = 2; names.length < body.readInt16BE(0);) {
    const end = body.indexOf(0, at);
    names.push(body.toString("utf8", at, end));
    at = end + 19;
  }
  return names;
}

/**
 * Opens a connection: `{ host, port, user, password, database, tls }`; `tls` is true, false (loopback only) or options
 * of node:tls. `query(sql)` returns the rows of the last statement; `close()` ends the session.
 */
export async function connect(settings) {
  const socket = await openSocket(settings);
  const messages = new Messages(socket);
  const startup = Buffer.concat([
    int32(PROTOCOL),
    ...Object.entries({ user: settings.user, database: settings.database, application_name: "plimsoll" }).flatMap(
      ([name, value]) => [text(name), text(value)],
    ),
    Buffer.from([0]),
  ]);
  socket.write(Buffer.concat([int32(startup.length + 4), startup]));
  try {
    await authenticate(socket, messages, settings.password ?? "");
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setTimeout(0);
  return {
    async query(sql) {
      socket.write(message("Q", text(sql)));
      let [rows, columns, failure] = [[], [], undefined];
      for (;;) {
        const { type, body } = await messages.next();
        if (type === "T") [columns, rows] = [columnsOf(body), []];
        else if (type === "D") rows.push(rowOf(body, columns));
        else if (type === "E") failure = new PostgresError(fieldsOf(body));
        else if (type === "Z") {
          if (failure) throw failure;
          return rows;
        }
      }
    },
    close() {
      socket.end(message("X", Buffer.alloc(0)));
    },
  };
}
