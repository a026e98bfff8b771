// Loaded by `node --require` before a function: how names are found on the machine that it runs on. MACHINE_HOSTS is its
// table of hosts, as JSON; MACHINE_RESOLVER is its name server; MACHINE_PORTS is a file that says at which port of this
// machine a host is found; MACHINE_CLOCK how fast its clock runs. The code of the function stays as it is deployed.
import dns from "node:dns";
import promises from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import tls from "node:tls";

/** The name under which an API server's own certificate admits it. */
export const API_SERVER_NAME = "kubernetes.default.svc";

/** Variables of a function that make it find names so. */
export const machineNames = (names: {
  readonly hosts?: Readonly<Record<string, string>>;
  readonly resolver?: string;
  /** File of JSON: a port by its host. */
  readonly portsFile?: string;
}): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require ${__filename}`,
  ...(names.hosts === undefined ? {} : { MACHINE_HOSTS: JSON.stringify(names.hosts) }),
  ...(names.resolver === undefined ? {} : { MACHINE_RESOLVER: names.resolver }),
  ...(names.portsFile === undefined ? {} : { MACHINE_PORTS: names.portsFile }),
});

/**
 * Variables that let the clock of a function run faster from a moment on (milliseconds since 1970), and its own waits end
 * earlier; without a moment, as all clocks.
 */
export const clockOf = (from = 0, scale = 1, timers = 1): Readonly<Record<string, string>> => ({
  MACHINE_CLOCK: JSON.stringify({ from, scale, timers }),
});

function useHosts(hosts: Readonly<Record<string, string>>): void {
  const { lookup } = dns;
  const patched = (name: string, ...rest: readonly unknown[]): void =>
    (lookup as (...all: readonly unknown[]) => void)(hosts[name] ?? name, ...rest);
  Object.assign(dns, { lookup: patched });
}

function useResolver(server: string): void {
  const { Resolver } = promises;
  promises.Resolver = class extends Resolver {
    constructor(...options: ConstructorParameters<typeof Resolver>) {
      super(...options);
      this.setServers([server]);
    }
  };
}

/** Hosts of the file are found on this machine, each at its own port; the name stays the one that a certificate must have. */
function usePorts(file: string): void {
  const moved = (settings: unknown): unknown => {
    const { host, servername = host } = (settings ?? {}) as { host?: string; servername?: string };
    const ports = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};
    const port = host === undefined ? undefined : ports[host];
    return port === undefined ? settings : { ...(settings as object), host: "127.0.0.1", port, servername };
  };
  for (const module of [net, tls]) {
    const connect = module.connect as (...all: readonly unknown[]) => unknown;
    Object.assign(module, {
      connect: (settings: unknown, ...rest: readonly unknown[]) => connect(moved(settings), ...rest),
    });
  }
}

interface Clock {
  readonly from: number;
  readonly scale: number;
  readonly timers: number;
}

function useClock({ from, scale, timers }: Clock): void {
  const now = Date.now.bind(Date);
  Date.now = () => from + (now() - from) * scale;
  if (timers === 1) return;
  const wait = globalThis.setTimeout as (work: () => void, ms?: number, ...rest: readonly unknown[]) => unknown;
  const faster = (work: () => void, ms = 0, ...rest: readonly unknown[]): unknown => wait(work, ms / timers, ...rest);
  Object.assign(globalThis, { setTimeout: Object.assign(faster, globalThis.setTimeout) });
}

const { MACHINE_HOSTS: hosts, MACHINE_RESOLVER: resolver, MACHINE_PORTS: ports, MACHINE_CLOCK: clock } = process.env;
if (hosts !== undefined) useHosts(JSON.parse(hosts) as Record<string, string>);
if (resolver !== undefined) useResolver(resolver);
if (ports !== undefined) usePorts(ports);
if (clock !== undefined) useClock(JSON.parse(clock) as Clock);
if (hosts !== undefined || resolver !== undefined || ports !== undefined) syncBuiltinESMExports();
