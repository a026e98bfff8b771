/** The disruption controller rounds both percentages up (Kubernetes, "Specifying a disruption budget", read 2026-11-21). */
export function evictions(
  replicas: number,
  minAvailable: number | string | undefined,
  maxUnavailable: number | string | undefined,
): number | undefined {
  const atLeast = scaled(minAvailable, replicas);
  const atMost = scaled(maxUnavailable, replicas);
  if (atLeast !== undefined) return Math.max(0, replicas - atLeast);
  return atMost === undefined ? undefined : Math.min(replicas, atMost);
}

function scaled(value: number | string | undefined, replicas: number): number | undefined {
  if (typeof value === "number" || value === undefined) return value;
  const [, percent] = /^(\d+)%$/.exec(value) ?? [];
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}
