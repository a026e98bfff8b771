/** The part of Alertmanager's configuration that decides who is notified. Field names are Alertmanager's. */
export interface Route {
  readonly receiver?: string;
  /** Such as `severity="critical"`; all must match. */
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly active_time_intervals?: readonly string[];
  readonly mute_time_intervals?: readonly string[];
  readonly routes?: readonly Route[];
}

export interface TimeRange {
  /** `HH:MM`. The end is exclusive. */
  readonly start_time: string;
  readonly end_time: string;
}

export interface TimeInterval {
  readonly name: string;
  readonly time_intervals: readonly {
    readonly times?: readonly TimeRange[];
    /** Such as `monday:friday`. */
    readonly weekdays?: readonly string[];
    /** IANA time zone. @default UTC */
    readonly location?: string;
  }[];
}

export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** Named receiver with the settings of each channel, such as `pagerduty_configs`. */
export type Receiver = { readonly name: string } & Readonly<Record<string, unknown>>;

export interface Routing {
  readonly route: Route;
  readonly receivers: readonly Receiver[];
  readonly time_intervals?: readonly TimeInterval[];
  readonly inhibit_rules?: readonly InhibitRule[];
}

export type Labels = Readonly<Record<string, string>>;

/** A route that an alert ends at. */
export interface Delivery {
  readonly receiver: string;
  /** Whether a time interval keeps its notifications back at that time. */
  readonly muted: boolean;
}
