import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { KubernetesObject } from "../../readiness/inventory/kubernetes/object";
import { perText } from "../../readiness/inventory/references";
import { objectsIn } from "../charts/charts";
import { inParallel } from "../run/parallel";
import type { KubernetesApi, KubernetesObject as ApiObject } from "./kubernetes-api";

export const isDefinition = ({ kind }: { readonly kind: string }): boolean => kind === "CustomResourceDefinition";

/** `group/version kind` of every version that a definition serves. */
export function servedKinds(definition: KubernetesObject): readonly string[] {
  const spec = objectOf(definition["spec"]);
  const kind = textOf(objectOf(spec["names"])["kind"]) ?? "";
  return objectsOf(spec["versions"])
    .filter(({ served }) => served !== false)
    .map(({ name }) => `${textOf(spec["group"])}/${textOf(name)} ${kind}`);
}

/** Six clusters ask for the same ten megabytes of YAML. */
const definitionsIn = perText((text) => objectsIn(text).filter(isDefinition));

/**
 * CustomResourceDefinitions of the folder that `PLIMSOLL_CRDS` names, one or several in a file.
 * @param groups files that mention none of these API groups are not read. @default all files
 * @throws Error when the folder does not exist
 */
export function definitionsInFolder(
  folder = process.env["PLIMSOLL_CRDS"] || undefined,
  groups?: ReadonlySet<string>,
): readonly KubernetesObject[] {
  if (folder === undefined) return [];
  if (!existsSync(folder))
    throw new Error(`PLIMSOLL_CRDS=${folder} does not exist: unset it, or name a folder of CustomResourceDefinitions`);
  const files = readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));
  return files
    .filter((text) => groups === undefined || [...groups].some((group) => text.includes(group)))
    .flatMap(definitionsIn);
}

/** Those of the definitions that serve one of the kinds (`group/version kind`), each name once, the first of a name wins. */
export function definitionsFor(
  kinds: ReadonlySet<string>,
  definitions: readonly KubernetesObject[],
): readonly KubernetesObject[] {
  const chosen = new Map<string, KubernetesObject>();
  for (const definition of definitions) {
    const name = definition.metadata.name ?? "";
    if (!chosen.has(name) && servedKinds(definition).some((kind) => kinds.has(kind))) chosen.set(name, definition);
  }
  return [...chosen.values()];
}

/** No webhook runs here that could convert, and the definition's owner would not want an empty namespace on a cluster-wide object. */
export function installable(definition: KubernetesObject): ApiObject {
  const metadata = { ...without(definition.metadata, "namespace"), name: definition.metadata.name ?? "" };
  return {
    apiVersion: definition.apiVersion,
    kind: definition.kind,
    metadata,
    spec: without(objectOf(definition["spec"]), "conversion"),
  };
}

const without = (object: JsonObject, field: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));

/** Installs them and waits until the API server serves them. @throws Refusal, or Error when one is not established */
export async function install(api: KubernetesApi, definitions: readonly KubernetesObject[]): Promise<void> {
  await inParallel(definitions, 4, async (definition) => {
    const object = installable(definition);
    await api.apply(object);
    await api.waitFor(object, "Established", ({ status }) =>
      objectsOf(objectOf(status)["conditions"]).some(
        ({ type, status: holds }) => type === "Established" && holds === "True",
      ),
    );
  });
}
