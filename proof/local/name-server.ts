import { createSocket, type Socket } from "node:dgram";

const A_RECORD = 1;
const INTERNET = 1;
const NAME_UNKNOWN = 3;
const HEADER_BYTES = 12;

/** The name and the type that a query asks for. @throws RangeError on a message that ends too early */
export function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** An answer in the form of RFC 1035, section 4: the question, and one address or the word that there is none. */
export function answerTo(query: Buffer, address: string | undefined, ttlSeconds: number): Buffer {
  const { type, end } = questionOf(query);
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  const found = address !== undefined && type === A_RECORD;
  // A response, authoritative, recursion available.
  header.writeUInt16BE(0x8580 | (address === undefined ? NAME_UNKNOWN : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  if (!found) return Buffer.concat([header, query.subarray(HEADER_BYTES, end)]);
  const record = Buffer.alloc(16);
  // The name is that of the question: a pointer to it.
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(A_RECORD, 2);
  record.writeUInt16BE(INTERNET, 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(4, 10);
  address.split(".").forEach((part, index) => record.writeUInt8(Number(part), 12 + index));
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), record]);
}

/** Answers for Route 53, whose emulators keep records and answer no query. */
export class NameServer {
  private socket: Socket | undefined;

  /** @param addressOf undefined: there is no such name */
  constructor(
    private readonly addressOf: (name: string) => string | undefined,
    private readonly ttlSeconds: number,
  ) {}

  /** @returns address and port, as a resolver takes them */
  async start(): Promise<string> {
    const socket = createSocket("udp4", (query, { port, address }) => {
      try {
        socket.send(answerTo(query, this.addressOf(questionOf(query).name), this.ttlSeconds), port, address);
      } catch {
        // not a query: a resolver asks again
      }
    });
    this.socket = socket;
    await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(0, "127.0.0.1", resolve));
    return `127.0.0.1:${socket.address().port}`;
  }

  async stop(): Promise<void> {
    const { socket } = this;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
