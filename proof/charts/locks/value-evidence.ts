import type { CatalogedChart, JsonObject as ChartValues } from "../../../catalog/charts";
import type { LockedPath } from "../../../catalog/charts/model/lock";
import { valuePaths } from "../../../catalog/charts/model/value-paths";
import type { JsonObject } from "../../../readiness/inventory/json";
import { inParallel } from "../../run/parallel";
import type { ChartRelease, Charts } from "../charts";
import { another, comparable, differs, edited } from "../value-effects";

/** Keys of a path as the catalogue writes it: joined by dots, a dot inside a key as `\.`. */
const keysOf = (path: string): string[] => path.split(/(?<!\\)\./).map((key) => key.replaceAll("\\.", "."));

export const freeFormOf = ({ freeForm }: CatalogedChart, path: string): { freeForm?: string } => {
  const parent = Object.keys(freeForm)
    .filter((prefix) => path === prefix || path.startsWith(`${prefix}.`))
    .sort((a, b) => b.length - a.length)[0];
  return parent === undefined ? {} : { freeForm: parent };
};

/** Each value path of the example with what a render shows of it. */
export async function provedPaths(
  charts: Charts,
  chart: CatalogedChart,
  release: ChartRelease,
): Promise<readonly LockedPath[]> {
  const [base, bare] = [await comparable(charts, release, true), await comparable(charts, release, false)];
  const found: LockedPath[] = [];
  await inParallel(valuePaths(release.values as ChartValues), 2, async (path) => {
    const keys = keysOf(path);
    const without = { ...release, values: edited(release.values, keys, undefined) as JsonObject };
    const changed = { ...release, values: edited(release.values, keys, another) as JsonObject };
    const note = chart.readInTemplates?.[path];
    const evidence = async (): Promise<string> => {
      const removed = await comparable(charts, without, true);
      if (removed instanceof Error) return "required";
      if (differs(removed, base)) return "removed";
      if (differs(await comparable(charts, changed, true), base)) return "changed";
      if (differs(await comparable(charts, without, false), bare)) return "removed-without-crds";
      return note === undefined ? "unread" : "template";
    };
    const verified = await evidence();
    found.push({
      path,
      verified,
      ...freeFormOf(chart, path),
      ...(verified === "template" && note !== undefined ? { note } : {}),
    });
  });
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
