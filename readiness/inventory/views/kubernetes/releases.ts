import { parse } from "yaml";
import { type Json, type JsonObject, arrayOf, isObject } from "../../json";
import type { KubernetesObject } from "../../kubernetes/object";
import type { Unknown } from "../../unknown";
import { itemOf } from "../../reading";
import { type Follow, perObject, readOnce } from "../../references";
import type { Block, Resource } from "../../resource";
import type { State } from "../../state";
import type { Release } from "../../facts/kubernetes/releases";

export function releasesOf(
  state: State,
  isRendered: (chart: string, version: string | undefined) => boolean,
): readonly Release[] {
  return state.ofType("helm_release").map((resource) => releaseOf(state, resource, isRendered));
}

function releaseOf(
  state: State,
  resource: Resource,
  isRendered: (chart: string, version: string | undefined) => boolean,
): Release {
  return itemOf(
    resource,
    `release ${resource.text("namespace") ?? "default"}/${resource.text("name") ?? resource.name}`,
    (read) => {
      const chart = read.text("chart");
      const local = chart !== undefined && /^(\.{0,2}\/|assets\/|\$\{path\.)/.test(chart);
      const { values, unknown } = contentOf(state, read);
      const version = read.text("version");
      return {
        region: resource.region,
        name: read.text("name"),
        namespace: read.text("namespace") ?? "default",
        chart,
        version,
        local,
        repository: read.text("repository"),
        values,
        valuesUnknown: unknown,
        setPaths: local ? [] : setPathsOf(values),
        dependsOn: read.list("depends_on").flatMap((address) => state.at(resource.stack, address) ?? []),
        createsNamespace: read.flag("create_namespace") === true,
        skipsCrds: read.flag("skip_crds") === true,
        atomic: read.flag("atomic") === true,
        manifests: local ? manifestsOf(values) : [],
        rendered: local || (chart !== undefined && isRendered(chart, version)),
      };
    },
  );
}

function manifestsOf(values: JsonObject): readonly KubernetesObject[] {
  const listed = values["manifests"];
  return (Array.isArray(listed) ? (listed as readonly Json[]) : isObject(listed) ? Object.values(listed) : []).filter(
    isKubernetesObject,
  );
}

function isKubernetesObject(value: Json | undefined): value is KubernetesObject {
  return (
    isObject(value) &&
    typeof value["apiVersion"] === "string" &&
    typeof value["kind"] === "string" &&
    isObject(value["metadata"])
  );
}

interface Content {
  readonly values: JsonObject;
  readonly unknown: Unknown | undefined;
}

function contentOf(state: State, read: Block): Content {
  const { values, unknown } = documents(
    read.arguments,
    (text) => state.expand(read.stack, text),
    (follow) => merged(read.raw("values"), follow),
  );
  const sets = [...read.blocks("set"), ...read.blocks("set_sensitive")].flatMap((set) => {
    const [name, value] = [set.text("name"), set.expanded("value")];
    return name === undefined || value === undefined ? [] : [nested(segmentsOf(name), value)];
  });
  return { values: sets.reduce(merge, values), unknown };
}

const documents = readOnce<Content>();

function merged(raw: Json | undefined, follow: Follow): Content {
  let values: JsonObject = {};
  let unknown: Unknown | undefined;
  for (const [index, entry] of arrayOf(raw).entries()) {
    const document = documentOf(entry);
    const refers = typeof entry === "string" && entry.includes("${");
    if (document) values = merge(values, refers ? expandAll(follow, document) : document);
    else unknown = { path: `values.${index}`, reason: "the values are computed by Terraform or are no YAML" };
  }
  return { values, unknown };
}

/** Values are parsed before references in them are followed, so that a quote in a resolved value cannot break them. */
function documentOf(entry: Json): JsonObject | undefined {
  if (typeof entry !== "string") return undefined;
  try {
    const document: unknown = /^\s*\{/.test(entry) ? JSON.parse(entry) : parse(entry);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function expandAll(follow: Follow, value: JsonObject): JsonObject {
  const expand = (entry: Json | undefined): Json | undefined => {
    if (typeof entry === "string") return entry.includes("{") ? follow(entry) : entry;
    if (Array.isArray(entry)) return (entry as readonly Json[]).map((one) => expand(one) ?? null);
    return isObject(entry) ? expandAll(follow, entry) : entry;
  };
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expand(entry)]));
}

export function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}

/** `a.b\.c.d[0]` as Helm's --set reads it; an index is kept as part of its segment. */
function segmentsOf(name: string): readonly string[] {
  return name.split(/(?<!\\)\./).map((segment) => segment.replace(/\\\./g, "."));
}

function nested(segments: readonly string[], value: Json): JsonObject {
  return segments.reduceRight<Json>((inner, segment) => ({ [segment]: inner }), value) as JsonObject;
}

const setPathsOf = perObject((values: JsonObject): readonly string[] => leavesOf(values).sort());

function leavesOf(values: JsonObject, prefix = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = `${prefix}${key.replaceAll(".", "\\.")}`;
    return isObject(value) && Object.keys(value).length > 0 ? leavesOf(value, `${path}.`) : [path];
  });
}
