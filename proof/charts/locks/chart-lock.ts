import type { CatalogedChart } from "../../../catalog/charts";
import type { ChartLock, LockedImage } from "../../../catalog/charts/model/lock";
import { valuePaths, valuesDigest } from "../../../catalog/charts/model/value-paths";
import { type JsonObject, objectOf, textOf } from "../../../readiness/inventory/json";
import type { ChartRelease, Charts } from "../charts";
import type { ChartDefaults } from "./chart-defaults";
import { kindsIn, renderedFacts } from "./rendered-facts";
import { freeFormOf, provedPaths } from "./value-evidence";

/** What a lock is made from besides the chart itself. */
export interface LockSources {
  /** The chart's entry in the data file of default values, of the same version. */
  readonly defaults: ChartDefaults | undefined;
  /** Day, YYYY-MM-DD. */
  readonly today: string;
}

type Dated = Omit<ChartLock, "made">;

/** The lock of a chart whose archive is at hand: everything in it was rendered. */
export async function renderedLock(
  charts: Charts,
  chart: CatalogedChart,
  tool: string,
  sources: LockSources,
): Promise<ChartLock> {
  const release: ChartRelease = {
    chart: chart.chart,
    version: chart.version,
    repository: chart.repository,
    name: chart.releaseName,
    namespace: chart.namespace,
    values: chart.exampleValues(),
    skipsCrds: false,
  };
  const facts = await charts.show(release, "chart");
  const objects = await charts.render(release);
  const bringing = { ...release, values: withCrds(chart, release.values) };
  const templates = new Set(kindsIn(await charts.render({ ...bringing, skipsCrds: true })).map(({ name }) => name));
  const kinds = kindsIn(await charts.render(bringing));
  const hooked = objects.some(
    ({ kind, metadata }) => kind === "Job" && /crd/.test(metadata.name ?? "") && metadata.annotations?.["helm.sh/hook"],
  );
  const rendered = renderedFacts(objects, {
    chart: await charts.packed(release),
    values: JSON.stringify(release.values),
    manifest: withoutCertificates(await charts.renderText({ ...release, skipsCrds: true })),
  });
  return dated(chart, sources.today, {
    provenance: "rendered",
    with: tool,
    chart: chart.chart,
    version: chart.version,
    appVersion: textOf(facts["appVersion"]) ?? String(facts["appVersion"]),
    kubeVersion: textOf(facts["kubeVersion"]) ?? null,
    ...sourceOf(chart, sources),
    valuesDigest: valuesDigest(chart.exampleValues()),
    rendered,
    paths: await provedPaths(charts, chart, release),
    crds: {
      installation:
        kinds.length === 0
          ? "none"
          : kinds.every(({ name }) => templates.has(name))
            ? "templates"
            : hooked
              ? "crds-folder-and-hook"
              : "crds-folder",
      kinds,
    },
    images: imagesOf(chart, rendered.images),
  });
}

/** The values with the chart's switch for CRDs on: which kinds it brings then is a fact of the chart, not of our values. */
function withCrds({ crdSwitch }: CatalogedChart, values: JsonObject): JsonObject {
  const set = (at: JsonObject, [key, ...rest]: readonly string[]): JsonObject =>
    key === undefined ? at : { ...at, [key]: rest.length === 0 ? true : set(objectOf(at[key]), rest) };
  return crdSwitch === undefined ? values : set(values, crdSwitch.path.split("."));
}

/** The lock of a chart that cannot be reached: which values exist is known, not which are read, nor what runs. */
export function defaultsLock(chart: CatalogedChart, defaults: ChartDefaults, sources: LockSources): ChartLock {
  return dated(chart, sources.today, {
    provenance: "defaults",
    with: "default values of the chart; nothing was rendered",
    chart: chart.chart,
    version: chart.version,
    appVersion: defaults.appVersion,
    kubeVersion: defaults.kubeVersion ?? null,
    ...sourceOf(chart, sources),
    valuesDigest: valuesDigest(chart.exampleValues()),
    rendered: null,
    paths: valuePaths(chart.exampleValues()).map((path) => ({
      path,
      verified: exists(path, defaults.defaultValues) ? "default" : "unread",
      ...freeFormOf(chart, path),
    })),
    crds: { installation: "unknown", kinds: [] },
    images: [],
  });
}

const exists = (path: string, values: JsonObject): boolean => {
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));
  const last = keys.pop() ?? "";
  return last in keys.reduce<JsonObject>((at, key) => objectOf(at[key]), values);
};

const withoutCertificates = (text: string): string =>
  text.replace(/(caBundle|tls\.crt|tls\.key|ca\.crt|ca\.key): .*/g, "$1: generated");

/** Where the chart's source lies: from the data file, or as the last lock of the same version has it. */
function sourceOf(chart: CatalogedChart, { defaults }: LockSources): Pick<ChartLock, "source" | "commit"> {
  if (chart.lock.version === chart.version) return { source: chart.lock.source, commit: chart.lock.commit };
  return defaults === undefined
    ? { source: chart.repository, commit: null }
    : { source: defaults.source.replace(/@[^@]*$/, ""), commit: defaults.commit };
}

/** Digests are entered by hand with their source; those of images that stay are kept. */
const imagesOf = (chart: CatalogedChart, images: readonly string[]): LockedImage[] =>
  images.map(
    (image) =>
      chart.lock.images.find((known) => known.image === image) ?? {
        image,
        digest: null,
        confidence: "none",
        source: "not looked for",
      },
  );

/** Keeps the day of the last lock where nothing else changed: the same input gives the same bytes. */
function dated(chart: CatalogedChart, today: string, lock: Dated): ChartLock {
  const { made, ...before } = chart.lock;
  const same = JSON.stringify(sortedKeys(before)) === JSON.stringify(sortedKeys(lock));
  const { provenance, ...rest } = lock;
  return { provenance, made: same ? made : today, ...rest };
}

const sortedKeys = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sortedKeys)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, entry]) => [key, sortedKeys(entry)]),
        )
      : value;
