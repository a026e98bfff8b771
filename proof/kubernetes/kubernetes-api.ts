import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}
/** What names an object. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}
export interface Endpoint {
  readonly url: string;
  readonly token: string;
  /** PEM of the certificate authority that the server's certificate is checked by. */
  readonly certificateAuthority: string;
}
export interface Answer<T> {
  readonly object: T;
  /** `Warning` headers: deprecations, PodSecurity in warn mode, warning policies. */
  readonly warnings: readonly string[];
}

/** The API server's "no", in its own words. */
export class Refusal extends Error {
  constructor(
    readonly what: string,
    readonly status: number,
    readonly reason: string,
    readonly words: string,
  ) {
    super(`${what}: ${status} ${reason}: ${words}`);
  }
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}
interface Response {
  readonly status: number;
  readonly body: string;
  readonly warnings: readonly string[];
}

export const nameOf = ({ kind, metadata }: Reference): string =>
  `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;

/** The few verbs of the Kubernetes API that the proof needs, over HTTPS with a bearer token. */
export class KubernetesApi {
  private readonly agent: Agent;
  private readonly resources = new Map<string, readonly ApiResource[]>();

  constructor(readonly endpoint: Endpoint) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 32, ca: endpoint.certificateAuthority });
  }

  /** @throws Refusal when the API server has no such kind: its CustomResourceDefinition is missing or not established */
  async pathOf(apiVersion: string, kind: string, namespace?: string): Promise<string> {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.resource(group, kind);
    if (!resource) throw new Refusal(`${apiVersion} ${kind}`, 404, "NotFound", "the API server serves no such kind");
    return resource.namespaced && namespace
      ? `${group}/namespaces/${namespace}/${resource.name}`
      : `${group}/${resource.name}`;
  }

  /** Whether the API server knows the kind by now. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    return (
      (await this.resource(apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`, kind)) !== undefined
    );
  }

  async isNamespaced(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.pathOf(apiVersion, kind, "a")).includes("/namespaces/a/");
  }

  private async resource(group: string, kind: string): Promise<ApiResource | undefined> {
    const find = (): ApiResource | undefined =>
      this.resources.get(group)?.find((each) => each.kind === kind && !each.name.includes("/"));
    const known = find();
    if (known) return known;
    const { status, body } = await this.send("GET", group);
    if (status !== 200) return undefined;
    this.resources.set(group, (JSON.parse(body) as { resources: ApiResource[] }).resources);
    return find();
  }

  private async pathTo(reference: Reference): Promise<string> {
    const { apiVersion, kind, metadata } = reference;
    return `${await this.pathOf(apiVersion, kind, metadata.namespace ?? "default")}/${encodeURIComponent(metadata.name)}`;
  }

  async get<T extends KubernetesObject = KubernetesObject>(reference: Reference): Promise<T | undefined> {
    const response = await this.send("GET", await this.pathTo(reference));
    return response.status === 404 ? undefined : (accepted(nameOf(reference), response).object as T);
  }

  /** @param query for example `labelSelector=app%3Dweb` */
  async list<T extends KubernetesObject = KubernetesObject>(
    apiVersion: string,
    kind: string,
    namespace?: string,
    query = "",
  ): Promise<readonly T[]> {
    const path = await this.pathOf(apiVersion, kind, namespace);
    const { object } = accepted(`list of ${kind}`, await this.send("GET", query ? `${path}?${query}` : path));
    // The items of a list lack apiVersion and kind.
    return (object as unknown as { items: T[] }).items.map((item) => ({ ...item, apiVersion, kind }));
  }

  async create(object: KubernetesObject): Promise<Answer<KubernetesObject>> {
    const path = await this.pathOf(object.apiVersion, object.kind, object.metadata.namespace ?? "default");
    return accepted(nameOf(object), await this.send("POST", `${path}?fieldValidation=Strict`, object));
  }

  /** Server-side apply: a field that the kind does not have is refused, and a field of another manager is taken over. */
  async apply(
    object: KubernetesObject,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<Answer<KubernetesObject>> {
    const query = `fieldManager=plimsoll&fieldValidation=Strict&force=true${options.dryRun ? "&dryRun=All" : ""}`;
    const path = `${await this.pathTo(object)}?${query}`;
    return accepted(nameOf(object), await this.send("PATCH", path, object, "application/apply-patch+yaml"));
  }

  async patch(reference: Reference, merge: object, subresource = ""): Promise<Answer<KubernetesObject>> {
    const path = `${await this.pathTo(reference)}${subresource ? `/${subresource}` : ""}`;
    return accepted(nameOf(reference), await this.send("PATCH", path, merge, "application/merge-patch+json"));
  }

  /** An object that is gone already is no error. @param graceSeconds 0 ends a pod at once */
  async delete(reference: Reference, graceSeconds?: number): Promise<void> {
    const options = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Background",
      ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
    };
    const response = await this.send("DELETE", await this.pathTo(reference), options);
    if (response.status !== 404) accepted(`delete ${nameOf(reference)}`, response);
  }

  async deleteAll(apiVersion: string, kind: string, namespace?: string): Promise<void> {
    const options = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0, propagationPolicy: "Background" };
    accepted(
      `delete every ${kind}`,
      await this.send("DELETE", await this.pathOf(apiVersion, kind, namespace), options),
    );
  }

  /** Asks for an eviction, as a drain does. @returns the server's words when a disruption budget allows none now */
  async evict(pod: {
    readonly namespace: string;
    readonly name: string;
  }): Promise<"evicted" | { readonly blocked: string }> {
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: pod };
    const response = await this.send("POST", `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/eviction`, eviction);
    if (response.status === 429) return { blocked: blockedBy(response.body) };
    if (response.status !== 404) accepted(`evict ${pod.namespace}/${pod.name}`, response);
    return "evicted";
  }

  /** Any other path. @throws Refusal unless the answer is 2xx */
  async raw(method: string, path: string, body?: object): Promise<string> {
    const response = await this.send(method, path, body);
    if (response.status >= 300) accepted(`${method} ${path}`, response);
    return response.body;
  }

  /** @throws Error with what was waited for and the last state when the time is over */
  async waitFor<T extends KubernetesObject>(
    reference: Reference,
    what: string,
    holds: (object: T) => boolean,
    seconds = 60,
  ): Promise<T> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const object = await this.get<T>(reference);
      if (object && holds(object)) return object;
      if (performance.now() > end) {
        const state = object ? JSON.stringify(object["status"] ?? {}).slice(0, 600) : "it does not exist";
        throw new Error(`${nameOf(reference)}: ${what} not reached in ${seconds} s; last state: ${state}`);
      }
      await sleep(150);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private send(method: string, path: string, body?: object, type = "application/json"): Promise<Response> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string | number> = {
      Authorization: `Bearer ${this.endpoint.token}`,
      Accept: "application/json",
    };
    if (text !== undefined) Object.assign(headers, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.endpoint.url),
        { method, headers, agent: this.agent, timeout: 60_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString("utf8"),
              warnings: warningsIn(response.headers["warning"]),
            }),
          );
        },
      );
      call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer in 60 s`)));
      call.on("error", reject);
      call.end(text);
    });
  }
}

/** `299 - "words"`, several separated by commas. */
const warningsIn = (header: string | string[] | undefined): readonly string[] =>
  [...(Array.isArray(header) ? header.join(", ") : (header ?? "")).matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(
    ([, words = ""]) => words.replace(/\\(.)/g, "$1"),
  );

/** The message, and the cause that names the budget. */
function blockedBy(body: string): string {
  const { message = "", details } = JSON.parse(body) as {
    message?: string;
    details?: { causes?: readonly { message?: string }[] };
  };
  return [message, ...(details?.causes ?? []).map((cause) => cause.message ?? "")].filter(Boolean).join(" ");
}

function accepted(what: string, { status, body, warnings }: Response): Answer<KubernetesObject> {
  if (status >= 200 && status < 300) return { object: JSON.parse(body) as KubernetesObject, warnings };
  let answer: { reason?: string; message?: string } = {};
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    // a proxy's or the server's plain text
  }
  throw new Refusal(what, status, answer.reason ?? "", answer.message ?? body.slice(0, 500));
}
