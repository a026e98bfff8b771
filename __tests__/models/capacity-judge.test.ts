import {
  addressUse,
  allocatableOf,
  bestMaxPods,
  carryingPeakOf,
  drainAllNodes,
  effectiveRequests,
  judgeCapacity,
  pack,
  sharedDrains,
  sharedPackings,
  kubeReservedCpuMillis,
  maxPodsOf,
  nodeAddresses,
  nodesAtMaximum,
  peakPods,
  poolAllocatable,
  scaled,
  slotsWithoutAddress,
  steadyState,
  subnetAddresses,
} from "../../models/capacity";
import type { CapacityCluster, NodeType, Packer, PodTemplate, Pool, Workload } from "../../models/capacity";

const credits = { earnedPerHour: 24, baselinePerVcpu: 0.2, mode: "standard" as const };
const TYPES: NodeType[] = [
  {
    name: "t3.medium",
    vcpu: 2,
    memoryMiB: 4096,
    maxENI: 3,
    ipv4PerENI: 6,
    networkBaselineGbps: 0.256,
    usdPerHour: 0.0416,
    credits,
  },
  {
    name: "t3.large",
    vcpu: 2,
    memoryMiB: 8192,
    maxENI: 3,
    ipv4PerENI: 12,
    networkBaselineGbps: 0.512,
    usdPerHour: 0.0832,
    credits: { ...credits, earnedPerHour: 36, baselinePerVcpu: 0.3 },
  },
  {
    name: "c6in.large",
    vcpu: 2,
    memoryMiB: 4096,
    maxENI: 3,
    ipv4PerENI: 10,
    networkBaselineGbps: 3.125,
    usdPerHour: 0.1134,
  },
  { name: "m6i.xlarge", vcpu: 4, memoryMiB: 16_384, maxENI: 4, ipv4PerENI: 15, usdPerHour: 0.192 },
];
const T3_MEDIUM: NodeType = { name: "t3.medium", vcpu: 2, memoryMiB: 4096, maxENI: 3, ipv4PerENI: 6 };
const M6I_8XLARGE: NodeType = { name: "m6i.8xlarge", vcpu: 32, memoryMiB: 131_072, maxENI: 8, ipv4PerENI: 30 };
const general: Pool = {
  name: "general",
  instanceTypes: ["t3.medium"],
  minNodes: 3,
  maxNodes: 9,
  zones: ["a", "b", "c"],
};
const template = (
  name: string,
  cpuMillis: number,
  memoryMiB: number,
  change: Partial<PodTemplate> = {},
): PodTemplate => ({
  namespace: "shop",
  labels: { app: name },
  containers: [{ requests: { cpuMillis, memoryMiB } }],
  ...change,
});
const workload = (
  name: string,
  minReplicas: number,
  maxReplicas: number,
  change: Partial<Workload> = {},
): Workload => ({ workload: name, minReplicas, maxReplicas, pod: template(name, 500, 256), ...change });
const cluster = (change: Partial<CapacityCluster> = {}): CapacityCluster => ({
  types: TYPES,
  pools: [general],
  workloads: [workload("api", 3, 10)],
  ...change,
});

