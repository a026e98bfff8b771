import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { createGateway, LOST_REGION_PATH } from "../../proof/emulated-aws/gateway";

describe("the gateway before an emulated AWS", () => {
  interface Call {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  const calls: Call[] = [];
  const emulator = createServer((call, response) => {
    let body = "";
    call.on("data", (part: Buffer) => (body += part.toString()));
    call.on("end", () => {
      calls.push({ method: call.method ?? "", url: call.url ?? "", headers: call.headers, body });
      const found = call.url !== "/missing";
      const answer = `answer ${calls.length}`;
      response
        .writeHead(found ? 200 : 400, { "x-amzn-requestid": String(calls.length), "content-length": answer.length })
        .end(answer);
    });
  });
  const addressOf = (server: Server): AddressInfo => server.address() as AddressInfo;
  const listening = (server: Server): Promise<unknown> =>
    new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const closed = (server: Server): Promise<unknown> =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  let gateway: Server;
  const call = (id: string | undefined, path = "/", init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${addressOf(gateway).port}${path}`, {
      method: "POST",
      body: "Action=Delete",
      ...init,
      headers: id === undefined ? {} : { "amz-sdk-invocation-id": id },
    });

  beforeAll(async () => {
    await listening(emulator);
    gateway = createGateway(`http://127.0.0.1:${addressOf(emulator).port}`);
    await listening(gateway);
  });
  beforeEach(() => void calls.splice(0));
  afterAll(() => Promise.all([closed(gateway), closed(emulator)]));

  it("hands on method, path, body and headers, and the answer's", async () => {
    const answer = await call("a", "/bucket/key?versionId=1", { method: "PUT" });
    expect([answer.status, answer.headers.get("x-amzn-requestid"), await answer.text()]).toEqual([
      200,
      "1",
      "answer 1",
    ]);
    expect(calls).toEqual([
      expect.objectContaining({
        method: "PUT",
        url: "/bucket/key?versionId=1",
        body: "Action=Delete",
        headers: expect.objectContaining({ "amz-sdk-invocation-id": "a", "content-length": "13" }),
      }),
    ]);
    expect((await call("b", "/", { method: "HEAD", body: null })).headers.get("content-length")).toBe(
      String("answer 2".length),
    );
  });

  it("carries a call out once whose answer was lost, and gives the answer at the second asking", async () => {
    const lost = connect(addressOf(gateway).port, "127.0.0.1");
    lost.write("POST / HTTP/1.1\r\nHost: x\r\namz-sdk-invocation-id: once\r\nContent-Length: 0\r\n\r\n");
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    lost.destroy();
    expect(await (await call("once")).text()).toBe("answer 1");
    expect(calls).toHaveLength(1);
  });

  it("carries out every call of its own, those without an id, and again those that were refused", async () => {
    for (const [id, path] of [
      ["1", "/"],
      ["2", "/"],
      [undefined, "/"],
      [undefined, "/"],
      ["3", "/missing"],
      ["3", "/missing"],
    ] as const)
      await call(id, path);
    expect(calls).toHaveLength(6);
  });

  it("answers nobody who calls a region that is lost", async () => {
    const lost = createGateway(`http://127.0.0.1:${addressOf(emulator).port}`);
    await listening(lost);
    const url = `http://127.0.0.1:${addressOf(lost).port}`;
    const from = (region: string): Promise<Response> =>
      fetch(url, { headers: { authorization: `AWS4-HMAC-SHA256 Credential=a/20261129/${region}/rds/aws4_request` } });
    expect((await from("us-east-1")).status).toBe(200);
    await fetch(`${url}${LOST_REGION_PATH}us-east-1`, { method: "POST" });
    await expect(from("us-east-1")).rejects.toThrow();
    expect((await from("eu-west-1")).status).toBe(200);
    await closed(lost);
  });
});
