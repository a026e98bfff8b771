import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { JsonObject } from "../../../readiness/inventory/json";

const chartSchema = z.object({
  chart: z.string().min(1),
  version: z.string().min(1),
  appVersion: z.string(),
  kubeVersion: z.string().nullish(),
  source: z.string(),
  commit: z.string().nullable(),
  defaultValues: z.record(z.string(), z.json()),
});

/** Default values of a chart, from a data file. */
export interface ChartDefaults {
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly kubeVersion?: string | null;
  readonly source: string;
  readonly commit: string | null;
  readonly defaultValues: JsonObject;
}

/** @throws Error with every entry that is not valid */
export function readChartDefaults(file: string | undefined): readonly ChartDefaults[] {
  if (file === undefined || file === "") return [];
  if (!existsSync(file)) throw new Error(`PLIMSOLL_CHART_DEFAULTS=${file} does not exist: unset it, or name a file`);
  const parsed = z.array(chartSchema).safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success)
    throw new Error(
      `${file} is not valid:\n${parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`).join("\n")}`,
    );
  return parsed.data as readonly ChartDefaults[];
}
