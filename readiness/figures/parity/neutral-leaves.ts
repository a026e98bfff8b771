import type { Environment, RegionRole } from "../../../config/environment";
import { isObject, type Json } from "../../inventory/json";

/** Arguments of one resource by their dotted path, without what names the region. */
export type Leaves = ReadonlyMap<string, string>;

/** Order and provider follow from the stack; DE-07 and DE-03 judge them. */
const elsewhere: ReadonlySet<string> = new Set(["//", "depends_on", "provider"]);
const uniqueSuffix = /_[0-9A-F]{8}(?![0-9A-F])/g;
const ipv4 = /\b(\d{1,3})([.-])(\d{1,3})\2(\d{1,3})\2(\d{1,3})(?:[/-](\d{1,2})\b)?/g;

/** Replaces what names a region: its name in all spellings, its addresses, and suffixes that follow from paths. */
export function neutralFor({ regions }: Environment, role: RegionRole): (text: string) => string {
  const own = regions[role];
  const other = regions[role === "primary" ? "secondary" : "primary"];
  const names = [
    [own.name, "<region>"],
    [other.name, "<other region>"],
    [own.name.replaceAll("-", ""), "<region>"],
    [other.name.replaceAll("-", ""), "<other region>"],
  ] as const;
  const networks = [
    [networkOf(own.cidr), "<network>"],
    [networkOf(other.cidr), "<other network>"],
  ] as const;
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    let after = text;
    for (const [name, meaning] of names) after = after.replaceAll(name, meaning);
    after = after.replace(uniqueSuffix, "").replace(ipv4, (...found: string[]) => {
      const [written = "", a, , b, c, d, mask] = found;
      const value = numberOf([a, b, c, d].map(Number));
      // A block that is larger than the network, such as 10.0.0.0/8, names no region.
      const network = networks.find(
        ([{ first, last, bits }]) => value >= first && value <= last && (mask === undefined || Number(mask) >= bits),
      );
      return network ? `${network[1]}+${value - network[0].first}${mask === undefined ? "" : `/${mask}`}` : written;
    });
    known.set(text, after);
    return after;
  };
}

const numberOf = (octets: readonly number[]): number => octets.reduce((sum, octet) => sum * 256 + octet, 0);

/** First and last address as numbers, and the length of the prefix. */
function networkOf(cidr: string): { readonly first: number; readonly last: number; readonly bits: number } {
  const [address = "", length = "32"] = cidr.split("/");
  const first = numberOf(address.split(".").map(Number));
  return { first, last: first + 2 ** (32 - Number(length)) - 1, bits: Number(length) };
}

/** Leaves of a block; JSON in a text is read, lists keep their order. */
export function leavesOf(block: Json | undefined, neutral: (text: string) => string): Leaves {
  const leaves = new Map<string, string>();
  collect(block, "", neutral, leaves);
  return leaves;
}

function collect(value: Json | undefined, at: string, neutral: (text: string) => string, leaves: Map<string, string>) {
  if (value === undefined || value === null) return;
  if (Array.isArray(value))
    (value as readonly Json[]).forEach((entry, index) => collect(entry, `${at}.${index}`, neutral, leaves));
  else if (isObject(value))
    for (const [key, entry] of Object.entries(value)) {
      if (!(at === "" && elsewhere.has(key)))
        collect(entry, at === "" ? neutral(key) : `${at}.${neutral(key)}`, neutral, leaves);
    }
  else if (typeof value === "string") {
    const document = documentOf(value);
    if (document === undefined) leaves.set(at, neutral(value));
    else collect(document, at, neutral, leaves);
  } else leaves.set(at, String(value));
}

function documentOf(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
