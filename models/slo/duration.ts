const units: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};
const form = /^(?:\d+(?:ms|[smhdwy]))+$/;

/** Seconds of a Prometheus duration such as `1h30m`; undefined for what is none. */
export function secondsOf(duration: string): number | undefined {
  if (!form.test(duration)) return undefined;
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count = "0", unit = "s"]) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}

/** Prometheus duration of a whole number of seconds, in the largest unit that divides it: 5400 is `90m`. */
export function durationOf(seconds: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    const size = units[unit] ?? 1;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
