import { execFile } from "node:child_process";
import { createServer, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { createSecureContext, TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { ToolMissing } from "../engine-builds/obtain";

/** One call as it arrived at PagerDuty, Slack or the tickets, or one message at the mail server. */
export interface Call {
  readonly to: "pagerduty" | "slack" | "jira" | "mail";
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The ends of the delivery of alarms on the loopback device: four services, and Secrets Manager. */
export interface LoopbackReceivers {
  readonly calls: readonly Call[];
  readonly httpPort: number;
  readonly mailPort: number;
  /** Certificate of the mail server, which a client has to trust. */
  readonly certificate: string;
  close(): void;
}

const portOf = (server: HttpServer | TcpServer): number => (server.address() as AddressInfo).port;
const listening = <One extends HttpServer | TcpServer>(server: One): Promise<One> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

/** @param secretAt what Secrets Manager answers for every secret, with the webhook of Slack at the address */
export async function startReceivers(
  folder: string,
  secretAt: (address: string) => string,
): Promise<LoopbackReceivers> {
  const [key, certificate] = [join(folder, "mail.key"), join(folder, "mail.crt")];
  await certify(key, certificate);
  const calls: Call[] = [];
  const http = await listening(
    createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        const [, to = "", ...rest] = (request.url ?? "").split("/");
        const body = JSON.parse(text) as Call["body"];
        if (to === "pagerduty" || to === "slack" || to === "jira") calls.push({ to, path: rest.join("/"), body });
        response.setHeader("content-type", to === "" ? "application/x-amz-json-1.1" : "application/json");
        response.end(
          JSON.stringify(
            to === "" ? { SecretString: secretAt(`http://${request.headers.host}/slack/webhook`) } : { issues: [] },
          ),
        );
      });
    }),
  );
  const context = createSecureContext({ key: readFileSync(key), cert: readFileSync(certificate) });
  const mail = await listening(
    createTcpServer((socket) => converse(socket, context, (body) => calls.push({ to: "mail", path: "", body }))),
  );
  return {
    calls,
    httpPort: portOf(http),
    mailPort: portOf(mail),
    certificate,
    close: () => {
      http.close();
      mail.close();
    },
  };
}

async function certify(key: string, certificate: string): Promise<void> {
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  await promisify(execFile)("openssl", [...request, ...name, "-keyout", key, "-out", certificate]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      throw new ToolMissing("openssl", "it makes the certificate of a mail server", "install it");
    },
  );
}

/** A mail server that takes a message only after STARTTLS and a password. Source: RFC 5321, RFC 3207, RFC 4954. */
function converse(
  plain: Socket,
  context: ReturnType<typeof createSecureContext>,
  take: (body: Call["body"]) => void,
): void {
  let [encrypted, known] = [false, false];
  let to = "";
  let message: string[] | undefined;
  const answer = (socket: Socket, line: string): void => {
    const say = (text: string): void => void socket.write(`${text}\r\n`);
    if (message !== undefined && line !== ".") message.push(line);
    else if (message !== undefined) {
      take({ to, message: message.join("\n") });
      message = undefined;
      say("250 taken");
    } else if (line.startsWith("EHLO")) say(encrypted ? "250-mail\r\n250 AUTH PLAIN" : "250-mail\r\n250 STARTTLS");
    else if (line === "STARTTLS") {
      say("220 go on");
      socket.removeAllListeners("data");
      encrypted = true;
      listen(new TLSSocket(socket, { isServer: true, secureContext: context }));
    } else if (line.startsWith("AUTH PLAIN") && encrypted) {
      known = true;
      say("235 welcome");
    } else if (line.startsWith("RCPT TO:")) {
      to = line.slice("RCPT TO:<".length, -1);
      say("250 fine");
    } else if (line === "DATA" && known) {
      message = [];
      say("354 begin");
    } else say(known || line === "QUIT" ? "250 fine" : "530 first encrypt, then authenticate");
  };
  const listen = (socket: Socket): void => {
    let rest = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) answer(socket, line);
    });
  };
  listen(plain);
  plain.write("220 mail\r\n");
}
