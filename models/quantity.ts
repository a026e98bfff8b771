/** Kubernetes resource quantities. Source: k8s.io/apimachinery pkg/api/resource/quantity.go, the suffixes and their meaning. */
const factors: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The amount in base units, or undefined when the text is no quantity. */
export function quantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/.exec(text);
  if (!match) return undefined;
  return match[2] === undefined ? Number(match[1]) * (factors[match[3] ?? ""] ?? 1) : Number(`${match[1]}${match[2]}`);
}

/** CPU in thousandths of a core, rounded up as Kubernetes does. */
export function cpuMillis(text: string): number | undefined {
  const cores = quantity(text);
  return cores === undefined ? undefined : Math.ceil(Number((cores * 1000).toFixed(6)));
}

/** Memory in MiB, not rounded. */
export function memoryMiB(text: string): number | undefined {
  const bytes = quantity(text);
  return bytes === undefined ? undefined : bytes / 2 ** 20;
}
