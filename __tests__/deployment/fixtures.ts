import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "../../deployment/account";
import type { CdktfOptions, CdktfRun } from "../../deployment/cdktf";
import type { Target } from "../../deployment/deployment";
import type { PreflightContext } from "../../deployment/preflight/check";
import { type DeployedStack, readStacks } from "../../deployment/stack-folder";
import { fixtureEnvironment } from "../fixtures/platform/environments";

type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

export interface WrittenStack {
  readonly layer: string;
  readonly region?: string;
  readonly dependencies?: readonly string[];
  readonly resource?: Resources;
}

/** Writes an output folder as synthesis does, for small stacks. */
export function synthesised(stacks: Readonly<Record<string, WrittenStack>>): string {
  const outdir = mkdtempSync(join(tmpdir(), "deployment-"));
  const manifest = Object.entries(stacks).map(
    ([name, { layer, region = "eu-west-1", dependencies = [], resource }]) => {
      const folder = join("stacks", name);
      mkdirSync(join(outdir, folder), { recursive: true });
      const backend = { s3: { bucket: "states", key: `${name}.tfstate`, region: "us-west-2" } };
      writeFileSync(
        join(outdir, folder, "cdk.tf.json"),
        JSON.stringify({
          "//": { plimsoll: { layer, region } },
          terraform: { backend },
          ...(resource ? { resource } : {}),
        }),
      );
      return [name, { synthesizedStackPath: join(folder, "cdk.tf.json"), workingDirectory: folder, dependencies }];
    },
  );
  writeFileSync(join(outdir, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(manifest) }));
  return outdir;
}

/** In the account of `fakeAccount`, whatever the project's own environments say. */
const ownEnvironment = { ...fixtureEnvironment("production"), accountId: "111122223333" };

/** An account that holds objects in memory and answers every question in the best way, unless told otherwise. */
export function fakeAccount(objects: Map<string, string>, answers: Partial<Account> = {}): Account {
  const name = (bucket: string, key: string): string => `${bucket}/${key}`;
  return {
    caller: async () => ({ account: "111122223333", arn: "arn:aws:sts::111122223333:assumed-role/platform-admin/me" }),
    deniedActions: async () => [],
    quota: async () => 1000,
    hostedZones: async () => [],
    delegatedTo: async () => [],
    detectors: async () => [],
    replicatesImages: async () => false,
    logGroups: async () => [],
    desiredNodes: async () => 3,
    imagePlatforms: async () => ["linux/amd64"],
    secretState: async () => "present",
    keys: async ({ bucket }) => {
      const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket}/`));
      return keys.length === 0 ? undefined : keys.map((key) => key.slice(bucket.length + 1));
    },
    readText: async ({ bucket }, key) => objects.get(name(bucket, key)),
    writeText: async ({ bucket }, key, text) => void objects.set(name(bucket, key), text),
    deleteObject: async ({ bucket }, key) => void objects.delete(name(bucket, key)),
    emptyBucket: async ({ bucket }) => {
      for (const key of [...objects.keys()]) if (key.startsWith(`${bucket}/`)) objects.delete(key);
    },
    answers: async () => true,
    ...answers,
  };
}

export const stateOf = (...addresses: readonly string[]): string =>
  JSON.stringify({
    resources: addresses.map((address) => {
      const [type, name] = address.split(".");
      return { mode: "managed", type, name, instances: [{ attributes: {} }] };
    }),
  });

/** Plays cdktf: stacks of `failing` fail, all others get one resource and a state. */
export function fakeCdktf(objects: Map<string, string>, failing: ReadonlySet<string> = new Set()) {
  const runs: CdktfOptions[] = [];
  const cdktf = async (options: CdktfOptions): Promise<CdktfRun> => {
    runs.push(options);
    const good = options.stacks.filter((stack) => !failing.has(stack));
    for (const stack of good) if (options.verb === "deploy") objects.set(`states/${stack}.tfstate`, stateOf());
    const destroys = options.verb === "destroy";
    return {
      ok: good.length === options.stacks.length,
      interrupted: false,
      errors: options.stacks.filter((stack) => failing.has(stack)).map((stack) => `${stack}: Error: no`),
      changes: new Map(
        good.map((stack) => [stack, { added: destroys ? 0 : 1, changed: 0, destroyed: destroys ? 1 : 0 }]),
      ),
    };
  };
  return { cdktf, runs };
}

export function targetOf(outdir: string, account: Account, rest: Partial<Target> = {}): Target {
  return {
    environment: ownEnvironment,
    outdir,
    stacks: readStacks(outdir),
    account,
    consented: new Set(),
    note: () => undefined,
    ...rest,
  };
}

export function contextOf(
  stacks: readonly DeployedStack[],
  account: Account,
  rest: Partial<PreflightContext> = {},
): PreflightContext {
  return {
    environment: ownEnvironment,
    stacks,
    account,
    versionOf: () => "2.0.0",
    deployed: new Set(),
    stateOf: async () => undefined,
    consented: new Set(),
    hasLocalState: () => false,
    ...rest,
  };
}
