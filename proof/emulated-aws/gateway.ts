import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A client repeats a call within seconds: of older answers none is asked again. */
const KEPT_ANSWERS = 2000;
/** They belong to one connection, and each side has its own; the length is computed anew, of what is sent. */
const OF_THE_CONNECTION = [
  "connection",
  "keep-alive",
  "transfer-encoding",
  "expect",
  "te",
  "trailer",
  "upgrade",
  "content-length",
];

/** A `POST` to this path and a region's name: from then on no call for that region is answered. */
export const LOST_REGION_PATH = "/_plimsoll/lost/";
const SIGNED_FOR = /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//;

/**
 * Stands before an emulated AWS and carries every call out once. The provider's HTTP client now and then drops a
 * connection with the answer on it and repeats the call, by the same `amz-sdk-invocation-id`: what is to be deleted has
 * then gone, what is to be made is there, and the emulator refuses. Here a repeated call that had succeeded gets the
 * answer that was lost.
 * @param upstream the emulator's address, for example "http://127.0.0.1:4566"
 */
export function createGateway(upstream: string): Server {
  const answers = new Map<string, Promise<Answer>>();
  const carryOut = async (call: IncomingMessage, body: Buffer): Promise<Answer> => {
    const id = call.headers["amz-sdk-invocation-id"];
    if (typeof id !== "string") return send(upstream, call, body);
    const known = answers.get(id);
    if (known && succeeded(await known.catch(() => undefined))) return known;
    const answer = send(upstream, call, body);
    answers.delete(id);
    answers.set(id, answer);
    const [oldest] = answers.keys();
    if (oldest !== undefined && answers.size > KEPT_ANSWERS) answers.delete(oldest);
    return answer;
  };
  const lost = new Set<string>();
  const server = createServer((call, response) => {
    if (call.method === "POST" && call.url?.startsWith(LOST_REGION_PATH)) {
      lost.add(call.url.slice(LOST_REGION_PATH.length));
      response.writeHead(204).end();
      return;
    }
    const [, region] = SIGNED_FOR.exec(call.headers.authorization ?? "") ?? [];
    if (region !== undefined && lost.has(region)) {
      call.destroy();
      return;
    }
    bodyOf(call)
      .then((body) => carryOut(call, body))
      .then((answer) => reply(call, response, answer))
      .catch(() => response.destroy());
  });
  // Who closes an idle connection while a call is under way loses that call: the client alone closes.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

const succeeded = (answer: Answer | undefined): boolean => answer !== undefined && answer.status < 400;

/** On a connection of its own, for the same reason. */
function send(upstream: string, { method, url = "/", headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body.length > 0 || headers["content-length"] !== undefined ? { "content-length": body.length } : {};
    const call = request(
      `${upstream}${url}`,
      { method, headers: { ...endToEnd(headers), ...length }, agent: false },
      (response) => {
        bodyOf(response).then(
          (answer) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: answer }),
          reject,
        );
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

function reply({ method }: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const told = headers["content-length"];
  const length =
    method === "HEAD"
      ? told === undefined
        ? {}
        : { "content-length": told }
      : status === 204 || status === 304
        ? {}
        : { "content-length": body.length };
  response.sendDate = false;
  response.writeHead(status, { ...endToEnd(headers), ...length });
  response.end(body);
}

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
