import { transformSync } from "@swc/core";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { zipArchive } from "../../constructs/aws/zip-archive";

interface Latch { state: string; failures: number }
interface Watched { name: string; parameter: string; primary: string; secondary: string }
interface World {
  read(names: string[]): Promise<Record<string, string>>;
  write(name: string, value: string): Promise<void>;
  publish(values: { application: string; engaged: number }[]): Promise<void>;
  probe(url: string): Promise<boolean>;
  waitUntil(second: number): Promise<void>;
}
interface LatchFunction {
  advance(latch: Latch, round: { primary: boolean; secondary: boolean }, threshold: number): Latch;
  parse(value: string): Latch;
  format(latch: Latch): string;
  minute(applications: Watched[], threshold: number, world: World): Promise<unknown>;
  probe(url: string, get: typeof request): Promise<boolean>;
}

describe("the failback latch's function", () => {
  const source = join(__dirname, "../../constructs/aws/failback-latch/index.mjs");
  const compiled = transformSync(readFileSync(source, "utf8"), { module: { type: "commonjs" }, jsc: { target: "es2022" } }).code;
  const latch = {} as LatchFunction;
  // jest cannot load an ES module, and the file itself is what is deployed.
  new Function("exports", "require", compiled)(latch, require);

  const primaryDown = { primary: false, secondary: true };
  const run = (value: string, rounds: { primary: boolean; secondary: boolean }[], threshold = 3) =>
    latch.format(rounds.reduce((state, round) => latch.advance(state, round, threshold), latch.parse(value)));

  test("engages at the threshold and not one round before", () => {
    expect(run("armed", [primaryDown, primaryDown])).toBe("armed:2");
    expect(run("armed", [primaryDown, primaryDown, primaryDown])).toBe("engaged");
    expect(run("armed:2", [primaryDown])).toBe("engaged");
  });

  test("starts over when the primary answers in between", () => {
    expect(run("armed", [primaryDown, primaryDown, { primary: true, secondary: true }, primaryDown])).toBe("armed:1");
  });

  test("stays engaged however healthy the primary is", () => {
    expect(run("engaged", Array.from({ length: 50 }, () => ({ primary: true, secondary: true })))).toBe("engaged");
  });

  test("does not engage before the primary was ever healthy, nor while the secondary does not answer either", () => {
    expect(run("waiting", [primaryDown, primaryDown, primaryDown, primaryDown])).toBe("waiting");
    expect(run("waiting", [{ primary: true, secondary: false }])).toBe("armed");
    expect(run("armed", Array.from({ length: 9 }, () => ({ primary: false, secondary: false })))).toBe("armed");
  });

  test("takes what it does not understand for armed", () => {
    expect(["", "release", "armed:x", "armed:-1", " engaged\n"].map((value) => latch.format(latch.parse(value)))).toEqual(["armed", "armed", "armed", "armed", "engaged"]);
  });

  const watched = (name: string): Watched => ({ name, parameter: `/latch/${name}`, primary: `https://${name}.primary`, secondary: `https://${name}.secondary` });
  const worldOf = (stored: Record<string, string>, healthy: (url: string) => boolean) => {
    const seen = { published: [] as { application: string; engaged: number }[], seconds: [] as number[] };
    const world: World = {
      read: async (names) => Object.fromEntries(names.map((name) => [name, stored[name] ?? ""])),
      write: async (name, value) => { stored[name] = value; },
      publish: async (values) => { seen.published.push(...values); },
      probe: async (url) => healthy(url),
      waitUntil: async (second) => { seen.seconds.push(second); },
    };
    return { world, seen };
  };

  test("publishes 1 for the application that failed and 0 for the other, and remembers it", async () => {
    const stored = { "/latch/orders": "armed", "/latch/basket": "armed" };
    const { world, seen } = worldOf(stored, (url) => url !== "https://orders.primary");
    await latch.minute([watched("orders"), watched("basket")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "engaged", "/latch/basket": "armed" });
    expect(seen.published).toEqual([{ application: "orders", engaged: 1 }, { application: "basket", engaged: 0 }]);
    expect(seen.seconds).toEqual([0, 10, 20, 30, 40, 50]);
  });

  test("carries failures over to the next minute", async () => {
    const stored = { "/latch/orders": "armed" };
    const { world, seen } = worldOf(stored, (url) => url.endsWith("secondary"));
    await latch.minute([watched("orders")], 9, world);
    expect(stored).toEqual({ "/latch/orders": "armed:6" });
    await latch.minute([watched("orders")], 9, world);
    expect(stored).toEqual({ "/latch/orders": "engaged" });
    expect(seen.published.map((value) => value.engaged)).toEqual([0, 1]);
  });

  test("obeys a person who writes while it probes", async () => {
    const stored: Record<string, string> = { "/latch/orders": "engaged" };
    const { world, seen } = worldOf(stored, () => { stored["/latch/orders"] = "armed"; return true; });
    await latch.minute([watched("orders")], 3, world);
    expect(stored).toEqual({ "/latch/orders": "armed" });
    expect(seen.published).toEqual([{ application: "orders", engaged: 0 }]);
  });

  test("calls a status from 200 to 399 healthy, and an error or a refused connection not", async () => {
    const server = createServer((incoming, response) => { response.statusCode = Number(incoming.url?.slice(1)); response.end(); });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const statuses = [200, 204, 302, 399, 400, 404, 503];
    const verdicts = await Promise.all(statuses.map((status) => latch.probe(`http://127.0.0.1:${port}/${status}`, request)));
    await new Promise((resolve) => server.close(resolve));
    expect(verdicts).toEqual([true, true, true, true, false, false, false]);
    expect(await latch.probe(`http://127.0.0.1:${port}/200`, request)).toBe(false);
  });
});

test("a deployment package holds each file whole, with its checksum", () => {
  const content = Buffer.from("export const handler = () => {};\n");
  const archive = zipArchive([{ name: "index.mjs", content }]);
  expect(archive.readUInt32LE(0)).toBe(0x04034b50);
  expect(archive.readUInt32LE(14)).toBe(crc32(content));
  expect(archive.subarray(39, 39 + content.length)).toEqual(content);
  expect(archive.readUInt32LE(archive.readUInt32LE(archive.length - 6))).toBe(0x02014b50);
  expect(zipArchive([{ name: "index.mjs", content }])).toEqual(archive);
});