describe("what a node offers", () => {
  it("gives a t3.medium 17 pods, 1930m and at most 3554 MiB, and 2531 MiB at 110 pods", () => {
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0 })).toMatchObject({
      pods: 17,
      cpuMillis: 1930,
      memoryMiB: 3554,
    });
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0, prefixDelegation: true })).toMatchObject({
      pods: 110,
      memoryMiB: 2531,
    });
    expect(allocatableOf(T3_MEDIUM).memoryMiB).toBe(Math.floor(4096 * 0.925) - 442 - 100);
    const pool = { name: "general", instanceTypes: ["t3.medium"], minNodes: 0, maxNodes: 1, zones: ["a"] };
    expect(poolAllocatable({ ...pool, setup: { ephemeralStorageMiB: 500 } }, [T3_MEDIUM]).ephemeralStorageMiB).toBe(
      500,
    );
    expect(poolAllocatable(pool, [T3_MEDIUM])).not.toHaveProperty("ephemeralStorageMiB");
  });
  it("caps prefix delegation at 110 pods up to 30 vCPU and at 250 above, and leaves kube-reserved where maxPods is set alone", () => {
    expect(maxPodsOf(M6I_8XLARGE, { prefixDelegation: true })).toBe(250);
    expect(maxPodsOf(M6I_8XLARGE)).toBe(234);
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0, maxPods: 60, reservedForPods: 17 })).toMatchObject({
      pods: 60,
      memoryMiB: 3554,
    });
  });
  it("reserves CPU by core tiers", () => {
    expect([1, 2, 4, 8, 32].map(kubeReservedCpuMillis)).toEqual([60, 70, 80, 90, 150]);
  });
  it("finds the max pods that leave the most useful memory: not all slots, and not too few", () => {
    const choice = bestMaxPods(
      T3_MEDIUM,
      [{ cpuMillis: 50, memoryMiB: 128, count: 1 }],
      [{ cpuMillis: 50, memoryMiB: 64, count: 5 }],
      { prefixDelegation: true, memoryOverheadPercent: 0 },
    );
    const useful = (maxPods: number): number =>
      Math.min(maxPods - 5, Math.floor((4096 - 355 - 11 * maxPods - 320) / 128), Math.floor((1930 - 250) / 50)) * 128;
    const all = Array.from({ length: 110 }, (_, at) => at + 1);
    expect(choice.usefulMemoryMiB).toBe(Math.max(...all.map(useful)));
    expect(choice.maxPods).toBe(all.find((maxPods) => useful(maxPods) === choice.usefulMemoryMiB));
    expect(() => bestMaxPods(T3_MEDIUM, [])).toThrow(/no pods are expected/);
    expect(() => bestMaxPods(T3_MEDIUM, [{ cpuMillis: 1, memoryMiB: 0, count: 1 }])).toThrow(/0 MiB/);
  });
});

describe("what a pod requests", () => {
  const request = (cpuMillis: number) => ({ requests: { cpuMillis } });
  const cpu = (pod: Partial<PodTemplate>): number =>
    effectiveRequests({ namespace: "n", labels: {}, containers: [request(100)], ...pod }).cpuMillis;
  it("takes the larger of the containers and the largest init container", () => {
    expect(cpu({ initContainers: [request(50), request(70)] })).toBe(100);
    expect(cpu({ initContainers: [request(50), request(170)] })).toBe(170);
  });
  it("adds native sidecars to the containers, and to the init containers that come after them", () => {
    const sidecar = { ...request(30), restartPolicy: "Always" as const };
    expect(cpu({ initContainers: [sidecar] })).toBe(130);
    expect(cpu({ initContainers: [request(120), sidecar] })).toBe(130);
    expect(cpu({ initContainers: [sidecar, request(120)] })).toBe(150);
  });
  it("adds the overhead, and takes the request of the whole pod in place of the sum", () => {
    expect(cpu({ overhead: { cpuMillis: 25 } })).toBe(125);
    expect(cpu({ podRequests: { cpuMillis: 400 }, overhead: { cpuMillis: 25 } })).toBe(425);
    expect(
      effectiveRequests({
        namespace: "n",
        labels: {},
        containers: [{ requests: { extended: { gpu: 1 } } }, { requests: { extended: { gpu: 2 } } }],
      }).extended,
    ).toEqual({ gpu: 3 });
  });
});

