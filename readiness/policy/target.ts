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

/** Replaces each selected block, in place of the stacks given. */
export function eachTarget(stacks: readonly StackDraft[], target: Target, replace: Replacement): void {
  for (const stack of stacks.filter(({ original }) => mayHold(original, target)))
    if (target.section === "manifest") replaceManifests(stack, target.kind, target.where, replace);
    else replaceBlocks(blocksOf(stack, target.section, target.type), stack.name, target.where, replace);
}

function mayHold(terraform: JsonObject, target: Target): boolean {
  if (target.section === "manifest") return "helm_release" in asObject(terraform["resource"]);
  const blocks = asObject(terraform[target.section]);
  return target.section === "output" || target.type in blocks;
}

function blocksOf(stack: StackDraft, section: string, type: string): JsonObject {
  const blocks = asObject(stack.terraform[section]);
  return section === "output" ? blocks : asObject(blocks[type]);
}

function replaceBlocks(blocks: JsonObject, stack: string, where: Where, replace: Replacement): void {
  for (const [id, value] of Object.entries(blocks)) {
    const block = asObject(value);
    if (where(block, id, stack) && replace(block) === undefined) delete blocks[id];
  }
}

function replaceManifests(stack: StackDraft, kind: string, where: Where, replace: Replacement): void {
  for (const release of Object.values(blocksOf(stack, "resource", "helm_release"))) {
    const values = asObject(release)["values"];
    if (!Array.isArray(values)) continue;
    values.forEach((text, index) => {
      const parsed = parseValues(text);
      const manifests = parsed?.["manifests"];
      if (!parsed || !Array.isArray(manifests)) return;
      const kept = manifests.map(asObject).flatMap((object) => {
        const selected = object["kind"] === kind && where(object, identity(object), stack.name);
        return selected ? (replace(object) ?? []) : object;
      });
      values[index] = JSON.stringify({ ...parsed, manifests: kept });
    });
  }
}

function parseValues(text: JsonValue): JsonObject | undefined {
  return typeof text === "string" && text.startsWith("{") ? asObject(JSON.parse(text) as JsonValue) : undefined;
}

function identity(object: JsonObject): string {
  return `${String(object["kind"])}/${String(asObject(object["metadata"])["name"])}`;
}
