import { arrayOf, isObject, type Json, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Cluster } from "../../../inventory/facts/aws/clusters";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { equals, holds } from "../../../policy/comparison";
import { fail, unknown, type Verdict } from "../../../policy/verdict";

type Meaning = "region" | "cluster" | "network";

/** What values of charts, variables and flags of AWS's software are called that say where the software is. */
const meanings: readonly (readonly [RegExp, Meaning])[] = [
  [/^-*(aws[-_]?)?(default[-_]?)?region$/i, "region"],
  [/^-*(eks[-_]?)?cluster[-_]?name$/i, "cluster"],
  [/^-*(aws[-_]?)?vpc[-_]?id$/i, "network"],
];

/** Parts of charts that name places of other regions by design; DR-28 and SC-29 judge them. */
const elsewhere = ["backupStorageLocation", "volumeSnapshotLocation"];

/** A value that says where the software is. */
export interface Told {
  readonly path: string;
  readonly meaning: Meaning;
  readonly value: string;
}

const meaningOf = (name: string): Meaning | undefined => meanings.find(([pattern]) => pattern.test(name))?.[1];

/** Values by their name, variables (`{name, value}`) and flags (`--aws-region=…`), at any depth. */
export function toldIn(value: Json | undefined, path: string): readonly Told[] {
  if (typeof value === "string") {
    const [, name = "", given = ""] = /^--([\w-]+)[= ](.+)$/.exec(value) ?? [];
    return told(name, given, path);
  }
  if (Array.isArray(value)) return arrayOf(value).flatMap((entry, index) => toldIn(entry, `${path}.${index}`));
  if (!isObject(value)) return [];
  return [
    ...told(textOf(value["name"]) ?? "", value["value"], path),
    ...Object.entries(value)
      .filter(([key]) => !elsewhere.includes(key))
      .flatMap(([key, entry]) => {
        const at = path === "" ? key : `${path}.${key}`;
        return [...told(key, entry, at), ...toldIn(entry, at)];
      }),
  ];
}

function told(name: string, value: Json | undefined, path: string): readonly Told[] {
  const meaning = meaningOf(name);
  return meaning !== undefined && typeof value === "string" && value !== "" ? [{ path, meaning, value }] : [];
}

/** Against the cluster that the release is deployed to. */
export function judgeTold(
  { path, meaning, value }: Told,
  cluster: Cluster,
  release: Release,
  platform: Platform,
): Verdict {
  if (meaning === "region") return equals(cluster.region, value, path);
  if (meaning === "cluster" && !value.includes("${")) return equals(cluster.name, value, path);
  const network = platform.networks.find(({ region }) => region === cluster.region)?.resource;
  const own = meaning === "cluster" ? cluster.resource : network;
  const mentioned = [...release.resource.resources("values"), ...release.resource.resources("set")];
  const addressed = own !== undefined && value.includes(`${own.address}.`) && mentioned.includes(own);
  if (addressed) return holds(true, `${path} of ${own.label}`, value);
  return value.includes("${") && own === undefined
    ? unknown(`${path}: ${value} is only known after deployment`)
    : fail({
        expected: `${path} of ${own?.label ?? `the ${meaning}`} in ${cluster.region ?? "its region"}`,
        actual: value,
      });
}
