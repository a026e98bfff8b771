import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** What only version 6 of the AWS provider knows: `data/provider-6-arguments.json`. */
export interface Provider6Only {
  readonly source: string;
  readonly retrieved: string;
  /** By resource type: paths of arguments, the blocks' names before a dot. */
  readonly arguments: Readonly<Record<string, readonly string[]>>;
  /** By resource type and argument: a value that only 6 takes, and the nearest that an older provider takes. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  readonly resourceTypes: readonly string[];
}

export interface StackCopy {
  readonly folder: string;
  /** "aws_eks_cluster.main deletion_protection": left out, because the installed provider does not know it; a replaced value reads "runtime = a, not b". */
  readonly removedArguments: readonly string[];
  /** "aws_eks_addon.cni pod_identity_association": left out, because the emulator cannot apply it. */
  readonly unappliedArguments: readonly string[];
  /** Addresses whose whole type the installed provider does not know: they cannot be proved with it. */
  readonly unknownResources: readonly string[];
  /** true: the backend was left out of the copy, its state is in the folder. */
  readonly backendRemoved: boolean;
}

export interface CopyOptions {
  /** Of the provider that is installed. @default the registry serves the one that the stack names */
  readonly awsProviderVersion?: string | undefined;
  /** Arguments by resource type that the emulator does not read back, so that no second plan could be empty. @default none */
  readonly unread?: Readonly<Record<string, readonly string[]>>;
  /** Arguments by resource type that the emulator cannot apply. @default none */
  readonly unapplied?: Readonly<Record<string, readonly string[]>>;
  readonly only6?: Provider6Only;
  /** Keep the S3 backend, addressed by path: an emulator has no name for each bucket. @default false - a local state in the folder */
  readonly keepBackend?: boolean;
}

export const loadProvider6Only = (): Provider6Only =>
  JSON.parse(readFileSync(join(__dirname, "..", "data", "provider-6-arguments.json"), "utf8")) as Provider6Only;

/**
 * Copies a synthesised stack (`cdktf.out/stacks/<name>`) into a folder of its own for Terraform, with a local state.
 * With a provider older than 6 its version is relaxed and what only 6 knows is left out, and reported.
 */
export function copyStack(stackFolder: string, folder: string, options: CopyOptions = {}): StackCopy {
  cpSync(stackFolder, folder, { recursive: true });
  const file = join(folder, "cdk.tf.json");
  const stack = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const { awsProviderVersion: version, unread = {}, unapplied = {} } = options;
  const older = version !== undefined && Number(version.split(".")[0]) < 6;
  const removedArguments: string[] = [];
  const unappliedArguments: string[] = [];
  const unknownResources: string[] = [];
  const only6: Pick<Provider6Only, "arguments" | "values" | "resourceTypes"> = older
    ? (options.only6 ?? loadProvider6Only())
    : { arguments: {}, values: {}, resourceTypes: [] };
  const change = (type: string, name: string, body: Json): Json => {
    if (only6.resourceTypes.includes(type)) unknownResources.push(`${type}.${name}`);
    const known = replacing(body, only6.values[type] ?? {}, (words) =>
      removedArguments.push(`${type}.${name} ${words}`),
    );
    const kept = (only6.arguments[type] ?? []).reduce(
      (json, path) => without(json, path.split("."), () => removedArguments.push(`${type}.${name} ${path}`)),
      known,
    );
    const applied = (unapplied[type] ?? []).reduce(
      (json, path) => without(json, path.split("."), () => unappliedArguments.push(`${type}.${name} ${path}`)),
      kept,
    );
    return unread[type] ? ignoring(applied, unread[type]) : applied;
  };
  const { backend, ...terraform } = objectAt(stack, "terraform");
  const copy = {
    ...eachResource(stack, change),
    ...(options.keepBackend && stack["data"] !== undefined ? { data: statesByPath(objectAt(stack, "data")) } : {}),
    terraform: {
      ...terraform,
      ...(older ? { required_providers: relaxed(objectAt(terraform, "required_providers"), version) } : {}),
      ...(options.keepBackend && isObject(backend) ? { backend: byPath(backend) } : {}),
    },
  };
  writeFileSync(file, JSON.stringify(copy, undefined, 2));
  return {
    folder,
    removedArguments: removedArguments.sort(),
    unappliedArguments: unappliedArguments.sort(),
    unknownResources: unknownResources.sort(),
    backendRemoved: backend !== undefined && !options.keepBackend,
  };
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);
const objectAt = (json: JsonObject, key: string): JsonObject => {
  const value = json[key];
  return isObject(value) ? value : {};
};

function eachResource(stack: JsonObject, change: (type: string, name: string, body: Json) => Json): JsonObject {
  if (stack["resource"] === undefined) return stack;
  const types = Object.entries(objectAt(stack, "resource")).map(([type, instances]) => [
    type,
    Object.fromEntries(
      Object.entries(isObject(instances) ? instances : {}).map(([name, body]) => [name, change(type, name, body)]),
    ),
  ]);
  return { ...stack, resource: Object.fromEntries(types) as JsonObject };
}

/** A backend of a stack, or a remote state's backend with its configuration: `{ s3: { … } }`. */
const byPath = (backend: JsonObject): JsonObject =>
  backend["s3"] === undefined ? backend : { s3: { ...objectAt(backend, "s3"), use_path_style: true } };

function statesByPath(data: JsonObject): JsonObject {
  const states = Object.entries(objectAt(data, "terraform_remote_state")).map(([name, state]) => {
    const body = isObject(state) ? state : {};
    return [name, { ...body, config: { ...objectAt(body, "config"), use_path_style: true } }];
  });
  return states.length === 0 ? data : { ...data, terraform_remote_state: Object.fromEntries(states) as JsonObject };
}

const relaxed = (providers: JsonObject, version: string): JsonObject =>
  providers["aws"] === undefined ? providers : { ...providers, aws: { ...objectAt(providers, "aws"), version } };

/** Adds to what the stack itself ignores; only arguments that it sets, and the tags that the provider adds by itself. */
function ignoring(body: Json, names: readonly string[]): Json {
  if (!isObject(body)) return body;
  const lifecycle = objectAt(body, "lifecycle");
  const own = Array.isArray(lifecycle["ignore_changes"]) ? (lifecycle["ignore_changes"] as readonly Json[]) : [];
  const added = names.filter((name) => (body[name] !== undefined || name === "tags_all") && !own.includes(name));
  return added.length === 0 ? body : { ...body, lifecycle: { ...lifecycle, ignore_changes: [...own, ...added] } };
}

function replacing(
  body: Json,
  values: Readonly<Record<string, Readonly<Record<string, string>>>>,
  replaced: (words: string) => void,
): Json {
  if (!isObject(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([argument, value]) => {
      const older = typeof value === "string" ? values[argument]?.[value] : undefined;
      if (older !== undefined) replaced(`${argument} = ${older}, not ${String(value)}`);
      return [argument, older ?? value];
    }),
  );
}

/** A block is written as an object, or as a list of them. */
function without(json: Json, [key = "", ...rest]: readonly string[], removed: () => void): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => without(item, [key, ...rest], removed));
  if (!isObject(json)) return json;
  const { [key]: value, ...others } = json;
  if (value === undefined) return json;
  if (rest.length > 0) return { ...json, [key]: without(value, rest, removed) };
  removed();
  return others;
}
