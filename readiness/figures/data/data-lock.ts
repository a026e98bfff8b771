import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { protectedTypes, providerTraits } from "../../../catalog/resource-types";
import { ConfigurationError } from "../../../config/configuration-error";
import type { Environment } from "../../../config/environment";
import { compareDeclarations, type Declared } from "../../../models/change";
import { declarationOf } from "../../changes/declaration";
import type { DataLock } from "../../inventory/data-lock";
import type { SynthesisedStack } from "../../inventory/platform";

/** The committed lock of an environment, from the root of the project. */
export const dataLockName = (environment: string): string => `config/environments/${environment}.data.lock.json`;

const schema = z.strictObject({
  accountId: z.string().regex(/^\d{12}$/),
  resources: z.record(
    z.string().regex(/^[a-z0-9-]+\/[a-z0-9_]+\.[A-Za-z0-9_-]+$/),
    z.record(z.string(), z.array(z.string())),
  ),
});

/** @returns undefined where nothing is recorded yet @throws ConfigurationError for a file that is no lock */
export function readDataLock(root: string, environment: string): DataLock | undefined {
  const file = dataLockName(environment);
  if (!existsSync(join(root, file))) return undefined;
  let found: string;
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(join(root, file), "utf8")));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    found = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
  } catch (error) {
    found = error instanceof Error ? error.message : String(error);
  }
  throw new ConfigurationError([
    {
      file,
      path: "",
      found,
      allowed: "what `make data-lock` writes",
      because: "what holds data is compared with it before each deployment",
    },
  ]);
}

/** Arguments that decide whether a resource of the type is made anew; its name too. */
function decisive(type: string): readonly string[] {
  const { identity, forcesReplacement = [], rules = [] } = providerTraits()[type] ?? {};
  const ruled = rules.filter(({ effect }) => effect === "replaced").map(({ on }) => on);
  return [...(identity === undefined ? [] : [identity]), ...forcesReplacement, ...ruled];
}

/** Resources that hold data, with what decides whether they are made anew. */
export function dataIn(stacks: readonly SynthesisedStack[]): DataLock["resources"] {
  const held = declarationOf(stacks).resources.filter(({ type }) => protectedTypes().includes(type));
  return Object.fromEntries(
    held
      .map(({ stack, address, type, values }): [string, Record<string, readonly string[]>] => {
        const paths = decisive(type);
        const kept = [...values].filter(([path]) => paths.some((one) => path === one || path.startsWith(`${one}.`)));
        return [`${stack}/${address}`, Object.fromEntries(kept.sort(byName))];
      })
      .sort(byName),
  );
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** A recorded resource whose data would be gone. */
export interface LostData {
  /** `<stack>/<address>`. */
  readonly subject: string;
  readonly what: string;
  /** Such as "removed" or "replaced (bucket)". */
  readonly becomes: string;
}

/** Recorded resources that the stacks no longer have, or that Terraform would make anew. */
export function lostData(lock: DataLock, stacks: readonly SynthesisedStack[]): readonly LostData[] {
  const now = declarationOf(stacks);
  const held = now.resources.filter(({ type }) => protectedTypes().includes(type));
  const known = new Map(held.map((one) => [`${one.stack}/${one.address}`, one]));
  const recorded = Object.entries(lock.resources).map(([key, values]): Declared => {
    const [stack = "", address = ""] = key.split("/");
    const type = address.split(".")[0] ?? "";
    return {
      stack,
      address,
      type,
      region: known.get(key)?.region,
      values: new Map(Object.entries(values)),
      preventsDestroy: true,
      ignored: [],
    };
  });
  const after = held.map((one) => ({ ...one, values: onlyDecisive(one) }));
  const { changes } = compareDeclarations(
    { resources: recorded, moved: new Map(), forgotten: new Set() },
    { ...now, resources: after },
    providerTraits(),
  );
  return changes.flatMap(({ stack, address, type, kind, because }): LostData[] =>
    kind === "removed" || kind === "replaced"
      ? [
          {
            subject: `${stack}/${address}`,
            what: providerTraits()[type]?.holds?.what ?? "data",
            becomes: kind === "removed" ? "removed" : `replaced (${because.join(", ")})`,
          },
        ]
      : [],
  );
}

const onlyDecisive = ({ type, values }: Declared): ReadonlyMap<string, readonly string[]> => {
  const paths = decisive(type);
  return new Map([...values].filter(([path]) => paths.some((one) => path === one || path.startsWith(`${one}.`))));
};

/** `<stack>/<address>` of losses that the environment agrees to on that day. */
export const agreedLosses = ({ agreedLosses: agreed = [] }: Environment, now: string): ReadonlySet<string> =>
  new Set(agreed.filter(({ until }) => until >= now.slice(0, 10)).map(({ address }) => address));

/** The lock as it is committed: a resource a line, so that a change shows which. */
export function dataLockText({ accountId, resources }: DataLock): string {
  const lines = Object.entries(resources).map(
    ([address, values]) => `\n    ${JSON.stringify(address)}: ${JSON.stringify(values)}`,
  );
  return `{\n  "accountId": ${JSON.stringify(accountId)},\n  "resources": {${lines.join(",")}\n  }\n}\n`;
}

/** A lock brought up to date, or what stops it. */
export type Recorded =
  | { readonly lock: DataLock; readonly added: readonly string[]; readonly dropped: readonly string[] }
  | {
      readonly refused: readonly LostData[];
    };

/** Adds what is new. What is gone or made anew is taken over where its loss is agreed to, and stops it where it is not. */
export function recorded(
  before: DataLock | undefined,
  stacks: readonly SynthesisedStack[],
  environment: Environment,
  now: string,
): Recorded {
  const { accountId } = environment;
  const resources = dataIn(stacks);
  const earlier = before?.accountId === accountId ? before : { accountId, resources: {} };
  const lost = lostData(earlier, stacks);
  const agreed = agreedLosses(environment, now);
  const refused = lost.filter(({ subject }) => !agreed.has(subject));
  if (refused.length > 0) return { refused };
  return {
    lock: { accountId, resources },
    added: Object.keys(resources).filter((address) => !(address in earlier.resources)),
    dropped: Object.keys(earlier.resources).filter((address) => !(address in resources)),
  };
}
