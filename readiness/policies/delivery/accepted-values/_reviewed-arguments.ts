import {
  reviewedKind,
  reviewedType,
  type ReviewedType,
  type Setting,
} from "../../../../catalog/resource-types/settings";
import { isObject, type Json, type JsonObject } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Resource } from "../../../inventory/resource";
import { mustProtectData } from "../../../policy-terms/scope";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Arguments whose keys are names of the user. */
const maps =
  /(^|\.)(tags|tags_all|labels|annotations|matchLabels|nodeSelector|environment\.variables|dimensions|params|template\.data)$/;
/** What Terraform itself reads. */
const own = new Set([
  "//",
  "depends_on",
  "provider",
  "count",
  "for_each",
  "provisioner",
  "connection",
  "lifecycle",
  "region",
]);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

type Written = ReadonlyMap<string, readonly Json[]>;

/** Every value that is written, by path without the positions of lists; a parameter by its name. */
function written(args: JsonObject): Written {
  const found = new Map<string, Json[]>();
  const note = (path: string, value: Json): void => void found.set(path, [...(found.get(path) ?? []), value]);
  const walk = (path: string, value: Json | undefined): void => {
    if (value === undefined || value === null) return;
    if (isList(value) && value.some(isObject)) for (const entry of value) walk(path, entry);
    else if (path === "parameter" && isObject(value))
      note(`parameter.${String(value["name"])}`, value["value"] ?? "nothing");
    else if (isObject(value) && !maps.test(path) && Object.keys(value).length > 0)
      for (const [name, inner] of Object.entries(value)) walk(`${path}.${name}`, inner);
    else note(path, value);
  };
  for (const [name, value] of Object.entries(args)) if (!own.has(name)) walk(name, value);
  return found;
}

const spread = (values: readonly Json[]): readonly Json[] =>
  values.flatMap((value): readonly Json[] => (isList(value) ? value : [value]));
const shown = (values: readonly Json[]): string =>
  values.length === 0
    ? "nothing"
    : spread(values)
        .map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
        .join(", ");

const patterns = new Map<string, RegExp>();
/** The pattern, compiled once: it is held against every value of its argument. */
function pattern(source: string): RegExp {
  const known = patterns.get(source) ?? new RegExp(source);
  patterns.set(source, known);
  return known;
}

/** What is wrong with the values, in the words of what is allowed. */
function broken(setting: Setting, values: readonly Json[]): string | undefined {
  const each = spread(values);
  const every = (allowed: string, fits: (value: Json) => boolean) => (each.every(fits) ? undefined : allowed);
  const number = (value: Json): number => (String(value).trim() === "" ? Number.NaN : Number(value));
  if (setting.unset) return "not set";
  if (setting.is) {
    const allowed = setting.is.map(String);
    return every(allowed.join(" or "), (value) => allowed.includes(String(value)));
  }
  if (setting.atLeast !== undefined)
    return every(`≥ ${setting.atLeast}`, (value) => number(value) >= (setting.atLeast ?? 0));
  if (setting.atMost !== undefined)
    return every(`≤ ${setting.atMost}`, (value) => number(value) <= (setting.atMost ?? 0));
  if (setting.matches !== undefined)
    return every(`of the form ${setting.matches}`, (value) => pattern(setting.matches ?? "").test(String(value)));
  if (setting.notMatches !== undefined)
    return every(
      `not of the form ${setting.notMatches}`,
      (value) => !pattern(setting.notMatches ?? "").test(String(value)),
    );
  if (setting.holds)
    return setting.holds.every((one) => each.includes(one)) ? undefined : `with ${setting.holds.join(" and ")}`;
  if (setting.distinct) return new Set(each.map(String)).size === each.length ? undefined : "no value twice";
  const [least, most] = setting.count ?? [0, Number.MAX_SAFE_INTEGER];
  return each.length >= least && each.length <= most ? undefined : `${least} to ${most} entries`;
}

/** Whether the resource has one of the values for each argument of the condition. */
const meets = (condition: Setting["where"], all: Written): boolean =>
  Object.entries(condition ?? {}).every(([path, wanted]) => {
    const values = [wanted].flat().map(String);
    return spread(all.get(path) ?? []).some((value) => values.includes(String(value)));
  });

function judgeSetting(label: string, path: string, setting: Setting, all: Written): Verdict[] {
  if (setting.where && !meets(setting.where, all)) return [];
  if (setting.unless && meets(setting.unless, all)) return [];
  const below = setting.unset ? [...all].filter(([name]) => name === path || name.startsWith(`${path}.`)) : [];
  const values = setting.unset ? below.flatMap(([, one]) => one) : all.get(path);
  if (setting.unset ? below.length === 0 : values === undefined && setting.optional) return [];
  const expected = values === undefined ? "set" : broken(setting, values);
  if (expected === undefined) return [];
  const actual = shown(values ?? []);
  return [
    fail({
      expected: `${path} ${expected}`,
      actual,
      message: `${label}: ${path} ${expected}; found ${actual}: ${setting.because}`,
    }),
  ];
}

const isReviewed = (path: string, { reviewed, settings }: ReviewedType): boolean =>
  reviewed.some(
    (one) => one === "*" || one === path || (one.endsWith(".*") && `${path}.`.startsWith(one.slice(0, -1))),
  ) ||
  Object.keys(settings).some((one) => one === path || (settings[one]?.unset === true && path.startsWith(`${one}.`)));

/** What of the arguments was not reviewed, or has a value that was not. */
function judge(label: string, args: JsonObject, type: ReviewedType, platform: Platform): readonly Verdict[] {
  const all = written(args);
  const unreviewed = [...all]
    .filter(([path]) => !isReviewed(path, type))
    .map(([path, values]) =>
      fail({
        expected: "only what was reviewed",
        actual: `${path} = ${shown(values)}`,
        message: `${label}: ${path} = ${shown(values)} was not reviewed, and no policy reads it: ${type.because}`,
      }),
    );
  const found = [
    ...Object.entries(type.settings)
      .filter(([, { protects }]) => !protects || mustProtectData(platform))
      .flatMap(([path, setting]) => judgeSetting(label, path, setting, all)),
    ...unreviewed,
  ];
  return found.length > 0 ? found : [pass("as reviewed")];
}

export function judgeArguments(resource: Resource, platform: Platform): readonly Verdict[] {
  const type = reviewedType(resource.type);
  return type ? judge(resource.label, resource.arguments, type, platform) : [];
}

/** Metadata is other policies'. */
export function judgeFields(label: string, object: JsonObject, platform: Platform): readonly Verdict[] {
  const kind = reviewedKind(String(object["kind"]));
  const fields = Object.fromEntries(
    Object.entries(object).filter(([name]) => !["apiVersion", "kind", "metadata", "status"].includes(name)),
  );
  return kind ? judge(label, fields, kind, platform) : [];
}
