import { markdownTable } from "../../documentation/markdown";
import type { Duration } from "../../models/recovery/duration";
import type { RecoveryTimeline } from "../../models/recovery/timeline";

/** A step as the drill saw it: how long it took, or why that says nothing of AWS. */
export type Seen = { readonly seconds: number; readonly of: string } | { readonly notMeasured: string };

/** Of every name of a step of the recovery model that the drill has a word for. */
export type SeenSteps = Readonly<Record<string, Seen>>;

export interface DrillRow {
  readonly step: string;
  readonly computed: Pick<Duration, "bestSeconds" | "likelySeconds" | "worstSeconds">;
  readonly seen: Seen;
}

/** The model's steps until an application's stores take writes and its pods serve, each beside what was seen. */
export function drillRows(timeline: Pick<RecoveryTimeline, "steps">, seen: SeenSteps): readonly DrillRow[] {
  const { first, branches } = timeline.steps;
  return [...first, ...branches.flat()].map(({ name, ...computed }) => ({
    step: name,
    computed,
    seen: seen[name] ?? { notMeasured: "the drill does not play it" },
  }));
}

/** Rows whose measured time is longer than the worst that the model allows. */
export const tooLong = (rows: readonly DrillRow[]): readonly DrillRow[] =>
  rows.filter(({ seen, computed }) => "seconds" in seen && seen.seconds > computed.worstSeconds);

const figure = (seconds: number): string => (Number.isFinite(seconds) ? seconds.toFixed(seconds < 10 ? 1 : 0) : "∞");

/** Measured and computed times beside each other, in seconds. */
export function drillTable(rows: readonly DrillRow[]): readonly string[] {
  const line = ({ step, computed, seen }: DrillRow): readonly string[] => [
    step,
    "seconds" in seen ? figure(seen.seconds) : "not measured",
    figure(computed.bestSeconds),
    figure(computed.likelySeconds),
    figure(computed.worstSeconds),
    "seconds" in seen ? seen.of : seen.notMeasured,
  ];
  return markdownTable(["step", "measured s", "best", "likely", "worst", "what was measured"], rows.map(line));
}
