/** Seconds of each unit, of both ways in which a duration is written. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** Whole amounts, from milliseconds to years. Source: prometheus/common model/time.go. */
const prometheus = /(\d+)(ms|[smhdwy])/g;
/** Amounts with a fraction, from nanoseconds to hours. Source: Go's time.ParseDuration. */
const go = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|[smh])/g;

/** Undefined unless the parts are the whole text. */
function read(text: string, part: RegExp): number | undefined {
  const parts = [...text.matchAll(part)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return undefined;
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (units[unit] ?? NaN), 0);
}

/** Seconds of a Prometheus duration such as `1d` or `1h30m`; undefined for what is none. */
export const prometheusSeconds = (text: string): number | undefined => read(text, prometheus);

/** Seconds of a Go duration such as `720h0m0s` or `1.5s`, as Kubernetes and its controllers write them; undefined for what is none. */
export const goSeconds = (text: string | undefined): number | undefined =>
  text === "0" ? 0 : text === undefined ? undefined : read(text, go);

/** Prometheus duration of a whole number of seconds, in the largest unit that divides it: 5400 is `90m`. */
export function prometheusDuration(seconds: number): string {
  for (const unit of ["d", "h", "m"] as const) {
    const size = units[unit] ?? 1;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}
