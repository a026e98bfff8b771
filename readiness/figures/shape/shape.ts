import { createHash } from "node:crypto";
import { label } from "../../../contract";
import type { Environment } from "../../../config/environment";
import { isObject, type Json, type JsonObject, objectOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Shape } from "../../inventory/shape";

/** A resource that two environments have differently, or that only one has. */
export interface ShapeDifference {
  readonly resource: string;
  /** `none` where the environment has no such resource; otherwise the facts that differ. */
  readonly left: string;
  readonly right: string;
}

/** Longer texts are compared, not shown. */
const longestShown = 60;
/** 3, "20Gi", "250m", "25%", "20m0s": how much, not what; a version, such as "1.36", is what. */
const size = /^\d+(\.\d+)?([a-zA-Z%]{0,3}|(m\d+s))$/;
const address = /\d{1,3}([.-]\d{1,3}){3}([/-]\d{1,2})?/g;
/** With which cdktf makes the names of resources unique: it follows from their path. */
const uniqueSuffix = /_[0-9A-F]{8}\b/g;

/** The same in every environment of one shape: what belongs to one environment alone is replaced by what it stands for. */
function neutral(environment: Environment): (text: string) => string {
  const { name, organisation, accountId, domain, contactEmail } = environment;
  const meanings = new Map([
    [contactEmail, "<contact>"],
    [domain, "<domain>"],
    // As patterns of host names hold it.
    [domain.replaceAll(".", "\\."), "<domain>"],
    [accountId, "<account>"],
    [name, "<environment>"],
  ]);
  // Alone it may be any word: before the environment it begins the names of what the account holds, before a slash those of images.
  const ours = new RegExp(
    `(?<![\\w.])${organisation}(?=[-/ ]${name}\\b)|(?<=^|\\.com/|repository/)${organisation}(?=/)`,
    "g",
  );
  // One expression, the longest first: a contact's address holds the domain.
  const own = new RegExp([...meanings.keys()].map((text) => text.replace(/[^\w]/g, "\\$&")).join("|"), "g");
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const renamed = text.replace(ours, "<organisation>").replace(own, (found) => meanings.get(found) ?? found);
    const after =
      /\d[.-]\d/.test(renamed) || renamed.includes("_")
        ? renamed.replace(address, "<network>").replace(uniqueSuffix, "")
        : renamed;
    known.set(text, after);
    return after;
  };
}

/** Order, ownership and provider follow from the code and are judged by policies of their own (DE-07, CO-04, DE-03). */
const elsewhere: ReadonlySet<string> = new Set(["//", "depends_on", "provider", "tags", "tags_all", "lifecycle"]);

/** Whose an object or alert is, and who pays for it: GO-01 and OB-03 ask for both. */
const ownership = new RegExp(
  `(^|\\.)(${[label.owner, label.costCentre].map((key) => key.replaceAll(".", "\\.")).join("|")}|labels\\.owner)$`,
);

/** Values of environment variables, of ConfigMaps, and the digest of flags that restarts pods: settings, which environments may have otherwise. */
const setting = /(\.env\.\d+\.value|^data\..*|\.annotations\.plimsoll\.dev\/flags)$/;

export function shapeOf({ stacks, environment }: Platform): Shape {
  const plain = neutral(environment);
  const shape: Record<string, Record<string, string>> = {};
  for (const { terraform } of stacks.filter(({ role }) => role !== "secondary")) {
    for (const [type, blocks] of Object.entries(objectOf(terraform["resource"]))) {
      for (const [id, block] of Object.entries(objectOf(blocks))) {
        const path = textOf(objectOf(objectOf(objectOf(block)["//"])["metadata"])["path"]) ?? id;
        const facts: Record<string, string> = {};
        collect(withoutWrittenData(type, objectOf(block)), "", plain, facts);
        shape[`${plain(path)} (${type})`] = facts;
      }
    }
  }
  return shape;
}

/**
 * A function whose archive holds data of its environment beside the code: a variable has the digest of the data, by which a
 * policy of its own judges them (OB-22), and the archive is another one in each environment.
 */
function withoutWrittenData(type: string, block: JsonObject): JsonObject {
  const variables = objectOf(objectOf(block["environment"])["variables"]);
  const kept = Object.entries(variables).filter(([name]) => !name.endsWith("_SHA256"));
  if (type !== "aws_lambda_function" || kept.length === Object.keys(variables).length) return block;
  const packed = new Set(["filename", "source_code_hash"]);
  return {
    ...Object.fromEntries(Object.entries(block).filter(([name]) => !packed.has(name))),
    environment: { variables: Object.fromEntries(kept) },
  };
}

