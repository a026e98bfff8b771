import fc from "fast-check";
import type { CapacityCluster, NodeType, Workload } from "../../models/capacity";
import {
  type CarriedLoad,
  fullReplicas,
  judgeThroughput,
  minutesOfBurst,
  settledReplicas,
} from "../../models/throughput";

const medium: NodeType = {
  name: "t3.medium",
  vcpu: 2,
  memoryMiB: 4096,
  maxENI: 3,
  ipv4PerENI: 6,
  networkBaselineGbps: 0.256,
  credits: { baselinePerVcpu: 0.2, earnedPerHour: 24, mode: "standard" },
};
const fast: NodeType = {
  name: "c6in.large",
  vcpu: 2,
  memoryMiB: 4096,
  maxENI: 3,
  ipv4PerENI: 10,
  networkBaselineGbps: 3.125,
};
const unmeasured: NodeType = { name: "x1.large", vcpu: 2, memoryMiB: 4096, maxENI: 3, ipv4PerENI: 10 };
const workload = (name: string, minReplicas: number, maxReplicas: number): Workload => ({
  workload: name,
  minReplicas,
  maxReplicas,
  pod: { namespace: "shop", labels: { app: name }, containers: [{ requests: { cpuMillis: 250, memoryMiB: 512 } }] },
});
const cluster = (workloads: readonly Workload[], type: NodeType = medium, maxNodes = 6): CapacityCluster => ({
  types: [type],
  pools: [{ name: "general", instanceTypes: [type.name], minNodes: 3, maxNodes, zones: ["a", "b", "c"] }],
  workloads,
});
const load = (change: Partial<CarriedLoad> = {}): CarriedLoad => ({
  workload: "api",
  promises: [{ unit: "requests/s", total: 1500, perReplica: 500 }],
  cpuMillis: 180,
  scalesAtCpuMillis: 175,
  ...change,
});
const clauses = (loads: readonly CarriedLoad[], on: CapacityCluster): Record<string, string> =>
  Object.fromEntries(
    judgeThroughput(loads, on).workloads[0]?.clauses.map(({ name, verdict }) => [name, verdict]) ?? [],
  );

describe("replicas", () => {
  it("are the promise divided by a replica, rounded up; of several promises the largest decides", () => {
    expect(judgeThroughput([load()], cluster([workload("api", 3, 8)])).workloads[0]).toMatchObject({
      replicasNeeded: 3,
      replicas: 4,
      verdict: "fits",
    });
    expect(
      fullReplicas(
        load({
          promises: [
            { unit: "a", total: 10, perReplica: 4 },
            { unit: "b", total: 9, perReplica: 3 },
          ],
        }),
      ),
    ).toBe(3);
    expect(
      settledReplicas(load({ promises: [{ unit: "a", total: 0.3, perReplica: 0.1 }] }), workload("api", 3, 3)).needed,
    ).toBe(3);
  });
  it("do not suffice where the maximum is one too few", () => {
    expect(
      clauses(
        [load({ promises: [{ unit: "requests/s", total: 4001, perReplica: 500 }] })],
        cluster([workload("api", 3, 8)]),
      ),
    ).toMatchObject({ replicas: "doesNotFit", scaling: "doesNotFit" });
    expect(
      clauses(
        [load({ promises: [{ unit: "requests/s", total: 4000, perReplica: 500 }] })],
        cluster([workload("api", 3, 8)], fast),
      ),
    ).toMatchObject({ replicas: "fits", scaling: "fits" });
  });
  it("are as many as the autoscaler sees CPU for, not as many as it takes", () => {
    const blind = judgeThroughput(
      [load({ promises: [{ unit: "requests/s", total: 4000, perReplica: 500 }], cpuMillis: 60 })],
      cluster([workload("api", 3, 8)]),
    ).workloads[0];
    expect(blind?.clauses.find(({ name }) => name === "scaling")).toEqual({
      name: "scaling",
      verdict: "doesNotFit",
      arithmetic: "8 full replicas × 60m ÷ 175m target = 3; within 3 to 8: 3; needed are 8",
    });
    expect(
      settledReplicas({ workload: "api", promises: load().promises, cpuMillis: 180 }, workload("api", 2, 8)),
    ).toMatchObject({ replicas: 2, needed: 3 });
  });
  it("find no node where the pool ends", () => {
    const big: Workload = {
      ...workload("api", 3, 20),
      pod: { namespace: "shop", labels: {}, containers: [{ requests: { cpuMillis: 1500, memoryMiB: 512 } }] },
    };
    expect(
      clauses([load({ promises: [{ unit: "requests/s", total: 5000, perReplica: 500 }] })], cluster([big])),
    ).toMatchObject({ placement: "doesNotFit" });
  });
});

