import { buildSync } from "esbuild";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaryPath, engineFamilies, engineFolder } from "../../proof/engine-builds/families";
import { withLock } from "../../proof/engine-builds/lock";
import { fromKubebuilder } from "../../proof/engine-builds/obtain";
import { identify, identityText, isAlive, parseIdentity } from "../../proof/run/process-identity";
import { freePorts, lastWords, type ServerRecipe, startServer } from "../../proof/run/processes";
import { findProviderMirror, providerVersions } from "../../proof/terraform/provider-mirror";
import { endingInOrder, RunFolder, sweepAbortedRuns, withRun } from "../../proof/run/run-folder";
import { copyStack, loadProvider6Only } from "../../proof/terraform/stack-copy";

const folder = (): string => mkdtempSync(join(tmpdir(), "proof-"));

/** A process that is surely gone. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.once("close", resolve));
  return child.pid ?? 0;
}

const sleeper = (): ServerRecipe => ({
  name: "sleeper",
  command: process.execPath,
  portCount: 1,
  arguments: ([port]) => ["-e", `require('http').createServer((q,r)=>r.end()).listen(${port},'127.0.0.1')`],
  ready: async ([port]) => (await fetch(`http://127.0.0.1:${port}/`)).ok,
});

describe("engines", () => {
  it("pins every family, and gives each version a folder of its own", () => {
    const families = engineFamilies();
    expect(families.map(({ name }) => name)).toEqual([
      "kubernetes",
      "etcd",
      "kwok",
      "helm",
      "kube-score",
      "prometheus",
      "alertmanager",
      "velero",
      "amtool",
      "ministack",
      "moto",
      "checkov",
    ]);
    for (const family of families) expect(family.version).toMatch(/^v?\d+\.\d+\.\d+$/);
    expect(new Set(families.map((family) => engineFolder(family, "/cache"))).size).toBe(families.length);
  });

  it("tells the Kubernetes version to the linker: without it the API server calls itself v0.0.0", () => {
    const kubernetes = engineFamilies().find(({ name }) => name === "kubernetes");
    expect(kubernetes?.recipe).toContain(`gitVersion=${kubernetes?.version}`);
    expect(kubernetes?.recipe).toMatch(/gitMajor=1 .*gitMinor=\d\d$/);
  });

  it("changes the folder when a pinned file changes", () => {
    const [kubernetes] = engineFamilies();
    if (!kubernetes) throw new Error("no family");
    expect(binaryPath({ ...kubernetes, fingerprint: "other" }, "kube-apiserver", "/cache")).not.toBe(
      binaryPath(kubernetes, "kube-apiserver", "/cache"),
    );
  });

  it("takes etcd and kube-apiserver from KUBEBUILDER_ASSETS, and refuses a folder that lacks them", () => {
    const assets = folder();
    writeFileSync(join(assets, "etcd"), "");
    const family = (name: string) => engineFamilies().find((each) => each.name === name) ?? engineFamilies()[0];
    const [etcd, kubernetes, kwok] = [family("etcd"), family("kubernetes"), family("kwok")];
    if (!etcd || !kubernetes || !kwok) throw new Error("no family");
    expect(fromKubebuilder(etcd, assets)).toEqual({ etcd: join(assets, "etcd") });
    expect(() => fromKubebuilder(kubernetes, assets)).toThrow(`KUBEBUILDER_ASSETS=${assets} has no kube-apiserver`);
    expect(fromKubebuilder(kwok, assets)).toBeUndefined();
    expect(fromKubebuilder(etcd, "")).toBeUndefined();
  });

  it("lets one run at a time build, and takes over the lock of a dead one", async () => {
    const lock = join(folder(), "x.lock");
    writeFileSync(lock, identityText({ pid: await deadPid(), started: "1" }));
    const order: string[] = [];
    const build = (name: string) =>
      withLock(
        lock,
        () => undefined,
        async () => {
          order.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 30));
          order.push(`${name} ends`);
        },
      );
    await Promise.all([build("a"), build("b")]);
    const [first = ""] = order;
    expect(order.slice(0, 2)).toEqual([first, first.replace("begins", "ends")]);
    expect(order).toHaveLength(4);
    expect(existsSync(lock)).toBe(false);
  });

  it("frees the lock when the work throws", async () => {
    const lock = join(folder(), "x.lock");
    await expect(
      withLock(
        lock,
        () => undefined,
        () => Promise.reject(new Error("no space left")),
      ),
    ).rejects.toThrow("no space left");
    expect(existsSync(lock)).toBe(false);
  });
});

describe("processes", () => {
  it("knows a process by its start, not by its number alone", async () => {
    const self = identify(process.pid);
    expect(isAlive(self)).toBe(true);
    if (self.started !== "") expect(isAlive({ ...self, started: "1" })).toBe(false);
    expect(isAlive({ pid: await deadPid(), started: "" })).toBe(false);
    expect(parseIdentity(identityText(self))).toEqual(self);
    expect(parseIdentity("")).toBeUndefined();
    expect(parseIdentity("-1 5")).toBeUndefined();
  });

  it("gives ports that are all different", async () => {
    expect(new Set(await freePorts(20)).size).toBe(20);
  });

  it("starts a server, and stops it when the work is done", async () => {
    const { identity, path } = await withRun(async (run) => {
      const server = await startServer(run, sleeper());
      expect(isAlive(server.identity)).toBe(true);
      return { identity: server.identity, path: run.path };
    });
    expect(isAlive(identity)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  it("stops what was started when the work throws", async () => {
    let identity = identify(process.pid);
    await expect(
      withRun(async (run) => {
        ({ identity } = await startServer(run, sleeper()));
        throw new Error("planted");
      }),
    ).rejects.toThrow("planted");
    expect(isAlive(identity)).toBe(false);
  });

  it("asks work to end in order on Ctrl-C, and ends no server meanwhile", async () => {
    const asked: string[] = [];
    const result = await withRun(async (run) => {
      const folder = await endingInOrder(
        () => asked.push("asked"),
        async () => {
          process.emit("SIGINT");
          return run.path;
        },
      );
      return existsSync(folder);
    });
    expect({ asked, result }).toEqual({ asked: ["asked"], result: true });
  });

  it("says the last words of a server that dies while it starts", async () => {
    const broken: ServerRecipe = {
      ...sleeper(),
      arguments: () => ["-e", "console.error('disk is full'); process.exit(3)"],
    };
    await expect(withRun((run) => startServer(run, broken))).rejects.toThrow(
      /sleeper died while starting; it said:\ndisk is full/,
    );
  });

  it("puts the line that tells why before the end of a long log", () => {
    const log = join(folder(), "etcd.log");
    writeFileSync(
      log,
      ["write wal: no space left on device", ...Array.from({ length: 30 }, (_, index) => `frame ${index}`)].join("\n"),
    );
    expect(lastWords(log, 2)).toBe("write wal: no space left on device\n…\nframe 28\nframe 29");
    expect(lastWords(join(folder(), "none"))).toBe("(nothing)");
  });

  it("names a program that does not exist", async () => {
    await expect(withRun((run) => startServer(run, { ...sleeper(), command: "/nonexistent/etcd" }))).rejects.toThrow(
      "sleeper cannot be started from /nonexistent/etcd",
    );
  });

  it("takes another port when one was taken in between", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const busy = typeof address === "object" && address ? address.port : 0;
    let tries = 0;
    const recipe: ServerRecipe = {
      ...sleeper(),
      arguments: (ports) => sleeper().arguments(tries++ === 0 ? [busy] : ports),
      ready: async (ports) => tries > 1 && sleeper().ready(ports),
    };
    await withRun((run) => startServer(run, recipe));
    expect(tries).toBe(2);
    taken.close();
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops every run of the process at %s", async (signal, code) => {
    const program = join(folder(), "harness.js");
    buildSync({
      bundle: true,
      platform: "node",
      outfile: program,
      stdin: {
        resolveDir: join(__dirname, "..", ".."),
        contents: `
        const { withRun } = require("./proof/run/run-folder"), { startServer } = require("./proof/run/processes");
        const work = async (run) => {
          const server = await startServer(run, { name: "s", command: process.execPath, portCount: 0, arguments: () => ["-e", "setInterval(() => {}, 1000)"], ready: async () => true });
          console.log(server.identity.pid);
          await new Promise((resolve) => setTimeout(resolve, 60000));
        };
        withRun(work); withRun(work);`,
      },
    });
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
    const pids: number[] = [];
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (chunk: Buffer) => {
        pids.push(...chunk.toString().trim().split("\n").map(Number));
        if (pids.length === 2) resolve();
      }),
    );
    const servers = pids.map(identify);
    child.kill(signal);
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(code);
    expect(servers.map(isAlive)).toEqual([false, false]);
  });

  it("ends what an aborted run left behind, and touches no run that still goes on", async () => {
    const run = RunFolder.create();
    const left = await startServer(run, sleeper());
    expect(sweepAbortedRuns()).toEqual([]);
    writeFileSync(join(run.path, "owner"), identityText({ pid: await deadPid(), started: "1" }));
    expect(sweepAbortedRuns()).toEqual([run.path]);
    for (let waited = 0; waited < 100 && isAlive(left.identity); waited++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isAlive(left.identity)).toBe(false);
  });

  it("keeps the servers of a run that is to outlive it, until it is opened and stopped", async () => {
    const { identity, path } = await withRun(async (run) => {
      run.keep();
      return { ...(await startServer(run, sleeper())), path: run.path };
    });
    expect(isAlive(identity)).toBe(true);
    expect(sweepAbortedRuns()).toEqual([]);
    await RunFolder.open(path).stopAll();
    expect(isAlive(identity)).toBe(false);
    expect(() => RunFolder.open(path)).toThrow("is not the folder of a proof run");
  });
});

describe("the loss of a run", () => {
  it("ends its servers without asking them, and removes its folder", async () => {
    const run = RunFolder.create();
    const stubborn = await startServer(run, {
      ...sleeper(),
      arguments: ([port]) => [
        "-e",
        `process.on('SIGTERM',()=>0);require('http').createServer((q,r)=>r.end()).listen(${port},'127.0.0.1')`,
      ],
    });
    const began = performance.now();
    await run.killAll();
    expect(isAlive(stubborn.identity)).toBe(false);
    expect(performance.now() - began).toBeLessThan(9000);
    expect(existsSync(run.path)).toBe(false);
  });
});

describe("a stack's copy for Terraform", () => {
  const stackOf = (resource: object): string => {
    const source = folder();
    writeFileSync(
      join(source, "cdk.tf.json"),
      JSON.stringify({
        terraform: {
          backend: { s3: { bucket: "state" } },
          required_providers: { aws: { source: "aws", version: "6.25.0" } },
        },
        resource,
      }),
    );
    return source;
  };
  const read = (path: string) =>
    JSON.parse(readFileSync(join(path, "cdk.tf.json"), "utf8")) as Record<string, Record<string, unknown>>;
  const resources = {
    aws_eks_cluster: { main: { name: "a", deletion_protection: true, tags: { deletion_protection: "kept" } } },
    aws_dynamodb_table: { locks: { name: "b", replica: [{ region_name: "eu-west-1", consistency_mode: "STRONG" }] } },
  };

  it("relaxes the version and leaves out what only provider 6 knows, each told", () => {
    const target = join(folder(), "copy");
    const copy = copyStack(stackOf(resources), target, { awsProviderVersion: "5.100.0" });
    expect(copy.removedArguments).toEqual([
      "aws_dynamodb_table.locks replica.consistency_mode",
      "aws_eks_cluster.main deletion_protection",
    ]);
    expect(copy.backendRemoved).toBe(true);
    expect(read(target)).toEqual({
      terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
      resource: {
        aws_eks_cluster: { main: { name: "a", tags: { deletion_protection: "kept" } } },
        aws_dynamodb_table: { locks: { name: "b", replica: [{ region_name: "eu-west-1" }] } },
      },
    });
  });

  it("changes nothing for provider 6 but the backend", () => {
    const target = join(folder(), "copy");
    expect(copyStack(stackOf(resources), target, { awsProviderVersion: "6.25.0" }).removedArguments).toEqual([]);
    expect(read(target)["resource"]).toEqual(resources);
    expect(read(target)["terraform"]).toEqual({ required_providers: { aws: { source: "aws", version: "6.25.0" } } });
  });

  it("names resources of a type that the older provider does not have", () => {
    const [type = ""] = loadProvider6Only().resourceTypes;
    expect(
      copyStack(stackOf({ [type]: { x: {} } }), join(folder(), "copy"), { awsProviderVersion: "5.100.0" })
        .unknownResources,
    ).toEqual([`${type}.x`]);
  });

  it("ignores changes of what an emulator does not read back, only where the stack sets it", () => {
    const target = join(folder(), "copy");
    const own = {
      aws_eks_cluster: { a: { upgrade_policy: {}, lifecycle: { ignore_changes: ["version"] } }, b: { name: "b" } },
    };
    copyStack(stackOf(own), target, { unread: { aws_eks_cluster: ["upgrade_policy", "zonal_shift_config"] } });
    expect(read(target)["resource"]).toEqual({
      aws_eks_cluster: {
        a: { upgrade_policy: {}, lifecycle: { ignore_changes: ["version", "upgrade_policy"] } },
        b: { name: "b" },
      },
    });
  });
});

describe("the mirror of Terraform providers", () => {
  it("is taken where it is named, with its versions in order", () => {
    const mirror = folder();
    for (const version of ["5.100.0", "5.99.1"])
      mkdirSync(join(mirror, "registry.example", "hashicorp", "aws", version), { recursive: true });
    expect(findProviderMirror({ PLIMSOLL_PROVIDER_MIRROR: mirror })).toBe(mirror);
    expect([...providerVersions(mirror)]).toEqual([["hashicorp/aws", ["5.99.1", "5.100.0"]]]);
  });

  it("is refused where the named folder is none", () => {
    expect(() => findProviderMirror({ PLIMSOLL_PROVIDER_MIRROR: folder() })).toThrow(
      "holds no <registry>/hashicorp/aws",
    );
  });

  it("is not looked for where Terraform has a configuration of its own", () => {
    const file = join(folder(), "terraform.rc");
    writeFileSync(file, "");
    expect(findProviderMirror({ TF_CLI_CONFIG_FILE: file })).toBeUndefined();
  });
});

it("leaves no folder of a run behind", () => {
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("plimsoll-proof-"))).toEqual([]);
});