describe("a cluster at its maximum", () => {
  it("counts the surge above the maximum, percentages rounded up", () => {
    expect(peakPods(workload("api", 3, 10, { surge: "25%" }))).toBe(13);
    expect(peakPods(workload("api", 3, 10, { surge: 1 }))).toBe(11);
    expect(() => scaled("a quarter", 4, "surge of api")).toThrow(/surge of api is "a quarter"/);
    expect(() => scaled(-1, 4, "surge of api")).toThrow(/-1/);
  });
  it("fits whole and without each zone, and says where it is tightest", () => {
    const judgement = judgeCapacity(cluster());
    expect(judgement).toMatchObject({
      verdict: "fits",
      fixes: [],
      warnings: [],
      tightest: { pool: "general", resource: "cpuMillis" },
    });
    expect(judgement.scenarios.map(({ name, packing }) => [name, packing.nodes.length])).toEqual([
      ["whole", 9],
      ["without a", 6],
      ["without b", 6],
      ["without c", 6],
    ]);
    expect(judgement.tightest?.share).toBeCloseTo((10 * 500) / (6 * 1930));
    expect(judgement.scenarios[0]?.packing.pools[0]?.headroom.cpuMillis).toBe(9 * 1930 - 5000);
  });
  it("holds with N and not with N + 1 replicas, and a zone loss is never better than none", () => {
    const verdicts = (replicas: number) =>
      judgeCapacity(cluster({ workloads: [workload("api", 1, replicas)] }), { fixes: false, orders: 24 }).scenarios.map(
        ({ verdict }) => verdict,
      );
    expect(verdicts(18)).toEqual(["fits", "fits", "fits", "fits"]);
    expect(verdicts(19)).toEqual(["fits", "doesNotFit", "doesNotFit", "doesNotFit"]);
    expect(verdicts(28)).toEqual(["doesNotFit", "doesNotFit", "doesNotFit", "doesNotFit"]);
  });
  it("keeps the nodes of a lost zone only where the pool replaces them", () => {
    const pools = [{ ...general, onZoneLoss: "replaced" as const }];
    expect(nodesAtMaximum(cluster({ pools }), "a")).toHaveLength(9);
    expect(nodesAtMaximum(cluster({ pools: [general] }), "a")).toHaveLength(6);
    expect(judgeCapacity(cluster({ pools, workloads: [workload("api", 1, 27)] }), { orders: 24 }).verdict).toBe("fits");
  });
  it("takes a pool of several types to be as small as the smallest", () => {
    const pools = [{ ...general, instanceTypes: ["t3.large", "t3.medium"] }];
    expect(judgeCapacity(cluster({ pools })).scenarios[0]?.packing.pools[0]?.allocatable).toEqual(
      judgeCapacity(cluster()).scenarios[0]?.packing.pools[0]?.allocatable,
    );
  });
  it("lets the secondary carry the primary's peak with its own pods and restored volumes", () => {
    const primary = cluster({
      workloads: [
        workload("api", 3, 10),
        workload("db", 1, 1, { pod: template("db", 500, 256, { volumes: [{ name: "data", zones: ["a"] }] }) }),
      ],
    });
    const secondary = cluster({
      pools: [{ ...general, maxNodes: 3, zones: ["x", "y", "z"] }],
      workloads: [workload("api", 1, 2), workload("watch", 1, 1)],
    });
    const both = carryingPeakOf(primary, secondary);
    expect(both.workloads.map((one) => [one.workload, one.minReplicas, one.maxReplicas])).toEqual([
      ["api", 1, 10],
      ["db", 1, 1],
      ["watch", 1, 1],
    ]);
    expect(judgeCapacity(both, { zoneLoss: false, fixes: false })).toMatchObject({ verdict: "doesNotFit" });
    expect(
      judgeCapacity({ ...both, pools: [{ ...general, maxNodes: 4, zones: ["x", "y", "z"] }] }, { zoneLoss: false })
        .verdict,
    ).toBe("fits");
  });
});

