import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { API_SERVER_NAME } from "./machine-names";
import type { Endpoint } from "../kubernetes/kubernetes-api";

export interface EksAccess {
  readonly cluster: string;
  readonly region: string;
  /** Kubernetes groups of the access entry of the function's role. */
  readonly groups: readonly string[];
}

const TOKEN = /^Bearer k8s-aws-v1\.([\w-]+)$/;

/**
 * What is wrong with a bearer token of EKS; undefined: nothing that can be seen without AWS. A token is a presigned
 * GetCallerIdentity of STS (aws-iam-authenticator, README, API authorization from outside a cluster; read 2026-11-29):
 * who signed it, only STS knows.
 */
export function tokenProblem(authorization: string | undefined, { region }: EksAccess): string | undefined {
  const [, encoded] = TOKEN.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return "no bearer token of the form k8s-aws-v1.…";
  const text = Buffer.from(encoded, "base64url").toString("utf8");
  if (!URL.canParse(text)) return "the token holds no URL";
  const url = new URL(text);
  const of = (name: string): string => url.searchParams.get(name) ?? "";
  if (url.protocol !== "https:" || url.host !== `sts.${region}.amazonaws.com`)
    return `the token is for ${url.host}, not for STS in ${region}`;
  if (of("Action") !== "GetCallerIdentity") return `the token asks for ${of("Action") || "nothing"}`;
  if (!of("X-Amz-SignedHeaders").split(";").includes("x-k8s-aws-id")) return "the cluster's name is not signed";
  if (!of("X-Amz-Credential").endsWith(`/${region}/sts/aws4_request`))
    return `${of("X-Amz-Credential")} is another scope`;
  return undefined;
}

/**
 * The endpoint of an EKS cluster before a local API server: takes tokens of the form that EKS takes, and lets the API
 * server decide for the groups of the access entry, so that Kubernetes' own RBAC holds.
 */
export class EksFront {
  /** Calls that carried no such token. */
  readonly refused: string[] = [];
  private server: Server | undefined;

  constructor(
    private readonly behind: Endpoint,
    /** Certificate and key of the API server itself: clients check the front as they check it. */
    private readonly files: { readonly certificate: string; readonly key: string },
    private readonly access: EksAccess,
  ) {}

  /** @returns the address, by the name in the certificate */
  async start(): Promise<string> {
    const server = createServer(
      { cert: readFileSync(this.files.certificate), key: readFileSync(this.files.key) },
      (call, response) => this.answer(call, response),
    );
    this.server = server;
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    return `https://${API_SERVER_NAME}:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer(call: IncomingMessage, response: ServerResponse): void {
    const problem = tokenProblem(call.headers.authorization, this.access);
    if (problem !== undefined) {
      this.refused.push(problem);
      response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify({ message: problem }));
      return;
    }
    const { url = "/", method, headers } = call;
    const forwarded = request(
      new URL(url, this.behind.url),
      {
        method,
        ca: this.behind.certificateAuthority,
        headers: {
          accept: headers.accept ?? "application/json",
          ...(headers["content-type"] === undefined ? {} : { "content-type": headers["content-type"] }),
          ...(headers["content-length"] === undefined ? {} : { "content-length": headers["content-length"] }),
          authorization: `Bearer ${this.behind.token}`,
          "impersonate-user": `eks:${this.access.cluster}`,
          "impersonate-group": [...this.access.groups],
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] ?? "" });
        answer.pipe(response);
      },
    );
    forwarded.on("error", ({ message }) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { "content-type": "text/plain" }).end(message);
    });
    call.pipe(forwarded);
  }
}
