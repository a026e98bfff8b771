import type { JsonObject } from "../../readiness/inventory/json";

/** An emulator's "no", in its own words. */
export class EmulatorRefusal extends Error {}

/**
 * Calls of an emulated AWS in one region, service by service. Emulators read service and region from the scope of a
 * signature and check no signature: the proof needs a dozen actions, and no client library for each service.
 */
export class EmulatorCalls {
  /** @param environment what sends AWS clients to the emulators */
  constructor(
    private readonly environment: Readonly<Record<string, string | undefined>>,
    readonly region: string,
  ) {}

  states(action: string, body: object): Promise<JsonObject> {
    return this.json("SFN", "states", `AWSStepFunctions.${action}`, body, "1.0");
  }

  parameters(action: string, body: object): Promise<JsonObject> {
    return this.json("SSM", "ssm", `AmazonSSM.${action}`, body, "1.1");
  }

  secrets(action: string, body: object): Promise<JsonObject> {
    return this.json("SECRETS_MANAGER", "secretsmanager", `secretsmanager.${action}`, body, "1.1");
  }

  /** @returns the XML of the answer */
  query(variable: string, service: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    return this.send(variable, service, "POST", "/", {
      body: new URLSearchParams(parameters).toString(),
      type: "application/x-www-form-urlencoded",
    });
  }

  async functions(method: string, path: string, body?: object): Promise<JsonObject> {
    const text = await this.send("LAMBDA", "lambda", method, `/2015-03-31/functions${path}`, {
      body: body === undefined ? undefined : JSON.stringify(body),
      type: "application/json",
    });
    return (text === "" ? {} : JSON.parse(text)) as JsonObject;
  }

  /** One that is there already stays. */
  async makeBucket(name: string): Promise<void> {
    const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${this.region}</LocationConstraint></CreateBucketConfiguration>`;
    try {
      await this.send("S3", "s3", "PUT", `/${name}`, { body, type: "application/xml" });
    } catch (error) {
      if (!(error instanceof EmulatorRefusal) || !error.message.includes("BucketAlreadyOwnedByYou")) throw error;
    }
  }

  async putObject(bucket: string, key: string, content: Buffer): Promise<void> {
    await this.send("S3", "s3", "PUT", `/${bucket}/${key}`, { body: content, type: "application/octet-stream" });
  }

  async getObject(bucket: string, key: string): Promise<Buffer> {
    return Buffer.from(await (await this.answered("S3", "s3", "GET", `/${bucket}/${key}`, {})).arrayBuffer());
  }

  /** Keys of a bucket that begin so, at most a thousand. */
  async keys(bucket: string, prefix: string): Promise<readonly string[]> {
    const path = `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`;
    const text = await (await this.answered("S3", "s3", "GET", path, {})).text();
    return [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key ?? "");
  }

  private async json(
    variable: string,
    service: string,
    target: string,
    body: object,
    version: string,
  ): Promise<JsonObject> {
    const text = await this.send(variable, service, "POST", "/", {
      body: JSON.stringify(body),
      type: `application/x-amz-json-${version}`,
      headers: { "x-amz-target": target },
    });
    return (text === "" ? {} : JSON.parse(text)) as JsonObject;
  }

  private async send(...call: Parameters<EmulatorCalls["answered"]>): Promise<string> {
    return (await this.answered(...call)).text();
  }

  private async answered(
    variable: string,
    service: string,
    method: string,
    path: string,
    content: {
      readonly body?: string | Buffer | undefined;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<Response> {
    const endpoint = this.environment[`AWS_ENDPOINT_URL_${variable}`] ?? this.environment["AWS_ENDPOINT_URL"];
    if (endpoint === undefined) throw new Error(`no emulator plays ${service}: AWS_ENDPOINT_URL is not set`);
    const scope = `${new Date().toISOString().slice(0, 10).replaceAll("-", "")}/${this.region}/${service}/aws4_request`;
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=emulated/${scope}, SignedHeaders=host, Signature=unchecked`,
        ...(content.type === undefined ? {} : { "content-type": content.type }),
        ...content.headers,
      },
      ...(content.body === undefined ? {} : { body: content.body }),
    });
    if (!response.ok)
      throw new EmulatorRefusal(
        `${service} ${method} ${path}: ${response.status} ${(await response.text()).slice(0, 600)}`,
      );
    return response;
  }
}