function collect(
  value: Json | undefined,
  at: string,
  plain: (text: string) => string,
  facts: Record<string, string>,
): void {
  if (Array.isArray(value))
    (value as readonly Json[]).forEach((entry, index) => {
      collect(entry, `${at}.${index}`, plain, facts);
    });
  else if (isObject(value))
    for (const [key, entry] of Object.entries(value)) {
      if (!elsewhere.has(key)) collect(entry, at === "" ? plain(key) : `${at}.${plain(key)}`, plain, facts);
    }
  else if (typeof value === "boolean") facts[at] = String(value);
  else if (
    typeof value === "string" &&
    !setting.test(at) &&
    !ownership.test(at) &&
    (at.endsWith("version") || !size.test(value))
  ) {
    const document = documentOf(value);
    if (document === undefined) facts[at] = shown(plain(alike[at]?.(value) ?? value));
    else collect(document, at, plain, facts);
  }
}

/** An alarm without whom it belongs to and who is notified of it: OB-03 and OB-22 ask for both. */
const meaningOf = (description: string): string =>
  description.replace(/ owner=\S+/, "").replace(/\nReceivers: .*$/, "");

/** Configuration of a node at its start, without its figures: pods and memory to keep free follow from the size of its pool. */
const nodeConfiguration = (userData: string): string =>
  Buffer.from(userData, "base64").toString("utf8").replace(/\d+/g, "<figure>");

/** Texts of which a part belongs to one environment, by their argument. */
const alike: Readonly<Record<string, (text: string) => string>> = {
  alarm_description: meaningOf,
  user_data: nodeConfiguration,
};

/** Policies and Helm values are JSON in a text: what stands in them is compared, not how long they are. */
function documentOf(text: string): JsonObject | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const shown = (text: string): string =>
  text.length <= longestShown
    ? text
    : `${text.slice(0, longestShown - 12)}… #${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;

const stackOf = (resource: string): string => resource.split("/", 1)[0] ?? resource;

export function shapeDifferences(left: Shape, right: Shape): ShapeDifference[] {
  const stacksOf = (shape: Shape): ReadonlySet<string> => new Set(Object.keys(shape).map(stackOf));
  const [ours, theirs] = [stacksOf(left), stacksOf(right)];
  const ofBoth = (resource: string): boolean => ours.has(stackOf(resource)) && theirs.has(stackOf(resource));
  const resources = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return [
    ...[...new Set(resources.map(stackOf))]
      .filter((stack) => !ofBoth(stack))
      .map((stack) => ({ resource: `the stack ${stack}`, ...presence(ours.has(stack), theirs.has(stack)) })),
    ...resources.filter(ofBoth).flatMap((resource) => resourceDifference(resource, left[resource], right[resource])),
  ];
}

const presence = (left: boolean, right: boolean): Pick<ShapeDifference, "left" | "right"> => ({
  left: left ? "there" : "none",
  right: right ? "there" : "none",
});

/** What differs alike has one cause: a long list of settings or resources hides it. */
const SHOWN_SETTINGS = 4;
const SHOWN_RESOURCES = 4;

/** One difference for all resources in which the same settings differ in the same way. */
export function byCause(differences: readonly ShapeDifference[]): ShapeDifference[] {
  const groups = new Map<string, ShapeDifference[]>();
  for (const one of differences) {
    const key = JSON.stringify([one.left, one.right]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const names = group.map(({ resource }) => resource);
    const more = names.length > SHOWN_RESOURCES ? ` and ${names.length - SHOWN_RESOURCES} more` : "";
    return group
      .slice(0, 1)
      .map((first) => ({ ...first, resource: names.slice(0, SHOWN_RESOURCES).join(", ") + more }));
  });
}

function resourceDifference(
  resource: string,
  left: Shape[string] | undefined,
  right: Shape[string] | undefined,
): ShapeDifference[] {
  if (left === undefined || right === undefined)
    return [{ resource, ...presence(left !== undefined, right !== undefined) }];
  if (agree(left, right)) return [];
  const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((path) => left[path] !== right[path])
    .sort();
  const shown = paths.slice(0, SHOWN_SETTINGS);
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more settings` : "";
  const side = (facts: Readonly<Record<string, string>>): string =>
    shown.map((path) => `${path} = ${facts[path] ?? "not set"}`).join(", ") + more;
  return [{ resource, left: side(left), right: side(right) }];
}

function agree(left: Shape[string], right: Shape[string]): boolean {
  const paths = Object.keys(left);
  return paths.length === Object.keys(right).length && paths.every((path) => left[path] === right[path]);
}