describe("the busiest node", () => {
  it("adds the traffic of every load on it, and holds it against the baseline, not the burst", () => {
    const both = (megabytesPerSecond: number) =>
      judgeThroughput(
        [
          load({ megabytesPerSecond }),
          load({
            workload: "worker",
            promises: [{ unit: "messages/s", total: 1, perReplica: 1 }],
            megabytesPerSecond: 16,
          }),
        ],
        cluster([workload("api", 3, 3), workload("worker", 3, 3)]),
      );
    // Three replicas of each on three nodes: (80 + 16) MB/s × 8 ÷ 1000 ÷ 3 = 0.256 Gbit/s.
    expect(both(80)).toMatchObject({ network: { used: expect.closeTo(0.256, 9), sustained: 0.256, verdict: "fits" } });
    expect(both(80.1).network?.verdict).toBe("doesNotFit");
  });
  it("sustains what its credits earn; above that a full balance is counted in minutes", () => {
    const one = (cpuMillis: number) =>
      judgeThroughput(
        [load({ promises: [{ unit: "x", total: 3, perReplica: 1 }], cpuMillis })],
        cluster([workload("api", 3, 3)]),
      );
    expect([one(400).cpuCredits?.verdict, one(401).cpuCredits?.verdict]).toEqual(["fits", "doesNotFit"]);
    expect(one(1000).cpuCredits?.arithmetic).toContain(
      "t3.medium sustains 400m, and a full credit balance lasts 960 min",
    );
    expect([minutesOfBurst(medium, 400), minutesOfBurst(medium, 2000), minutesOfBurst(fast, 2000)]).toEqual([
      Infinity,
      360,
      Infinity,
    ]);
  });
  it("is unknown for a type whose baseline nobody knows, and none where nothing is declared", () => {
    expect(
      judgeThroughput([load({ megabytesPerSecond: 1 })], cluster([workload("api", 3, 3)], unmeasured)).network,
    ).toMatchObject({ verdict: "unknown", sustained: undefined });
    expect(judgeThroughput([], cluster([workload("api", 3, 3)]))).toMatchObject({
      verdict: "fits",
      workloads: [],
      network: undefined,
      cpuCredits: undefined,
    });
  });
});

it("refuses loads that nothing has, with one sentence", () => {
  const on = cluster([workload("api", 3, 3)]);
  const refused = (change: Partial<CarriedLoad>) => () => judgeThroughput([load(change)], on);
  expect(refused({ workload: "ghost" })).toThrow(
    "ghost declares what it carries, and the cluster has no such workload",
  );
  expect(refused({ promises: [{ unit: "requests/s", total: -1, perReplica: 5 }] })).toThrow(
    "api: -1 requests/s at 5 a replica; allowed is",
  );
  expect(refused({ promises: [{ unit: "requests/s", total: 1, perReplica: 0 }] })).toThrow(
    "allowed is a total from 0 and a replica above 0",
  );
  expect(refused({ cpuMillis: Number.NaN })).toThrow("a full replica uses NaNm");
  expect(refused({ megabytesPerSecond: -3 })).toThrow("api: -3 MB/s");
  expect(refused({ scalesAtCpuMillis: 0 })).toThrow("the autoscaler's target is 0m");
});

describe("properties", () => {
  const loads = fc
    .record({
      total: fc.integer({ min: 0, max: 5000 }),
      perReplica: fc.integer({ min: 1, max: 1000 }),
      cpuMillis: fc.integer({ min: 1, max: 500 }),
      megabytesPerSecond: fc.integer({ min: 0, max: 500 }),
    })
    .map(({ total, perReplica, ...rest }) => load({ promises: [{ unit: "requests/s", total, perReplica }], ...rest }));
  it("a larger load never takes fewer replicas, and never fits where a smaller one does not", () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 2000 }), (one, more) => {
        const larger: CarriedLoad = {
          ...one,
          promises: one.promises.map((promise) => ({ ...promise, total: promise.total + more })),
        };
        const [a, b] = [settledReplicas(one, workload("api", 2, 12)), settledReplicas(larger, workload("api", 2, 12))];
        expect(b.needed).toBeGreaterThanOrEqual(a.needed);
        expect(b.replicas).toBeGreaterThanOrEqual(a.replicas);
      }),
    );
  });
  it("the order of the loads changes nothing", () => {
    fc.assert(
      fc.property(loads, loads, (one, other) => {
        const on = cluster([workload("api", 2, 6), workload("worker", 2, 6)]);
        const pair = [one, { ...other, workload: "worker" }];
        expect(judgeThroughput([...pair].reverse(), on, { orders: 4 })).toEqual(
          judgeThroughput(pair, on, { orders: 4 }),
        );
      }),
      { numRuns: 25 },
    );
  });
});
