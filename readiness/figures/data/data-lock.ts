import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { protectedTypes, providerTraits } from "../../../catalog/resource-types";
import { allow, allowanceOf, issuesOf } from "../../../config/allowed";
import { recordOf } from "../../../config/application/fields";
import { ConfigurationError, type ConfigurationViolation } from "../../../config/configuration-error";
import type { Environment } from "../../../config/environment";
import { nearest } from "../../../config/nearest";
import { compareDeclarations, type Declared } from "../../../models/change";
import { declarationOf } from "../../changes/declaration";
import type { DataLock } from "../../inventory/data-lock";
import type { SynthesisedStack } from "../../inventory/platform";

/** The committed lock of an environment, from the root of the project. */
export const dataLockName = (environment: string): string => `config/environments/${environment}.data.lock.json`;

const written = "what holds data is compared with it before each deployment";
/** Far more than Terraform handles in the stacks of one environment. */
const MOST_RESOURCES = 10_000;
const address = /^[a-z0-9-]+\/[a-z0-9_]+\.[A-Za-z0-9_-]+$/;
const schema = z.strictObject({
  accountId: allow(z.string().regex(/^\d{12}$/), "the 12 digits of an AWS account, in quotes", written),
  resources: recordOf(
    allow(z.string().regex(address), "<stack>/<type>.<name>", written),
    allow(z.record(z.string(), z.array(z.string())), "lists of texts by the path of an argument", written),
    MOST_RESOURCES,
  ),
});

/** @returns undefined where nothing is recorded yet @throws ConfigurationError for a file that is no lock */
export function readDataLock(root: string, environment: string): DataLock | undefined {
  const file = dataLockName(environment);
  if (!existsSync(join(root, file))) return undefined;
  const text = readFileSync(join(root, file), "utf8");
  const lineOf = (part: string): number => text.slice(0, Math.max(0, text.indexOf(part))).split("\n").length;
  let literal: unknown;
  try {
    literal = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = text.slice(0, Number(/position (\d+)/.exec(message)?.[1] ?? 0)).split("\n").length;
    throw new ConfigurationError([{ file, path: "", line, found: message, ...asWritten("the JSON") }]);
  }
  const parsed = schema.safeParse(literal);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    issuesOf(parsed.error).map((issue) => {
      const value = issue.path.reduce<unknown>((at, step) => objectAt(at)[step], literal);
      const { allowed, found = value } = allowanceOf(issue, value);
      const line = lineOf(JSON.stringify(String(issue.path.at(-1) ?? "")));
      return { file, path: issue.path.join("."), line, found, ...asWritten(allowed) };
    }),
  );
}

const objectAt = (value: unknown): Readonly<Record<PropertyKey, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>) : {};

const asWritten = (allowed: string) => ({
  allowed: `${allowed}, as \`make data-lock\` writes it; take the committed file back, or write it anew`,
  because: written,
});

/**
 * The lock, as consents of the environment are held against it: what loads an environment to compare or write the lock
 * reads it so.
 *
 * @throws ConfigurationError for a file that is no lock, and for a mistyped consent
 */
export function consentedLock(root: string, environment: Environment): DataLock | undefined {
  const lock = readDataLock(root, environment.name);
  const mistyped = mistypedLosses(lock, environment);
  if (mistyped.length > 0) throw new ConfigurationError(mistyped);
  return lock;
}

/** Consents whose address is almost that of a recorded resource: they would let nothing go. */
export function mistypedLosses(
  lock: DataLock | undefined,
  { name, agreedLosses = [] }: Environment,
): ConfigurationViolation[] {
  const known = Object.keys(lock?.resources ?? {});
  return agreedLosses.flatMap(({ address: found }, index): ConfigurationViolation[] => {
    const meant = known.includes(found) ? undefined : nearest(found, known);
    return meant === undefined
      ? []
      : [
          {
            file: `config/environments/${name}.ts`,
            path: `agreedLosses.${index}.address`,
            found,
            allowed: `a resource of ${dataLockName(name)} (did you mean ${meant}?); remove a consent whose resource is gone`,
            because: "a consent for a resource that is not recorded lets nothing go",
          },
        ];
  });
}

/**
 * Kubernetes objects whose volumes hold data, with what names the volumes. Nothing protects them from Terraform; a
 * StatefulSet that is made anew under its name finds its claims again, under another name it gets new, empty ones.
 */
const volumes: Readonly<Record<string, readonly string[]>> = {
  kubernetes_persistent_volume_claim_v1: ["metadata.name", "metadata.namespace", "spec.storage_class_name"],
  kubernetes_stateful_set_v1: ["metadata.name", "metadata.namespace"],
};

/** Whether the resource holds data that a lock has to keep. */
const holdsData = ({ type, values }: Declared): boolean =>
  protectedTypes().includes(type) ||
  type === "kubernetes_persistent_volume_claim_v1" ||
  (type === "kubernetes_stateful_set_v1" &&
    [...values.keys()].some((path) => path.startsWith("spec.volume_claim_template.")));

/** Arguments that decide whether a resource of the type is made anew, or its volumes are; its name too. */
function decisive(type: string): readonly string[] {
  if (volumes[type] !== undefined) return volumes[type];
  const { identity, forcesReplacement = [], rules = [] } = providerTraits()[type] ?? {};
  const ruled = rules.filter(({ effect }) => effect === "replaced").map(({ on }) => on);
  return [...(identity === undefined ? [] : [identity]), ...forcesReplacement, ...ruled];
}

/** Resources that hold data, with what decides whether they are made anew. */
export function dataIn(stacks: readonly SynthesisedStack[]): DataLock["resources"] {
  const held = declarationOf(stacks).resources.filter(holdsData);
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
  const held = now.resources.filter(holdsData);
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
      createsBeforeDestroying: false,
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
