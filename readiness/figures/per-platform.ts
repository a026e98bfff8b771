import type { Platform } from "../inventory/platform";

/** A function of the platform that is computed once for each platform, however many policies ask. */
export function perPlatform<Result>(compute: (platform: Platform) => Result): (platform: Platform) => Result {
  const known = new WeakMap<Platform, { readonly result: Result }>();
  return (platform) => {
    const found = known.get(platform) ?? { result: compute(platform) };
    known.set(platform, found);
    return found.result;
  };
}

/** A value that is computed at its first use. */
export function once<Result>(compute: () => Result): () => Result {
  let done: { readonly result: Result } | undefined;
  return () => (done ??= { result: compute() }).result;
}
