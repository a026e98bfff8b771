import { drainAllNodes } from "../drain/drain";
import type { DrainInput, DrainResult } from "../drain/drain";
import { pack } from "./pack";
import type { Packing, PackingInput } from "./pack";
import type { Packer } from "./packer";
import { ZONE_LABEL } from "../types";

/** A name of AWS's zones, long enough not to be part of another word; the region is the name without its last letter. */
const AWS_ZONE = /^[a-z]{2}(-[a-z]+)+-\d+[a-z]$/;

/**
 * A packer that computes each question once. Questions that differ only in the names of their zones and regions are one:
 * the loss of any zone of a symmetrical cluster, and two regions that are alike. Every answer is computed under neutral
 * names, so that it does not depend on what was asked before.
 */
export function sharedPackings(compute: Packer = pack): Packer {
  const known = new Map<string, Packing>();
  return (input, options = {}) => {
    const names = namesOfZones(input.nodes.flatMap(({ labels }) => labels[ZONE_LABEL] ?? []));
    const ordered = sorted(input);
    const neutral = neutralWith(names);
    const key = neutral(
      JSON.stringify([ordered, options.orders, options.seed, options.maxVisits, options.stopAtFirstFailure]),
    );
    const packing = known.get(key) ?? compute(renamed(ordered, neutral), options);
    known.set(key, packing);
    return withNames(packing, names);
  };
}

/**
 * A drain that is computed once for clusters that differ only in the names of their zones and regions, and in their prices.
 */
export function sharedDrains(
  compute: (input: DrainInput) => DrainResult = drainAllNodes,
): (input: DrainInput) => DrainResult {
  const known = new Map<string, DrainResult>();
  return (input) => {
    const names = namesOfZones(input.cluster.pools.flatMap(({ zones }) => zones));
    const plain = withoutPlace(input);
    const neutral = neutralWith(names);
    const key = neutral(JSON.stringify(plain));
    const result = known.get(key) ?? compute(renamed(plain, neutral));
    known.set(key, result);
    return renamed(result, (text) => real(text, names));
  };
}

/** Prices, and names and sizes of subnets: what differs between regions and decides nothing of a drain. */
function withoutPlace(input: DrainInput): DrainInput {
  const { types, subnets } = input.cluster;
  return {
    ...input,
    cluster: {
      ...input.cluster,
      types: types.map((type) => ({ ...type, usdPerHour: 0 })),
      ...(subnets === undefined
        ? {}
        : { subnets: subnets.map(({ zone }) => ({ name: zone, zone, prefixLength: 24 })) }),
    },
  };
}

type Name = readonly [name: string, neutralName: string];

/** Zones before regions, whose names they contain. Braces occur in no name of Kubernetes or AWS. */
function namesOfZones(all: readonly string[]): Name[] {
  const zones = [...new Set(all)].filter((zone) => AWS_ZONE.test(zone)).sort();
  const regions = [...new Set(zones.map((zone) => zone.slice(0, -1)))].sort();
  return [
    ...zones.map((zone, at): Name => [zone, `{zone ${at}}`]),
    ...regions.map((region, at): Name => [region, `{region ${at}}`]),
  ];
}

const by =
  <T>(name: (one: T) => string) =>
  (a: T, b: T): number =>
    name(a) < name(b) ? -1 : 1;

const sorted = (input: PackingInput): PackingInput => ({
  ...input,
  nodes: [...input.nodes].sort(by(({ name }) => name)),
  pods: [...input.pods].sort(by(({ workload }) => workload)),
  daemonSets: [...(input.daemonSets ?? [])].sort(by(({ workload }) => workload)),
});

/** Looks for all names at once: hardly any text holds one. */
function neutralWith(names: readonly Name[]): (text: string) => string {
  const neutralNames = new Map(names);
  const anyName = new RegExp(names.map(([name]) => name).join("|") || "(?!)", "g");
  return (text) => text.replace(anyName, (name) => neutralNames.get(name) ?? name);
}

const real = (text: string, names: readonly Name[]): string =>
  text.includes("{") ? names.reduce((so, [name, neutralName]) => so.replaceAll(neutralName, name), text) : text;

function withNames(packing: Packing, names: readonly Name[]): Packing {
  const of = (text: string): string => real(text, names);
  const optional = (text: string | undefined): string | undefined => (text === undefined ? undefined : of(text));
  return {
    ...packing,
    because: of(packing.because),
    leftOver: packing.leftOver.map((left) => ({ ...left, workload: of(left.workload), reason: of(left.reason) })),
    nodes: packing.nodes
      .map((use) => ({
        ...use,
        node: of(use.node),
        pool: optional(use.pool),
        zone: optional(use.zone),
        pods: use.pods.map(({ workload, count }) => ({ workload: of(workload), count })),
      }))
      .sort(by(({ node }) => node)),
    ...(packing.witnesses === undefined
      ? {}
      : { witnesses: { fitting: packing.witnesses.fitting.map(of), failing: packing.witnesses.failing.map(of) } }),
    pools: packing.pools.map((use) => ({ ...use, pool: of(use.pool) })).sort(by(({ pool }) => pool)),
  };
}

/** The same data with other texts; keys stay. */
function renamed<T>(value: T, rename: (text: string) => string): T;
function renamed(value: unknown, rename: (text: string) => string): unknown {
  if (typeof value === "string") return rename(value);
  if (Array.isArray(value)) return value.map((one: unknown) => renamed(one, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, rename)]));
}
