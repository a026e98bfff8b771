import { quantity } from "../quantity";
import type { ChangeRule, Declared } from "./types";

const within = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`);

/** Values at a path and in the blocks below it, as one text to compare. */
export const valueAt = ({ values }: Declared, path: string): string =>
  [...values]
    .filter(([one]) => within(one, path))
    .map(([one, list]) => `${one === path ? "" : `${one.slice(path.length + 1)} `}${list.join(", ")}`)
    .sort()
    .join("; ");

export const ignores = ({ ignored }: Declared, path: string): boolean =>
  ignored === "all" || ignored.some((one) => within(path, one));

/** Paths of leaves that differ, sorted; below those in `unordered` the order of values does not count. */
export function differingPaths(before: Declared, after: Declared, unordered: readonly string[] = []): string[] {
  const paths = new Set([...before.values.keys(), ...after.values.keys()]);
  const text = ({ values }: Declared, path: string): string => {
    const list = values.get(path) ?? [];
    return JSON.stringify(unordered.some((outer) => within(path, outer)) ? [...list].sort() : list);
  };
  return [...paths].filter((path) => text(before, path) !== text(after, path)).sort();
}

const amounts = ({ values }: Declared, path: string): (number | undefined)[] => (values.get(path) ?? []).map(quantity);
const first = (resource: Declared, path: string): number | undefined => amounts(resource, path)[0];

const version = ({ values }: Declared, path: string): readonly number[] | undefined => {
  const text = values.get(path)?.[0];
  return text !== undefined && /^\d+(\.\d+)*$/.test(text) ? text.split(".").map(Number) : undefined;
};

const versionFalls = (before: readonly number[], after: readonly number[]): boolean => {
  // A shorter version leaves the rest to AWS: 16 after 16.4 is no earlier one.
  for (let index = 0; index < Math.min(before.length, after.length); index += 1)
    if (before[index] !== after[index]) return (after[index] ?? 0) < (before[index] ?? 0);
  return false;
};

const majorRises = ([before = 0]: readonly number[], [after = 0]: readonly number[]): boolean => after > before;
const skipsMinor = ([major, before = 0]: readonly number[], [newMajor, after = 0]: readonly number[]): boolean =>
  newMajor !== major || after - before > 1;

/** Whether an argument's change is one of this kind. Values that are known only after deployment are none. */
const conditions: Record<ChangeRule["when"], (rule: ChangeRule, before: Declared, after: Declared) => boolean> = {
  changes: () => true,
  disappears: ({ on }, before, after) => valueAt(before, on) !== "" && valueAt(after, on) === "",
  becomes: ({ on, equals, from }, before, after) =>
    after.values.get(on)?.[0] === equals && (from === undefined || before.values.get(on)?.[0] === from),
  shrinks: ({ on }, before, after) => {
    const now = amounts(after, on);
    return amounts(before, on).some((was, index) => was !== undefined && (now[index] ?? was) < was);
  },
  falls: byVersion(versionFalls),
  majorRises: byVersion(majorRises),
  skipsMinor: byVersion(skipsMinor),
  exceeds: ({ on, than = "" }, before, after) => (first(after, on) ?? -Infinity) > (first(before, than) ?? Infinity),
  undercuts: ({ on, than = "" }, before, after) => (first(after, on) ?? Infinity) < (first(before, than) ?? -Infinity),
};

function byVersion(test: (before: readonly number[], after: readonly number[]) => boolean) {
  return ({ on }: ChangeRule, before: Declared, after: Declared): boolean => {
    const [was, is] = [version(before, on), version(after, on)];
    return was !== undefined && is !== undefined && test(was, is);
  };
}

function holdsWhere({ on, where }: ChangeRule, after: Declared): boolean {
  if (!where) return true;
  if (where.is === "notTrue") return after.values.get(where.argument)?.[0] !== "true";
  if (where.is === "otherThan") return after.values.get(where.argument)?.[0] !== where.value;
  return (first(after, where.argument) ?? -Infinity) > (first(after, on) ?? Infinity);
}

/** The first rule of each argument that applies. The arguments in `differs` have changed and are not ignored. */
export function applyingRules(
  rules: readonly ChangeRule[],
  before: Declared,
  after: Declared,
  differs: readonly string[],
): ChangeRule[] {
  const decided = new Set<string>();
  return rules.filter((rule) => {
    const applies =
      !decided.has(rule.on) &&
      differs.some((path) => within(path, rule.on)) &&
      (rule.ifIgnored === undefined || ignores(after, rule.ifIgnored)) &&
      holdsWhere(rule, after) &&
      conditions[rule.when](rule, before, after);
    if (applies) decided.add(rule.on);
    return applies;
  });
}

/** Changed arguments that the provider cannot update. */
export const forcing = (arguments_: readonly string[], differs: readonly string[]): string[] =>
  arguments_.filter((argument) => differs.some((path) => within(path, argument)));
