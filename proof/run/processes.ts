import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "./process-identity";
import type { RunFolder } from "./run-folder";

export interface Server {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly ports: readonly number[];
  readonly log: string;
  stop(): Promise<void>;
}

export interface ServerRecipe {
  readonly name: string;
  readonly command: string;
  /** How many loopback ports it needs. */
  readonly portCount: number;
  readonly arguments: (ports: readonly number[]) => readonly string[];
  readonly environment?: (ports: readonly number[]) => NodeJS.ProcessEnv;
  /** Account that it runs under. @default this process's own */
  readonly account?: { readonly uid?: number; readonly gid?: number };
  /** Asked until it says true. */
  readonly ready: (ports: readonly number[]) => Promise<boolean>;
  /** @default 60 - the API server needs 4 s on two idle cores, ten times that on busy ones */
  readonly readySeconds?: number;
}

/** A server that did not start, or died. The message ends with its own last words. */
export class ServerFailure extends Error {}

const PORT_TAKEN = /address already in use|bind: address|EADDRINUSE|Errno 98/i;

/** Ports of 127.0.0.1 that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            if (typeof address === "object" && address) resolve(address.port);
            else reject(new Error("the kernel gave no loopback port"));
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/**
 * Starts a server at free loopback ports and waits until it is ready; other ports when one was taken in between.
 * @throws ServerFailure with the end of its log
 */
export async function startServer(run: RunFolder, recipe: ServerRecipe): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const server = await launch(run, recipe);
    const state = await untilReady(server, recipe);
    if (state === "ready") return server;
    await server.stop();
    const words = lastWords(server.log);
    if (PORT_TAKEN.test(words) && attempt < 4) continue;
    throw new ServerFailure(`${recipe.name} ${state}; it said:\n${words}`);
  }
}

async function launch(run: RunFolder, recipe: ServerRecipe): Promise<Server> {
  const ports = await freePorts(recipe.portCount);
  const log = join(run.path, `${recipe.name}.log`);
  const output = openSync(log, "a");
  // A group of its own: Ctrl-C in the terminal reaches only us, who then stop the servers in the right order.
  const child = spawn(recipe.command, recipe.arguments(ports), {
    ...recipe.account,
    cwd: run.path,
    detached: true,
    stdio: ["ignore", output, output],
    env: recipe.environment?.(ports) ?? process.env,
  });
  closeSync(output);
  const pid = await new Promise<number>((resolve, reject) => {
    child.once("error", (error) =>
      reject(new ServerFailure(`${recipe.name} cannot be started from ${recipe.command}: ${error.message}`)),
    );
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
  child.unref();
  const identity = identify(pid);
  run.remember(recipe.name, identity);
  return { name: recipe.name, identity, ports, log, stop: () => run.stop(recipe.name, identity) };
}

async function untilReady(server: Server, recipe: ServerRecipe): Promise<string> {
  const seconds = recipe.readySeconds ?? 60;
  const end = process.hrtime.bigint() + BigInt(seconds) * 1_000_000_000n;
  while (process.hrtime.bigint() < end) {
    if (!isAlive(server.identity)) return "died while starting";
    if (await answers(recipe, server.ports)) return "ready";
    await sleep(100);
  }
  return `was not ready after ${seconds} s`;
}

/** A question that fails is answered by no: the server is not that far yet. */
async function answers(recipe: ServerRecipe, ports: readonly number[]): Promise<boolean> {
  try {
    return await recipe.ready(ports);
  } catch {
    return false;
  }
}

/** What a server says when it cannot go on; a trace of its stack may follow. */
const TELLTALE =
  /no space left on device|cannot allocate memory|too many open files|permission denied|^panic: |fatal error: |"level":"(fatal|panic)"/i;

/** The end of a log, for a message, and before it the line with the cause. */
export function lastWords(log: string, lines = 12): string {
  try {
    const all = readFileSync(log, "utf8").trimEnd().split("\n");
    const end = all.slice(-lines);
    const reason = all.slice(0, -lines).findLast((line) => TELLTALE.test(line));
    return [...(reason === undefined ? [] : [reason.slice(0, 600), "…"]), ...end].join("\n") || "(nothing)";
  } catch {
    return "(nothing)";
  }
}

/** @throws ServerFailure when one of them is gone: what follows would only show its absence */
export function stillRunning(servers: readonly Server[]): void {
  for (const server of servers) {
    if (isAlive(server.identity)) continue;
    throw new ServerFailure(`${server.name} (process ${server.identity.pid}) died; it said:\n${lastWords(server.log)}`);
  }
}
