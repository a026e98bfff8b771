import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServiceAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The refusal of a call, with the service's own code. */
export class ServiceRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Elements of XML by their names, texts or further XML. */
export const elements = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .map(([name, value]) => (value === undefined ? "" : `<${name}>${value}</${name}>`))
    .join("");

/** A stand-in of a service that speaks AWS's query protocol, on loopback: forms in, XML out. */
export abstract class QueryService {
  private server: Server | undefined;

  protected constructor(private readonly namespace: string) {}

  /** @returns content of the result's element. @throws ServiceRefusal */
  protected abstract result(action: string, parameters: URLSearchParams): Promise<string>;

  /** A call by another protocol, which names its action in a header. */
  protected target(target: string, body: string): Promise<ServiceAnswer> {
    return Promise.reject(new ServiceRefusal("InvalidAction", `${target} ${body}: not played here`));
  }

  /** @returns the address, on loopback */
  async start(): Promise<string> {
    const server = createServer((call, response) => {
      this.answer(call)
        .catch(refusal)
        .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body))
        .catch(() => response.destroy());
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(call: IncomingMessage): Promise<ServiceAnswer> {
    const parts: Buffer[] = [];
    for await (const part of call) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString("utf8");
    const target = call.headers["x-amz-target"];
    if (typeof target === "string") return this.target(target, body);
    const parameters = new URLSearchParams(body);
    const action = parameters.get("Action") ?? "";
    const result = await this.result(action, parameters);
    return {
      status: 200,
      type: "text/xml",
      body: `<${action}Response xmlns="${this.namespace}"><${action}Result>${result}</${action}Result></${action}Response>`,
    };
  }
}

function refusal(error: unknown): ServiceAnswer {
  const known = error instanceof ServiceRefusal;
  const message = error instanceof Error ? error.message : String(error);
  return {
    status: known ? 400 : 500,
    type: "text/xml",
    body: `<ErrorResponse><Error>${elements({ Type: "Sender", Code: known ? error.code : "InternalFailure", Message: message })}</Error></ErrorResponse>`,
  };
}
