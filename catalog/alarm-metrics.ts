import data from "./alarm-metrics.json";

/** A metric that alarms may name, as its source publishes it. */
export interface AlarmMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly kind: string;
  /** Whether a single one must raise the alarm. */
  readonly everyOneIsAFailure?: boolean;
  /** A level that is not published while nothing uses its source: no data is no failure. @default false */
  readonly absentWhenIdle?: boolean;
  readonly resolutionSeconds: number;
  readonly statistics: readonly string[];
  readonly least: number;
  /** @default none - it has no upper bound */
  readonly most?: number | string;
  /** Part of {@link most} that an alarm on too little of it must leave. @default none */
  readonly leastShare?: number;
  /** Seconds in which AWS itself puts right what the alarm is about: before, it would call people for nothing. @default none */
  readonly ownRemedySeconds?: number;
  /** @default the region of its resource */
  readonly region?: string;
  readonly dimension: {
    readonly name: string;
    /** Type of the resource that has the value in {@link argument}. */
    readonly resource?: string;
    readonly argument?: string;
    /** Only replicas publish it, or only databases that copy no other. @default both do */
    readonly replicates?: boolean;
    /** The value is the argument and the number of a node, such as `-001`. @default false */
    readonly member?: boolean;
    /** Second dimension, without which nothing is published. @default none */
    readonly beside?: string;
    /** Variable of the function that publishes it to its METRIC_NAMESPACE; the names in it are the values. */
    readonly publishedBy?: string;
  };
  readonly source: string;
}

const metrics: readonly AlarmMetric[] = data.metrics;

export const alarmMetric = (namespace: string | undefined, metric: string | undefined): AlarmMetric | undefined =>
  metrics.find((one) => one.namespace === namespace && one.metric === metric);
