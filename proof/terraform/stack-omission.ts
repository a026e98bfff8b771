import { mentionsIn, templateParts } from "../../readiness/inventory/expression";
import { isObject, type Json, type JsonObject, objectOf, textsOf } from "../../readiness/inventory/json";

/** A stack without some of its resources. */
export interface Omission {
  readonly terraform: JsonObject;
  /** Addresses that were asked for. */
  readonly omitted: readonly string[];
  /** Addresses that went with them, because an argument reads them. */
  readonly dependents: readonly string[];
}

/**
 * Leaves out the resources that `unwanted` names by type, what reads them, and the providers without a resource left.
 * An order alone (`depends_on`) is no reason to go: it is shortened.
 */
export function omit(terraform: JsonObject, unwanted: (type: string, body: JsonObject) => boolean): Omission {
  const all = Object.entries(objectOf(terraform["resource"])).flatMap(([type, bodies]) =>
    Object.entries(objectOf(bodies)).map(([name, body]) => ({
      type,
      address: `${type}.${name}`,
      name,
      body: objectOf(body),
    })),
  );
  const gone = new Set(all.filter(({ type, body }) => unwanted(type, body)).map(({ address }) => address));
  const omitted = [...gone].sort();
  for (let before = -1; before !== gone.size;) {
    before = gone.size;
    for (const { address, body } of all) if (!gone.has(address) && reads(withoutOrder(body), gone)) gone.add(address);
  }
  const resource: Record<string, JsonObject> = {};
  for (const { type, name, body } of all.filter(({ address }) => !gone.has(address)))
    resource[type] = { ...resource[type], [name]: ordered(body, gone) };
  const outputs = Object.fromEntries(
    Object.entries(objectOf(terraform["output"])).filter(([, body]) => !reads(body, gone)),
  );
  return {
    // Terraform refuses an empty list of outputs.
    terraform: withProvidersOf({
      ...terraform,
      "//": withOutputs(objectOf(terraform["//"]), new Set(Object.keys(outputs))),
      resource,
      output: Object.keys(outputs).length === 0 ? undefined : outputs,
    }),
    omitted,
    dependents: [...gone].filter((address) => !omitted.includes(address)).sort(),
  };
}

/** The metadata lists outputs by construct; cdktf ends with a TypeError where Terraform has none of that name. */
function withOutputs(metadata: JsonObject, kept: ReadonlySet<string>): JsonObject {
  if (metadata["outputs"] === undefined) return metadata;
  const named = (tree: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(tree).flatMap(([id, entry]): [string, Json][] => {
        if (isObject(entry)) return [[id, named(entry)]];
        return typeof entry === "string" && kept.has(entry) ? [[id, entry]] : [];
      }),
    );
  return { ...metadata, outputs: named(objectOf(metadata["outputs"])) };
}

const withoutOrder = (body: JsonObject): JsonObject => ({ ...body, depends_on: undefined });

function ordered(body: JsonObject, gone: ReadonlySet<string>): JsonObject {
  if (body["depends_on"] === undefined) return body;
  return { ...body, depends_on: textsOf(body["depends_on"]).filter((address) => !gone.has(address)) };
}

function reads(value: Json | undefined, gone: ReadonlySet<string>): boolean {
  if (typeof value === "string")
    return (
      value.includes("${") &&
      templateParts(value).some(
        (part) => "expression" in part && mentionsIn(part.expression).some(({ address }) => gone.has(address)),
      )
    );
  if (Array.isArray(value)) return (value as readonly Json[]).some((entry) => reads(entry, gone));
  return isObject(value) && Object.entries(value).some(([key, entry]) => key !== "//" && reads(entry, gone));
}

/** A provider that nothing uses is configured all the same, and may not be at hand. */
function withProvidersOf(terraform: JsonObject): JsonObject {
  const used = new Set(
    [...Object.keys(objectOf(terraform["resource"])), ...Object.keys(objectOf(terraform["data"]))].map(
      (type) => type.split("_")[0] ?? "",
    ),
  );
  const kept = (providers: Json | undefined): JsonObject =>
    Object.fromEntries(Object.entries(objectOf(providers)).filter(([name]) => used.has(name)));
  const settings = objectOf(terraform["terraform"]);
  return {
    ...terraform,
    provider: kept(terraform["provider"]),
    terraform: { ...settings, required_providers: kept(settings["required_providers"]) },
  };
}
