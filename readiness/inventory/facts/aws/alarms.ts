import type { Item } from "../../item";
import type { Resource } from "../../resource";

export interface Alarm extends Item {
  readonly region: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly metric: string | undefined;
  /** Of the metric; a dimension that is computed later is a reference in {@link resource}. */
  readonly dimensions: readonly AlarmDimension[];
  readonly statistic: string | undefined;
  readonly comparison: string | undefined;
  readonly threshold: number | undefined;
  readonly periodSeconds: number | undefined;
  readonly evaluationPeriods: number | undefined;
  /** Points of them that must breach. @default all */
  readonly datapointsToAlarm: number | undefined;
  readonly missingData: string | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: readonly (Resource | string)[];
}

export interface AlarmDimension {
  readonly name: string;
  readonly value: string | undefined;
  /** Resource that the value is taken from, where it is not written out. */
  readonly resource: Resource | undefined;
}
