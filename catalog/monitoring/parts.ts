import data from "./parts.json";

type Value = string | number | boolean | readonly unknown[];

/** A value of a release that a part needs, with the chart's own default. Exactly one of the three conditions is set. */
export interface PartNeed {
  readonly path: readonly string[];
  readonly equals?: Value;
  readonly atLeast?: number;
  readonly includes?: string;
  readonly default?: Value;
}

/** A part of the monitoring stack that reports name. */
export interface MonitoringPart {
  readonly part: string;
  readonly chart: string;
  readonly needs: readonly PartNeed[];
}

export const monitoringParts: readonly MonitoringPart[] = data.parts;
