import fc from "fast-check";
import { apiRemovals, minorOf, removalOf } from "../../catalog/kubernetes/removed-apis";
import { mostInOneZone } from "../../readiness/policy-terms/capacity/spread";

/** Every way to divide the replicas over the zones in which no zone has more than `skew` above the emptiest. */
function fullestZone(replicas: number, zones: number, skew: number): number {
  const divide = (left: number, counts: readonly number[]): number => {
    if (counts.length === zones - 1) {
      const whole = [...counts, left];
      return Math.max(...whole) - Math.min(...whole) <= skew ? Math.max(...whole) : 0;
    }
    return Math.max(...Array.from({ length: left + 1 }, (_, own) => divide(left - own, [...counts, own])));
  };
  return divide(replicas, []);
}

describe("the fullest zone under a spread", () => {
  it("is what trying every division finds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (replicas, zones, skew) => {
          expect(mostInOneZone(replicas, zones, skew)).toBe(fullestZone(replicas, zones, skew));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("holds everything where nothing binds, or there is one zone", () => {
    expect(mostInOneZone(7, 3, undefined)).toBe(7);
    expect(mostInOneZone(7, 1, 1)).toBe(7);
  });
});

describe("removed API versions", () => {
  it("knows a kind at its version only, not its group or its neighbours", () => {
    expect(removalOf("policy/v1beta1", "PodDisruptionBudget")).toMatchObject({
      removedIn: "1.25",
      replacement: "policy/v1",
    });
    expect(removalOf("policy/v1", "PodDisruptionBudget")).toBeUndefined();
    expect(removalOf("networking.k8s.io/v1beta1", "NetworkPolicy")).toBeUndefined();
  });

  it("lists no kind twice at one version, and never a stable version", () => {
    const pairs = apiRemovals().flatMap(({ apiVersion, kinds }) => kinds.map((kind) => `${apiVersion} ${kind}`));
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(apiRemovals().filter(({ apiVersion }) => /(^|\/)v\d+$/.test(apiVersion))).toEqual([]);
  });

  it.each([
    ["1.36", 36],
    ["v1.36.0", 36],
    ["1.36.3-eks-1", 36],
    ["2.1", undefined],
    ["latest", undefined],
    [undefined, undefined],
  ])("reads the minor of %s", (text, minor) => {
    expect(minorOf(text)).toBe(minor);
  });
});
