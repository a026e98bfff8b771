import { basename, dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { isObject, type Json } from "../../readiness/inventory/json";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";
import type { ChartRelease, Charts } from "./charts";
import type { Ledger } from "../run/ledger";
import { inParallel } from "../run/parallel";
import { plausibleRelease, type RegionContent } from "../kubernetes/region-content";
import type { Synthesised } from "../run/synthesised";

/** Releases of the project's own chart, rendered by real helm: each object exactly as the stack gives it, and no value that nothing reads. */
export async function proveOwnCharts(
  ledger: Ledger,
  charts: Charts,
  { stacks }: Synthesised,
  content: RegionContent,
): Promise<void> {
  const releases = content.platform.releases.filter(({ local, region }) => local && region === content.region);
  await inParallel(releases, 2, async (release) => {
    const folder = stacks.find(({ name }) => name === release.stack)?.folder ?? "";
    const asGiven = { ...plausibleRelease(content, release), chart: join(folder, release.chart ?? "") };
    await proveRelease(ledger, charts, release, asGiven);
  });
}

async function proveRelease(
  ledger: Ledger,
  charts: Charts,
  { stack, address }: Release,
  given: ChartRelease,
): Promise<void> {
  const where = `${stack} ${address}`;
  try {
    const text = await charts.renderText(given);
    const [rendered, wanted] = [documentsIn(text), listOf(given.values["manifests"])].map((objects) =>
      objects.map(sorted),
    ) as [string[], string[]];
    const lost = wanted
      .filter((object) => !rendered.includes(object))
      .concat(rendered.filter((object) => !wanted.includes(object)));
    if (lost.length === 0) ledger.proved("objects that helm renders as they are given", wanted.length);
    else
      ledger.failed(
        `${where}: helm renders something else than what is given`,
        lost.map((object) => object.slice(0, 300)).join("\n"),
      );
    for (const key of Object.keys(given.values)) {
      const without = await charts.renderText({
        ...given,
        values: Object.fromEntries(Object.entries(given.values).filter(([name]) => name !== key)),
      });
      if (without !== text) ledger.proved("chart values read");
      else
        ledger.failed(
          `${where}: chart ${basename(dirname(given.chart))} does not read the value ${key}`,
          "the render is the same without it: it is misspelt, or belongs to another chart",
        );
    }
  } catch (error) {
    ledger.failed(`${where}: helm does not render it`, error instanceof Error ? error.message : String(error));
  }
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);

const documentsIn = (text: string): Json[] =>
  parseAllDocuments(text).flatMap((document): Json[] => {
    const value = document.toJS({ maxAliasCount: -1 }) as Json;
    return isObject(value) ? [value] : [];
  });

/** JSON with sorted keys: helm writes them so. */
const sorted = (value: Json): string =>
  JSON.stringify(value, (_key, one: Json) =>
    isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
