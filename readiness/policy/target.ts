import { asObject, type JsonObject, type JsonValue, type StackDraft } from "./json";

/** Chooses blocks; `id` is the Terraform name of the resource, or `Kind/name` of a manifest. */
export type Where = (block: JsonObject, id: string, stack: string) => boolean;

/** What a mutation changes. */
export type Target =
  | { readonly section: "resource" | "data" | "output"; readonly type: string; readonly where: Where }
  | { readonly section: "manifest"; readonly kind: string; readonly where: Where };

const everyOne: Where = () => true;

/** Resources of a type. @default where - all of them */
export const resource = (type: string, where: Where = everyOne): Target => ({ section: "resource", type, where });

/** Data sources of a type. */
export const data = (type: string, where: Where = everyOne): Target => ({ section: "data", type, where });

/** Outputs of stacks. */
export const output = (where: Where = everyOne): Target => ({ section: "output", type: "", where });

/** Kubernetes objects of a kind that a release of the local chart carries. */
export const manifest = (kind: string, where: Where = everyOne): Target => ({ section: "manifest", kind, where });

/** What a block becomes: itself, several, or nothing. */
type Replacement = (block: JsonObject) => JsonObject | readonly JsonObject[] | undefined;

/** Replaces each selected block of the stacks given. `replace` gets a copy to change. */
export function eachTarget(stacks: readonly StackDraft[], target: Target, replace: Replacement): void {
  for (const stack of stacks)
    if (target.section === "manifest") replaceManifests(stack, target.kind, target.where, replace);
    else
      replaceBlocks(
        stack,
        target.section === "output" ? ["output"] : [target.section, target.type],
        target.where,
        replace,
      );
}

const blocksAt = (stack: StackDraft, path: readonly string[]): JsonObject =>
  path.reduce((within, step) => asObject(within[step]), stack.written);

function replaceBlocks(stack: StackDraft, path: readonly string[], where: Where, replace: Replacement): void {
  for (const [id, value] of Object.entries(blocksAt(stack, path))) {
    const block = asObject(value);
    if (!where(block, id, stack.name)) continue;
    const copy = structuredClone(block);
    const replaced = replace(copy);
    if (replaced === undefined) stack.put([...path, id], undefined);
    else if (JSON.stringify(copy) !== JSON.stringify(block)) stack.put([...path, id], copy);
  }
}

function replaceManifests(stack: StackDraft, kind: string, where: Where, replace: Replacement): void {
  const path = ["resource", "helm_release"];
  replaceBlocks(
    stack,
    path,
    () => true,
    (release) => {
      const values = release["values"];
      if (Array.isArray(values))
        release["values"] = values.map((text) =>
          withManifests(text, (object) =>
            object["kind"] === kind && where(object, identity(object), stack.name) ? (replace(object) ?? []) : object,
          ),
        );
      return release;
    },
  );
}

function withManifests(
  text: JsonValue,
  replace: (object: JsonObject) => JsonObject | readonly JsonObject[],
): JsonValue {
  const parsed = parseValues(text);
  const manifests = parsed?.["manifests"];
  if (!parsed || !Array.isArray(manifests)) return text;
  const kept = manifests.map((manifest) => replace(asObject(manifest))).flat();
  return JSON.stringify({ ...parsed, manifests: kept });
}

function parseValues(text: JsonValue): JsonObject | undefined {
  return typeof text === "string" && text.startsWith("{") ? asObject(JSON.parse(text) as JsonValue) : undefined;
}

function identity(object: JsonObject): string {
  return `${String(object["kind"])}/${String(asObject(object["metadata"])["name"])}`;
}
