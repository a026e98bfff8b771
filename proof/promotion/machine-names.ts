// Loaded by `node --require` before a function: how names are found on the machine that it runs on. MACHINE_HOSTS is its
// table of hosts, as JSON; MACHINE_RESOLVER is its name server. The code of the function stays as it is deployed.
import dns from "node:dns";
import promises from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

/** The name under which an API server's own certificate admits it. */
export const API_SERVER_NAME = "kubernetes.default.svc";

/** Variables of a function that make it find names so. */
export const machineNames = (names: {
  readonly hosts?: Readonly<Record<string, string>>;
  readonly resolver?: string;
}): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require ${__filename}`,
  ...(names.hosts === undefined ? {} : { MACHINE_HOSTS: JSON.stringify(names.hosts) }),
  ...(names.resolver === undefined ? {} : { MACHINE_RESOLVER: names.resolver }),
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

const { MACHINE_HOSTS: hosts, MACHINE_RESOLVER: resolver } = process.env;
if (hosts !== undefined) useHosts(JSON.parse(hosts) as Record<string, string>);
if (resolver !== undefined) useResolver(resolver);
if (hosts !== undefined || resolver !== undefined) syncBuiltinESMExports();