describe("shared packings", () => {
  const inRegion = (region: string, change: Partial<CapacityCluster> = {}) => {
    const zones = ["a", "b", "c"].map((letter) => `${region}${letter}`);
    return cluster({
      pools: [
        ...zones.map((zone) => ({ ...general, name: `floor-${zone}`, zones: [zone], maxNodes: 2 })),
        { ...general, name: "spot", zones, maxNodes: 3, onZoneLoss: "replaced" as const },
      ],
      ...change,
    });
  };
  it("answer a region as they answer any other, with its own names, whoever asked first", () => {
    const [first, second] = [sharedPackings(), sharedPackings()];
    const judge = (region: string, packer: Packer) => judgeCapacity(inRegion(region), { orders: 8, packer });
    const [east, west] = [judge("us-east-1", first), judge("eu-west-1", first)];
    expect(judge("eu-west-1", second)).toEqual(west);
    expect(JSON.parse(JSON.stringify(east).replaceAll("us-east-1", "eu-west-1"))).toEqual(
      JSON.parse(JSON.stringify(west)),
    );
    expect(JSON.stringify(west)).not.toMatch(/\{(zone|region) |us-east-1/);
  });
  it("compute the loss of any zone of a symmetrical cluster once, for every region", () => {
    const compute = jest.fn(pack);
    const packer = sharedPackings(compute);
    for (const region of ["us-east-1", "eu-west-1"]) judgeCapacity(inRegion(region), { orders: 3, packer });
    expect(compute).toHaveBeenCalledTimes(2);
    judgeCapacity(inRegion("us-east-1", { workloads: [workload("api", 3, 9)] }), { orders: 3, packer });
    expect(compute).toHaveBeenCalledTimes(4);
  });
  it("drain regions that are alike once, each with its own names", () => {
    const compute = jest.fn(drainAllNodes);
    const drain = sharedDrains(compute);
    const subnets = (region: string) =>
      ["a", "b", "c"].map((letter) => ({
        name: `subnet-of-${region}-${letter}`,
        zone: `${region}${letter}`,
        prefixLength: region === "us-east-1" ? 22 : 24,
      }));
    const [east, west] = ["us-east-1", "eu-west-1"].map((region) => {
      const input = { cluster: inRegion(region, { subnets: subnets(region) }), budgets: [] };
      // Ties between nodes fall otherwise under other names; what is drained does not.
      const [shared, alone] = [drain(input), drainAllNodes(input)];
      expect(shared.steps.map(({ pool, nodes }) => ({ pool, nodes }))).toEqual(
        alone.steps.map(({ pool, nodes }) => ({ pool, nodes })),
      );
      expect(shared.outcome).toBe(alone.outcome);
      return shared;
    });
    expect(compute).toHaveBeenCalledTimes(1);
    expect(east?.steps[0]?.nodes).not.toEqual(west?.steps[0]?.nodes);
  });
  it("never take two different questions for one: zones of other names and unequal zones", () => {
    const compute = jest.fn(pack);
    const packer = sharedPackings(compute);
    const pinned = template("api", 500, 256, { nodeSelector: { "topology.kubernetes.io/zone": "us-east-1a" } });
    const verdicts = judgeCapacity(inRegion("us-east-1", { workloads: [workload("api", 1, 1, { pod: pinned })] }), {
      orders: 3,
      packer,
      fixes: false,
    }).scenarios.map(({ verdict }) => verdict);
    expect(verdicts).toEqual(["fits", "doesNotFit", "fits", "fits"]);
    expect(judgeCapacity(cluster(), { packer, orders: 3 })).toEqual(judgeCapacity(cluster(), { orders: 3 }));
  });
});

describe("fixes", () => {
  const short = cluster({
    workloads: [workload("api", 3, 20), workload("small", 1, 1, { pod: template("small", 50, 64) })],
  });
  const fixes = judgeCapacity(short, { orders: 24 }).fixes;
  it("are the fewest nodes, a larger type and a lower maximum, each of which really fixes it", () => {
    expect(judgeCapacity(short, { fixes: false }).verdict).toBe("doesNotFit");
    expect(fixes.map(({ kind }) => kind)).toEqual(["moreNodes", "otherType", "lowerMaximum"]);
    for (const fix of fixes) {
      const fixed =
        fix.kind === "moreNodes"
          ? { ...short, pools: [{ ...general, maxNodes: fix.to }] }
          : fix.kind === "otherType"
            ? { ...short, pools: [{ ...general, instanceTypes: [fix.to] }] }
            : {
                ...short,
                workloads: short.workloads.map((one) =>
                  one.workload === fix.workload ? { ...one, maxReplicas: fix.to } : one,
                ),
              };
      expect(judgeCapacity(fixed, { orders: 24 }).verdict).toBe("fits");
    }
  });
  it("go no further than needed, and cost what the further nodes cost", () => {
    const nodes = fixes.find((fix) => fix.kind === "moreNodes");
    expect(nodes).toMatchObject({ from: 9, pools: ["general"] });
    if (nodes?.kind !== "moreNodes") throw new Error("no nodes were added");
    expect(
      judgeCapacity({ ...short, pools: [{ ...general, maxNodes: nodes.to - 1 }] }, { fixes: false, orders: 24 })
        .verdict,
    ).not.toBe("fits");
    expect(nodes.extraUsdPerHour).toBeCloseTo((nodes.to - 9) * 0.0416);
    expect(fixes.find((fix) => fix.kind === "lowerMaximum")).toMatchObject({ workload: "api", from: 20, to: 18 });
  });
  it("change the pools of the zones together, since any zone can be lost", () => {
    const zonal = cluster({
      pools: ["a", "b", "c"].map((zone) => ({ ...general, name: `general-${zone}`, zones: [zone], maxNodes: 3 })),
      workloads: [workload("api", 3, 20)],
    });
    const [first] = judgeCapacity(zonal, { orders: 24 }).fixes;
    expect(first).toMatchObject({
      kind: "moreNodes",
      pools: ["general-a", "general-b", "general-c"],
      from: 3,
      to: 4,
      change: "raise the maximum of each of the pools general-a, general-b, general-c from 3 to 4 nodes",
    });
    expect(first?.extraUsdPerHour).toBeCloseTo(3 * 0.0416);
    const other = judgeCapacity(
      { ...zonal, pools: zonal.pools.map((pool, at) => (at === 0 ? { ...pool, labels: { disk: "ssd" } } : pool)) },
      { orders: 3, zoneLoss: false },
    ).fixes;
    expect(other.every((fix) => fix.kind === "lowerMaximum" || fix.pools.length < 3)).toBe(true);
  });
  it("are none where no single change helps: a pod larger than any type", () => {
    expect(
      judgeCapacity(cluster({ workloads: [workload("huge", 1, 1, { pod: template("huge", 64_000, 256) })] })),
    ).toMatchObject({ verdict: "doesNotFit", fixes: [] });
  });
});

describe("bad input", () => {
  it("gives unknown for an instance type that nobody knows, and names it", () => {
    const pools = [{ ...general, instanceTypes: ["x9.mega"] }];
    expect(judgeCapacity(cluster({ pools }))).toMatchObject({
      verdict: "unknown",
      because: expect.stringContaining("x9.mega"),
    });
    expect(steadyState(cluster({ pools }))).toMatchObject({
      verdict: "unknown",
      because: expect.stringContaining("x9.mega"),
    });
    expect(drainAllNodes({ cluster: cluster({ pools }), budgets: [] })).toMatchObject({ outcome: "unknown" });
    expect(() => judgeCapacity(cluster({ pools: [{ ...general, instanceTypes: [] }] }))).toThrow(
      /names no instance type/,
    );
  });
  it("answers for pools of 0 nodes", () => {
    expect(judgeCapacity(cluster({ pools: [{ ...general, minNodes: 0, maxNodes: 0 }] }))).toMatchObject({
      verdict: "doesNotFit",
      tightest: undefined,
      scenarios: [{ packing: { leftOver: [{ reason: "no nodes available to schedule pods" }] } }, {}, {}, {}],
    });
  });
  it("says unknown at once of more nodes than a cluster can have, and what is wrong with a number that nothing can be", () => {
    const pools = (change: Partial<Pool>) => cluster({ pools: [{ ...general, ...change }] });
    expect(judgeCapacity(pools({ maxNodes: 1_000_000_000 }))).toMatchObject({
      verdict: "unknown",
      because: expect.stringContaining("1000000000 nodes at their maximum"),
    });
    expect(() => judgeCapacity(pools({ maxNodes: -1 }))).toThrow(
      "maxNodes of pool general is -1; it must be an integer from 0",
    );
    expect(() => steadyState(pools({ minNodes: 1.5 }))).toThrow("minNodes of pool general is 1.5");
    expect(() => judgeCapacity(cluster({ workloads: [workload("api", 1, NaN)] }))).toThrow("maxReplicas of api is NaN");
  });
  it("says of a billion pods that the nodes do not have the room, without placing one", () => {
    expect(judgeCapacity(cluster({ workloads: [workload("api", 1, 1_000_000_000)] }), { fixes: false })).toMatchObject({
      verdict: "doesNotFit",
      because: expect.stringMatching(/^whole: .*these 9 nodes can hold want 500000000000 millicores/),
    });
  });
  it("starts no node in a zone without a subnet, and says so", () => {
    const subnets = ["a", "b"].map((zone) => ({ name: `private-${zone}`, zone, prefixLength: 24 }));
    const judgement = judgeCapacity(cluster({ subnets }));
    expect(judgement.warnings).toEqual([expect.stringContaining("pool general names zone c, which has no subnet")]);
    expect(judgement.scenarios.map(({ name }) => name)).toEqual(["whole", "without a", "without b"]);
    expect(judgeCapacity(cluster({ subnets: [] })).verdict).toBe("doesNotFit");
  });
});

describe("addresses", () => {
  const [medium] = TYPES;
  if (medium === undefined) throw new Error("no type");
  it("keeps one interface, or one prefix, in reserve", () => {
    expect([0, 5, 6, 15].map((pods) => nodeAddresses(medium, pods))).toEqual([6, 12, 18, 18]);
    expect([0, 16, 17, 60].map((pods) => nodeAddresses(medium, pods, true))).toEqual([17, 33, 49, 81]);
  });
  it("takes five addresses and the declared ones off each subnet", () => {
    expect(subnetAddresses({ name: "s", zone: "a", prefixLength: 24, otherAddresses: 10 })).toBe(241);
    expect(() => subnetAddresses({ name: "s", zone: "a", prefixLength: 29 })).toThrow(/subnet s: prefix length 29/);
  });
  it("fails a cluster whose subnets are too small, by zone and with the figures", () => {
    const subnets = (prefixLength: number) =>
      ["a", "b", "c"].map((zone) => ({ name: `private-${zone}`, zone, prefixLength }));
    expect(judgeCapacity(cluster({ subnets: subnets(26) })).verdict).toBe("fits");
    const judgement = judgeCapacity(cluster({ subnets: subnets(28) }), { fixes: false });
    expect(judgement).toMatchObject({
      verdict: "doesNotFit",
      because: "whole: zone a: 3 nodes and their pods need 36 addresses, and its subnets have 11",
    });
    expect(
      addressUse(
        cluster(),
        judgement.scenarios[0]?.packing ??
          (() => {
            throw new Error("no scenario");
          })(),
      ),
    ).toEqual([]);
  });
  it("warns of pod slots without an address", () => {
    const pools = [{ ...general, setup: { maxPods: 110 } }];
    expect(slotsWithoutAddress(cluster({ pools }))).toEqual([{ pool: "general", pods: 110, addresses: 15 }]);
    expect(
      slotsWithoutAddress(cluster({ pools: [{ ...general, setup: { maxPods: 110, prefixDelegation: true } }] })),
    ).toEqual([]);
    expect(judgeCapacity(cluster({ pools })).warnings).toEqual([
      expect.stringContaining("max pods 110, but the interfaces carry 15 pod addresses"),
    ]);
  });
});

describe("the steady state", () => {
  it("keeps the pools' minima where the HPA minima fit them, and adds the nodes that they need where not", () => {
    expect(steadyState(cluster())).toMatchObject({ verdict: "fits", pools: [{ pool: "general", nodes: 3 }] });
    expect(steadyState(cluster({ workloads: [workload("api", 12, 12)] }))).toMatchObject({
      verdict: "fits",
      pools: [{ nodes: 4 }],
    });
  });
  it("adds to the pool that helps", () => {
    const taints = [{ key: "dedicated", value: "throughput", effect: "NoSchedule" as const }];
    const fast: Pool = {
      ...general,
      name: "throughput",
      instanceTypes: ["c6in.large"],
      minNodes: 0,
      taints,
      labels: { pool: "throughput" },
    };
    const worker = workload("worker", 3, 3, {
      pod: template("worker", 1500, 256, {
        nodeSelector: { pool: "throughput" },
        tolerations: [{ key: "dedicated", operator: "Exists" }],
      }),
    });
    expect(steadyState(cluster({ pools: [general, fast], workloads: [workload("api", 3, 10), worker] })).pools).toEqual(
      [
        { pool: "general", nodes: 3 },
        { pool: "throughput", nodes: 3 },
      ],
    );
  });
  it("starts no nodes for pods that no node helps", () => {
    expect(
      steadyState(cluster({ workloads: [workload("huge", 1, 1, { pod: template("huge", 64_000, 1) })] })),
    ).toMatchObject({ verdict: "doesNotFit", pools: [{ nodes: 3 }] });
  });
});
