import { regionalDifferences, type RegionalDifference } from "../../../catalog/regional-differences";
import type { RegionRole } from "../../../config/environment";
import { objectOf, textOf } from "../../inventory/json";
import type { Platform, Stack } from "../../inventory/platform";
import { perPlatform } from "../per-platform";
import { leavesOf, type Leaves, neutralFor } from "./neutral-leaves";

/** A resource that the two regions have differently, or that one of them lacks. */
export interface ParityDifference {
  /** Construct path in the secondary, or in the primary where the secondary lacks the resource. */
  readonly constructPath: string;
  readonly stack: string;
  readonly address: string;
  readonly primary: string;
  readonly secondary: string;
}

/** A stack of the primary with its counterpart in the secondary. */
export interface StackPair {
  readonly primary: Stack | undefined;
  readonly secondary: Stack | undefined;
  readonly differences: readonly ParityDifference[];
  /** Resources that were compared. */
  readonly compared: number;
}

interface Placed {
  readonly constructPath: string;
  readonly address: string;
  readonly type: string;
  readonly leaves: Leaves;
}

/** Most arguments that a difference shows. */
const mostShown = 4;

/** Every stack of a region with its counterpart, and the arguments in which they differ without being meant to. */
export const stackPairs = perPlatform((platform: Platform): readonly StackPair[] => {
  const stackOf = (role: RegionRole, key: string): Stack | undefined =>
    platform.stacks.find((stack) => stack.role === role && keyOf(stack, platform) === key);
  const keys = new Set(
    platform.stacks
      .filter(({ role }) => role === "primary" || role === "secondary")
      .map((stack) => keyOf(stack, platform)),
  );
  return [...keys].sort().map((key) => pairOf(platform, stackOf("primary", key), stackOf("secondary", key)));
});

/** A state bucket is in a third region: the name of a stack says whose it is. */
const keyOf = ({ name }: Stack, { environment: { regions } }: Platform): string =>
  name.replace(regions.primary.name, "<region>").replace(regions.secondary.name, "<region>");

function pairOf(platform: Platform, primary: Stack | undefined, secondary: Stack | undefined): StackPair {
  if (!primary || !secondary) return { primary, secondary, differences: [], compared: 0 };
  const [ours, theirs] = [placedIn(platform, primary, "primary"), placedIn(platform, secondary, "secondary")];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const layer = primary.layer ?? "";
  return {
    primary,
    secondary,
    compared: names.length,
    differences: names.flatMap((name) => {
      const [one, other] = [ours.get(name), theirs.get(name)];
      const placed = other ?? one;
      if (!placed) return [];
      const meant = regionalDifferences.filter((difference) => applies(difference, layer, placed, name));
      return differenceOf(one, other, meant, (other ? secondary : primary).name);
    }),
  };
}

function applies({ layer, type, path }: RegionalDifference, ofLayer: string, placed: Placed, name: string): boolean {
  const [constructPath = ""] = name.split(" ");
  return (layer === "*" || layer === ofLayer) && (type === "*" || type === placed.type) && path.test(constructPath);
}

function differenceOf(
  one: Placed | undefined,
  other: Placed | undefined,
  meant: readonly RegionalDifference[],
  stack: string,
): ParityDifference[] {
  const placed = other ?? one;
  if (!placed) return [];
  const at = { constructPath: placed.constructPath, address: placed.address, stack };
  if (!one || !other) {
    const role = one ? "primary" : "secondary";
    if (meant.some(({ onlyIn }) => onlyIn === role)) return [];
    return [{ ...at, primary: one ? "exists" : "missing", secondary: other ? "exists" : "missing" }];
  }
  const differing = [...new Set([...one.leaves.keys(), ...other.leaves.keys()])]
    .filter((path) => one.leaves.get(path) !== other.leaves.get(path))
    .filter((path) => !meant.some(({ argument }) => argument?.test(path)))
    .sort();
  if (differing.length === 0) return [];
  const side = (leaves: Leaves): string => {
    const shown = differing.slice(0, mostShown).map((path) => `${path} = ${leaves.get(path) ?? "not set"}`);
    return [...shown, ...(differing.length > mostShown ? [`and ${differing.length - mostShown} more`] : [])].join(", ");
  };
  return [{ ...at, primary: side(one.leaves), secondary: side(other.leaves) }];
}

function placedIn(platform: Platform, stack: Stack, role: RegionRole): Map<string, Placed> {
  const neutral = neutralFor(platform.environment, role);
  const placed = new Map<string, Placed>();
  for (const [type, blocks] of Object.entries(objectOf(stack.terraform["resource"])))
    for (const [id, block] of Object.entries(objectOf(blocks))) {
      const constructPath =
        textOf(objectOf(objectOf(objectOf(block)["//"])["metadata"])["path"]) ?? `${stack.name}/${id}`;
      const within = neutral(constructPath.split("/").slice(1).join("/"));
      placed.set(`${within} (${type})`, {
        constructPath,
        address: `${type}.${id}`,
        type,
        leaves: leavesOf(block, neutral),
      });
    }
  return placed;
}
