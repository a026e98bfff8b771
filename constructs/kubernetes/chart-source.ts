import type { Declaration } from "../guarded";

interface InCatalogue {
  /** Of the chart's folder in the catalogue. */
  readonly key: string;
}

/** A part of the chart's own file in the catalogue, such as `installation.permissions`; the whole without a path. */
export const inChart = ({ key }: InCatalogue, path = ""): Declaration => ({
  file: `catalog/charts/${key}/chart.ts`,
  path,
});

/** The values that the chart's own file gives it; what is not written there stands at the definition of the chart. */
export const valuesOf = (chart: InCatalogue): Declaration => ({
  ...inChart(chart, "values"),
  otherwise: inChart(chart),
});
