import { addOnFit, chartFit, type VersionFit } from "../../../catalog/version-fit";
import {
  daysOfSupportLeft,
  supportCalendar,
  supportItem,
  supportPhase,
  type SupportItem,
} from "../../../catalog/support-calendar";
import type { Platform } from "../../inventory/platform";
import type { Resource } from "../../inventory/resource";

type Product = SupportItem["product"];

/** `models.support` of report.json: how long what runs is supported, and whether it fits the cluster. */
export interface SupportSection {
  /** ISO date that the days are counted from. */
  readonly asOf: string;
  readonly retrieved: string;
  readonly products: readonly {
    readonly product: Product;
    readonly version: string;
    readonly where: readonly string[];
    readonly phase: string;
    readonly endOfStandardSupport: string | null;
    readonly daysLeft: number | null;
    readonly endOfExtendedSupport: string | null;
    readonly sources: readonly string[];
    readonly note: string | null;
  }[];
  readonly addOns: readonly FitLine[];
  readonly charts: readonly FitLine[];
}
interface FitLine {
  readonly name: string;
  readonly version: string;
  readonly kubernetes: string;
  readonly regions: readonly string[];
  readonly fits: boolean | null;
  readonly reason: string;
  readonly source: string;
}

export function supportSection(platform: Platform): SupportSection {
  const fits = fitLines(platform);
  return {
    asOf: platform.now.slice(0, 10),
    retrieved: supportCalendar().retrieved,
    products: products(platform),
    addOns: fits(
      platform.addOns.map(({ resource, name, version }) => ({ region: resource.region, name, version })),
      addOnFit,
    ),
    charts: fits(
      platform.releases
        .filter(({ local }) => !local)
        .map(({ region, chart, version }) => ({ region, name: chart, version })),
      chartFit,
    ),
  };
}

interface Used {
  readonly product: Product;
  readonly version: string;
  readonly where: string;
}

/** A database or cache engine in the words of the calendar: those that support only majors drop what follows. */
function engineOf(resource: Resource): Used[] {
  const [engine, version] = [resource.text("engine") ?? "redis", resource.text("engine_version")];
  const product = (
    {
      postgres: "rds-postgresql",
      "aurora-postgresql": "rds-postgresql",
      redis: "elasticache-redis",
      valkey: "valkey",
    } as const
  )[engine];
  if (product === undefined || version === undefined) return [];
  const [major = "", minor] = version.split(".");
  return [
    {
      product,
      version: product === "valkey" && minor !== undefined ? `${major}.${minor}` : major,
      where: `${resource.stack}/${resource.address}`,
    },
  ];
}

/** AL2023_x86_64_STANDARD and its kin are images of Amazon Linux 2023. */
const amiRelease = (amiType: string | undefined): string | undefined => /^AL(\d{4})_/.exec(amiType ?? "")?.[1];

function usedBy(platform: Platform): Used[] {
  return [
    ...platform.clusters.flatMap(({ version, stack, address }): Used[] =>
      version === undefined ? [] : [{ product: "eks", version, where: `${stack}/${address}` }],
    ),
    ...platform.nodeGroups.flatMap(({ amiType, stack, address }): Used[] => {
      const release = amiRelease(amiType);
      return release === undefined ? [] : [{ product: "amazon-linux", version: release, where: `${stack}/${address}` }];
    }),
    ...platform
      .ofType("aws_db_instance", "aws_rds_cluster", "aws_elasticache_replication_group", "aws_elasticache_cluster")
      .flatMap(engineOf),
  ];
}

function products(platform: Platform): SupportSection["products"] {
  const used = usedBy(platform);
  const keys = [...new Set(used.map(({ product, version }) => `${product} ${version}`))].sort();
  return keys.flatMap((key) => {
    const same = used.filter(({ product, version }) => `${product} ${version}` === key);
    const [first] = same;
    return first === undefined
      ? []
      : [
          {
            product: first.product,
            version: first.version,
            where: [...new Set(same.map(({ where }) => where))].sort(),
            ...supportOf(first, new Date(platform.now)),
          },
        ];
  });
}

function supportOf({ product, version }: Used, now: Date) {
  const item = supportItem(product, version);
  if (item === undefined)
    return {
      phase: "unknown",
      endOfStandardSupport: null,
      daysLeft: null,
      endOfExtendedSupport: null,
      sources: [],
      note: "not in catalog/support-calendar.json",
    };
  const { sources } = supportCalendar();
  return {
    phase: supportPhase(item, now),
    endOfStandardSupport: item.endOfStandardSupport,
    daysLeft: daysOfSupportLeft(item, now) ?? null,
    endOfExtendedSupport: item.endOfExtendedSupport,
    sources: item.sources.map(
      (source) => `${sources[source]?.location ?? source} (${sources[source]?.date ?? "no date"})`,
    ),
    note: item.note ?? null,
  };
}

interface Deployed {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
}

const fitLines =
  (platform: Platform) =>
  (
    deployed: readonly Deployed[],
    fit: (name: string, version: string, kubernetes: string) => VersionFit,
  ): FitLine[] => {
    const lines = new Map<string, FitLine>();
    for (const { region = "", name = "", version = "none" } of deployed) {
      const kubernetes = platform.clusters.find((cluster) => cluster.region === region)?.version ?? "unknown";
      const key = `${name} ${version} ${kubernetes}`;
      const { fits, reason, source } = fit(name, version, kubernetes);
      lines.set(key, {
        name,
        version,
        kubernetes,
        regions: [...new Set([...(lines.get(key)?.regions ?? []), region])].sort(),
        fits: fits ?? null,
        reason,
        source,
      });
    }
    return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  };
