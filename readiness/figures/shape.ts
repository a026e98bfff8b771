import { createHash } from "node:crypto";
import type { Environment } from "../../config/environment";
import { isObject, type Json, type JsonObject, objectOf, textOf } from "../inventory/json";
import type { Platform } from "../inventory/platform";

/** Facts of each resource by construct path and type: what it is set to, without sizes and without what names the environment. */
export type Shape = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A resource that two environments have differently, or that only one has. */
export interface ShapeDifference {
  readonly resource: string;
  /** `none` where the environment has no such resource; otherwise the facts that differ. */
  readonly left: string;
  readonly right: string;
}

/** Longer texts are told apart, not shown. */
const longestShown = 60;
/** 3, "20Gi", "250m", "25%", "20m0s": how much, not what; a version, such as "1.36", is what. */
const size = /^\d+(\.\d+)?([a-zA-Z%]{0,3}|(m\d+s))$/;
const address = /\d{1,3}([.-]\d{1,3}){3}([/-]\d{1,2})?/g;
/** With which cdktf makes the names of resources unique: it follows from their path. */
const uniqueSuffix = /_[0-9A-F]{8}\b/g;

/** The same in every environment of one shape: what belongs to one environment alone is replaced by what it stands for. */
function neutral({ name, accountId, domain, contactEmail }: Environment): (text: string) => string {
  const own = [[contactEmail, "<contact>"], [domain, "<domain>"], [accountId, "<account>"], [name, "<environment>"]] as const;
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    // A word by itself, such as NODE_ENV=production, names no environment: names have it between others.
    const after = text === name ? text : own.reduce((changed, [found, meaning]) => changed.replaceAll(found, meaning), text).replace(address, "<network>").replace(uniqueSuffix, "");
    known.set(text, after);
    return after;
  };
}

/** Order, ownership and provider follow from the code and are judged by policies of their own (DE-07, CO-04, DE-03). */
const elsewhere: ReadonlySet<string> = new Set(["//", "depends_on", "provider", "tags", "tags_all", "lifecycle"]);

export function shapeOf({ stacks, environment }: Platform): Shape {
  const plain = neutral(environment);
  const shape: Record<string, Record<string, string>> = {};
  for (const { terraform } of stacks) {
    for (const [type, blocks] of Object.entries(objectOf(terraform["resource"]))) {
      for (const [id, block] of Object.entries(objectOf(blocks))) {
        const path = textOf(objectOf(objectOf(objectOf(block)["//"])["metadata"])["path"]) ?? id;
        const facts: [string, string][] = [];
        collect(objectOf(block), "", plain, facts);
        shape[`${plain(path)} (${type})`] = Object.fromEntries(facts.sort(([a], [b]) => (a < b ? -1 : 1)));
      }
    }
  }
  return shape;
}

function collect(value: Json | undefined, at: string, plain: (text: string) => string, facts: [string, string][]): void {
  if (Array.isArray(value)) (value as readonly Json[]).forEach((entry, index) => { collect(entry, `${at}.${index}`, plain, facts); });
  else if (isObject(value)) for (const [key, entry] of Object.entries(value)) { if (!elsewhere.has(key)) collect(entry, at === "" ? plain(key) : `${at}.${plain(key)}`, plain, facts); }
  else if (typeof value === "boolean") facts.push([at, String(value)]);
  else if (typeof value === "string" && (at.endsWith("version") || !size.test(value))) {
    const document = documentOf(value);
    if (document === undefined) facts.push([at, shown(plain(withoutNodeSizes(value)))]);
    else collect(document, at, plain, facts);
  }
}

/** User data of nodes in base64 tells the kubelet how much there is: its numbers are sizes like others. */
const withoutNodeSizes = (text: string): string => (text.startsWith(mimeBegins) ? Buffer.from(text, "base64").toString("utf8").replaceAll(/\d+/g, "0") : text);
const mimeBegins = Buffer.from("MIME-Version").toString("base64").slice(0, 12);

/** Policies and Helm values are JSON in a text: what stands in them is compared, not how long they are. */
function documentOf(text: string): JsonObject | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const shown = (text: string): string => (text.length <= longestShown ? text : `${text.slice(0, longestShown - 12)}… #${createHash("sha256").update(text).digest("hex").slice(0, 8)}`);

export function shapeDifferences(left: Shape, right: Shape): ShapeDifference[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort().flatMap((resource) => {
    const [one, other] = [left[resource], right[resource]];
    if (one === undefined || other === undefined) return [{ resource, left: one ? "there" : "none", right: other ? "there" : "none" }];
    const paths = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort().filter((path) => one[path] !== other[path]);
    const side = (facts: Readonly<Record<string, string>>): string => paths.map((path) => `${path} = ${facts[path] ?? "not set"}`).join(", ");
    return paths.length === 0 ? [] : [{ resource, left: side(one), right: side(other) }];
  });
}
