/** How a duration is known, the surest first. */
export const marks = ["measured", "documented", "assumed"] as const;
export type Mark = (typeof marks)[number];

/** Seconds that a part of a recovery takes: a triangular distribution, and where its figures come from. */
export interface Duration {
  readonly bestSeconds: number;
  readonly likelySeconds: number;
  readonly worstSeconds: number;
  readonly mark: Mark;
  /** Day on which it was measured, read or assumed. */
  readonly date: string;
  readonly source: string;
}

/** Seconds that a setting of the platform fixes, or spreads between two bounds; `source` names the setting. */
export const setting = (
  bestSeconds: number,
  likelySeconds: number,
  worstSeconds: number,
  { source, date }: { readonly source: string; readonly date: string },
): Duration => ({ bestSeconds, likelySeconds, worstSeconds, mark: "documented", date, source });

/** Parts one after another: as sure as the least sure of them, as old as the oldest. */
export function sum(first: Duration, ...more: readonly Duration[]): Duration {
  return more.reduce(
    (total, part) => ({
      bestSeconds: total.bestSeconds + part.bestSeconds,
      likelySeconds: total.likelySeconds + part.likelySeconds,
      worstSeconds: total.worstSeconds + part.worstSeconds,
      mark: marks.indexOf(part.mark) > marks.indexOf(total.mark) ? part.mark : total.mark,
      date: part.date < total.date ? part.date : total.date,
      source: total.source === part.source ? total.source : `${total.source}; ${part.source}`,
    }),
    first,
  );
}

/** One value of the triangular distribution; `uniform` is in [0, 1). Infinity where the worst case never ends. */
export function sample({ bestSeconds, likelySeconds, worstSeconds }: Duration, uniform: number): number {
  const width = worstSeconds - bestSeconds;
  if (!Number.isFinite(width)) return Infinity;
  if (width <= 0) return worstSeconds;
  const rising = (likelySeconds - bestSeconds) / width;
  return uniform < rising
    ? bestSeconds + Math.sqrt(uniform * width * (likelySeconds - bestSeconds))
    : worstSeconds - Math.sqrt((1 - uniform) * width * (worstSeconds - likelySeconds));
}
