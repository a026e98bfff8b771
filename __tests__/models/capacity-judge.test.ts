import {
  addressUse, allocatableOf, bestMaxPods, carryingPeakOf, desiredHealthy, drainAllNodes, effectiveRequests, emptyNodeFits, judgeCapacity, judgeThroughput,
  kubeReservedCpuMillis, maxPodsOf, minutesOfBurst, nodeAddresses, nodesAtMaximum, peakPods, scaled, slotsWithoutAddress, steadyState, subnetAddresses,
} from "../../models/capacity";
import type { CapacityCluster, DisruptionBudget, DrainInput, NodeType, PodTemplate, Pool, Workload } from "../../models/capacity";

const credits = { earnedPerHour: 24, baselinePerVcpu: 0.2, mode: "standard" as const };
const TYPES: NodeType[] = [
  { name: "t3.medium", vcpu: 2, memoryMiB: 4096, maxENI: 3, ipv4PerENI: 6, networkBaselineGbps: 0.256, usdPerHour: 0.0416, credits },
  { name: "t3.large", vcpu: 2, memoryMiB: 8192, maxENI: 3, ipv4PerENI: 12, networkBaselineGbps: 0.512, usdPerHour: 0.0832, credits: { ...credits, earnedPerHour: 36, baselinePerVcpu: 0.3 } },
  { name: "c6in.large", vcpu: 2, memoryMiB: 4096, maxENI: 3, ipv4PerENI: 10, networkBaselineGbps: 3.125, usdPerHour: 0.1134 },
  { name: "m6i.xlarge", vcpu: 4, memoryMiB: 16_384, maxENI: 4, ipv4PerENI: 15, usdPerHour: 0.192 },
];
const T3_MEDIUM: NodeType = { name: "t3.medium", vcpu: 2, memoryMiB: 4096, maxENI: 3, ipv4PerENI: 6 };
const M6I_8XLARGE: NodeType = { name: "m6i.8xlarge", vcpu: 32, memoryMiB: 131_072, maxENI: 8, ipv4PerENI: 30 };
const general: Pool = { name: "general", instanceTypes: ["t3.medium"], minNodes: 3, maxNodes: 9, zones: ["a", "b", "c"] };
const template = (name: string, cpuMillis: number, memoryMiB: number, change: Partial<PodTemplate> = {}): PodTemplate =>
  ({ namespace: "shop", labels: { app: name }, containers: [{ requests: { cpuMillis, memoryMiB } }], ...change });
const workload = (name: string, minReplicas: number, maxReplicas: number, change: Partial<Workload> = {}): Workload =>
  ({ workload: name, minReplicas, maxReplicas, pod: template(name, 500, 256), ...change });
const cluster = (change: Partial<CapacityCluster> = {}): CapacityCluster =>
  ({ types: TYPES, pools: [general], workloads: [workload("api", 3, 10)], ...change });

describe("what a node offers", () => {
  it("gives a t3.medium 17 pods, 1930m and at most 3554 MiB, and 2531 MiB at 110 pods", () => {
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0 })).toMatchObject({ pods: 17, cpuMillis: 1930, memoryMiB: 3554 });
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0, prefixDelegation: true })).toMatchObject({ pods: 110, memoryMiB: 2531 });
    expect(allocatableOf(T3_MEDIUM).memoryMiB).toBe(Math.floor(4096 * 0.925) - 442 - 100);
  });
  it("caps prefix delegation at 110 pods up to 30 vCPU and at 250 above, and leaves kube-reserved where maxPods is set alone", () => {
    expect(maxPodsOf(M6I_8XLARGE, { prefixDelegation: true })).toBe(250);
    expect(maxPodsOf(M6I_8XLARGE)).toBe(234);
    expect(allocatableOf(T3_MEDIUM, { memoryOverheadPercent: 0, maxPods: 60, reservedForPods: 17 })).toMatchObject({ pods: 60, memoryMiB: 3554 });
  });
  it("reserves CPU by core tiers", () => {
    expect([1, 2, 4, 8, 32].map(kubeReservedCpuMillis)).toEqual([60, 70, 80, 90, 150]);
  });
  it("finds the max pods that leave the most useful memory: not all slots, and not too few", () => {
    const choice = bestMaxPods(T3_MEDIUM, [{ cpuMillis: 50, memoryMiB: 128, count: 1 }], [{ cpuMillis: 50, memoryMiB: 64, count: 5 }],
      { prefixDelegation: true, memoryOverheadPercent: 0 });
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
  const cpu = (pod: Partial<PodTemplate>): number => effectiveRequests({ namespace: "n", labels: {}, containers: [request(100)], ...pod }).cpuMillis;
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
    expect(effectiveRequests({ namespace: "n", labels: {}, containers: [{ requests: { extended: { gpu: 1 } } }, { requests: { extended: { gpu: 2 } } }] }).extended).toEqual({ gpu: 3 });
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
    expect(judgement).toMatchObject({ verdict: "fits", mends: [], warnings: [], tightest: { pool: "general", resource: "cpuMillis" } });
    expect(judgement.scenarios.map(({ name, packing }) => [name, packing.nodes.length])).toEqual([["whole", 9], ["without a", 6], ["without b", 6], ["without c", 6]]);
    expect(judgement.tightest?.share).toBeCloseTo((10 * 500) / (6 * 1930));
    expect(judgement.scenarios[0]?.packing.pools[0]?.headroom.cpuMillis).toBe(9 * 1930 - 5000);
  });
  it("holds with N and not with N + 1 replicas, and a zone loss is never better than none", () => {
    const verdicts = (replicas: number) => judgeCapacity(cluster({ workloads: [workload("api", 1, replicas)] }), { mends: false }).scenarios.map(({ verdict }) => verdict);
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
    expect(judgeCapacity(cluster({ pools })).scenarios[0]?.packing.pools[0]?.allocatable).toEqual(judgeCapacity(cluster()).scenarios[0]?.packing.pools[0]?.allocatable);
  });
  it("lets the secondary carry the primary's peak with its own pods and restored volumes", () => {
    const primary = cluster({ workloads: [workload("api", 3, 10), workload("db", 1, 1, { pod: template("db", 500, 256, { volumes: [{ name: "data", zones: ["a"] }] }) })] });
    const secondary = cluster({ pools: [{ ...general, maxNodes: 3, zones: ["x", "y", "z"] }], workloads: [workload("api", 1, 2), workload("watch", 1, 1)] });
    const both = carryingPeakOf(primary, secondary);
    expect(both.workloads.map((one) => [one.workload, one.minReplicas, one.maxReplicas])).toEqual([["api", 1, 10], ["db", 1, 1], ["watch", 1, 1]]);
    expect(judgeCapacity(both, { zoneLoss: false })).toMatchObject({ verdict: "doesNotFit" });
    expect(judgeCapacity({ ...both, pools: [{ ...general, maxNodes: 4, zones: ["x", "y", "z"] }] }, { zoneLoss: false }).verdict).toBe("fits");
  });
});

describe("an empty node", () => {
  it("holds each pod beside the DaemonSets in every pool that admits it, or says what is too small", () => {
    const fast: Pool = { ...general, name: "throughput", instanceTypes: ["m6i.xlarge"], taints: [{ key: "dedicated", effect: "NoSchedule" }] };
    const tolerant = template("batch", 1900, 256, { tolerations: [{ operator: "Exists" }], podAffinity: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "absent" } } }] });
    const fits = emptyNodeFits(cluster({
      pools: [general, fast], daemonSets: [{ workload: "agent", pod: template("agent", 100, 64) }],
      workloads: [workload("api", 1, 1), workload("batch", 1, 1, { pod: tolerant }), workload("lost", 1, 1, { pod: template("lost", 1, 1, { nodeSelector: { pool: "none" } }) })],
    }));
    expect(fits.map(({ workload: name, pool, fits: holds }) => [name, pool, holds])).toEqual([["api", "general", true], ["batch", "general", false], ["batch", "throughput", true]]);
    expect(fits[1]?.reason).toContain("3 Insufficient cpu");
  });
});

describe("mends", () => {
  const short = cluster({ workloads: [workload("api", 3, 20), workload("small", 1, 1, { pod: template("small", 50, 64) })] });
  const mends = judgeCapacity(short, { orders: 24 }).mends;
  it("are the fewest nodes, a larger type and a lower maximum, each of which really mends it", () => {
    expect(judgeCapacity(short).verdict).toBe("doesNotFit");
    expect(mends.map(({ kind }) => kind)).toEqual(["moreNodes", "otherType", "lowerMaximum"]);
    for (const mend of mends) {
      const mended = mend.kind === "moreNodes" ? { ...short, pools: [{ ...general, maxNodes: mend.to }] }
        : mend.kind === "otherType" ? { ...short, pools: [{ ...general, instanceTypes: [mend.to] }] }
          : { ...short, workloads: short.workloads.map((one) => (one.workload === mend.workload ? { ...one, maxReplicas: mend.to } : one)) };
      expect(judgeCapacity(mended, { orders: 24 }).verdict).toBe("fits");
    }
  });
  it("go no further than needed, and cost what the further nodes cost", () => {
    const nodes = mends.find((mend) => mend.kind === "moreNodes");
    expect(nodes).toMatchObject({ from: 9, pool: "general" });
    if (nodes?.kind !== "moreNodes") throw new Error("no nodes were added");
    expect(judgeCapacity({ ...short, pools: [{ ...general, maxNodes: nodes.to - 1 }] }, { mends: false }).verdict).not.toBe("fits");
    expect(nodes.extraUsdPerHour).toBeCloseTo((nodes.to - 9) * 0.0416);
    expect(mends.find((mend) => mend.kind === "lowerMaximum")).toMatchObject({ workload: "api", from: 20, to: 18 });
  });
  it("are none where no single change helps: a pod larger than any type", () => {
    expect(judgeCapacity(cluster({ workloads: [workload("huge", 1, 1, { pod: template("huge", 64_000, 256) })] }))).toMatchObject({ verdict: "doesNotFit", mends: [] });
  });
});

describe("bad input", () => {
  it("gives unknown for an instance type that nobody knows, and names it", () => {
    const pools = [{ ...general, instanceTypes: ["x9.mega"] }];
    expect(judgeCapacity(cluster({ pools }))).toMatchObject({ verdict: "unknown", because: expect.stringContaining("x9.mega") });
    expect(steadyState(cluster({ pools }))).toMatchObject({ verdict: "unknown", because: expect.stringContaining("x9.mega") });
    expect(drainAllNodes({ cluster: cluster({ pools }), budgets: [] })).toMatchObject({ outcome: "unknown" });
    expect(() => judgeCapacity(cluster({ pools: [{ ...general, instanceTypes: [] }] }))).toThrow(/names no instance type/);
  });
  it("answers for pools of 0 nodes", () => {
    expect(judgeCapacity(cluster({ pools: [{ ...general, minNodes: 0, maxNodes: 0 }] }))).toMatchObject({
      verdict: "doesNotFit", tightest: undefined, scenarios: [{ packing: { leftOver: [{ reason: "no nodes available to schedule pods" }] } }, {}, {}, {}],
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
    const subnets = (prefixLength: number) => ["a", "b", "c"].map((zone) => ({ name: `private-${zone}`, zone, prefixLength }));
    expect(judgeCapacity(cluster({ subnets: subnets(26) })).verdict).toBe("fits");
    const judgement = judgeCapacity(cluster({ subnets: subnets(28) }), { mends: false });
    expect(judgement).toMatchObject({ verdict: "doesNotFit", because: "whole: zone a: 3 nodes and their pods need 36 addresses, and its subnets have 11" });
    expect(addressUse(cluster(), judgement.scenarios[0]?.packing ?? (() => { throw new Error("no scenario"); })())).toEqual([]);
  });
  it("warns of pod slots without an address", () => {
    const pools = [{ ...general, setup: { maxPods: 110 } }];
    expect(slotsWithoutAddress(cluster({ pools }))).toEqual([{ pool: "general", pods: 110, addresses: 15 }]);
    expect(slotsWithoutAddress(cluster({ pools: [{ ...general, setup: { maxPods: 110, prefixDelegation: true } }] }))).toEqual([]);
    expect(judgeCapacity(cluster({ pools })).warnings).toEqual([expect.stringContaining("max pods 110, but the interfaces carry 15 pod addresses")]);
  });
});

describe("the steady state", () => {
  it("keeps the pools' minima where the HPA minima fit them, and adds the nodes that they need where not", () => {
    expect(steadyState(cluster())).toMatchObject({ verdict: "fits", pools: [{ pool: "general", nodes: 3 }] });
    expect(steadyState(cluster({ workloads: [workload("api", 12, 12)] }))).toMatchObject({ verdict: "fits", pools: [{ nodes: 4 }] });
  });
  it("adds to the pool that helps", () => {
    const taints = [{ key: "dedicated", value: "throughput", effect: "NoSchedule" as const }];
    const fast: Pool = { ...general, name: "throughput", instanceTypes: ["c6in.large"], minNodes: 0, taints, labels: { pool: "throughput" } };
    const worker = workload("worker", 3, 3, { pod: template("worker", 1500, 256, { nodeSelector: { pool: "throughput" }, tolerations: [{ key: "dedicated", operator: "Exists" }] }) });
    expect(steadyState(cluster({ pools: [general, fast], workloads: [workload("api", 3, 10), worker] })).pools).toEqual([{ pool: "general", nodes: 3 }, { pool: "throughput", nodes: 3 }]);
  });
  it("starts no nodes for pods that no node helps", () => {
    expect(steadyState(cluster({ workloads: [workload("huge", 1, 1, { pod: template("huge", 64_000, 1) })] }))).toMatchObject({ verdict: "doesNotFit", pools: [{ nodes: 3 }] });
  });
});

describe("disruption budgets", () => {
  const budget = (limits: Partial<DisruptionBudget>): DisruptionBudget => ({ name: "api", namespace: "shop", selector: { matchLabels: { app: "api" } }, ...limits });
  it("round percentages up, for both kinds", () => {
    expect(desiredHealthy(budget({ minAvailable: "50%" }), 3)).toBe(2);
    expect(desiredHealthy(budget({ maxUnavailable: "34%" }), 3)).toBe(1);
    expect(desiredHealthy(budget({ maxUnavailable: 5 }), 3)).toBe(0);
    expect(() => desiredHealthy(budget({}), 3)).toThrow(/neither/);
    expect(() => desiredHealthy(budget({ minAvailable: 1, maxUnavailable: 1 }), 3)).toThrow(/both/);
  });

  const drain = (limits: Partial<DisruptionBudget>, change: Partial<CapacityCluster> = {}, input: Partial<DrainInput> = {}) =>
    drainAllNodes({ cluster: cluster(change), budgets: [budget(limits)], ...input });
  it("end a drain with a time where they leave room to evict", () => {
    const result = drain({ minAvailable: 2 });
    // Three nodes, one at a time: 120 s to start, 30 s until the evicted pod is gone and its replacement is Ready.
    expect(result).toMatchObject({ outcome: "ends", seconds: 3 * 150, deadlock: undefined });
    expect(result.steps.map(({ nodes }) => nodes.length)).toEqual([1, 1, 1]);
    expect(drain({ minAvailable: 2 }, {}, { beforeNodesSeconds: 600 }).seconds).toBe(1050);
  });
  it("take longer with grace and slow starts, and less time in parallel", () => {
    const slow = { workloads: [workload("api", 3, 10, { terminationGraceSeconds: 60, readySeconds: 90 })] };
    expect(drain({ maxUnavailable: 1 }, slow).seconds).toBe(3 * (120 + 90));
    expect(drain({ maxUnavailable: "100%" }, slow, { parallel: "100%" }).seconds).toBe(120 + 90);
    expect(drain({ maxUnavailable: 1 }, slow, { parallel: 3 }).seconds).toBe(120 + 3 * 90);
  });
  it.each([["minAvailable 3 of 3", { minAvailable: 3 }], ["100 %", { minAvailable: "100%" }], ["maxUnavailable 0", { maxUnavailable: 0 }]])("deadlock it with %s, and are named", (_, limits) => {
    expect(drain(limits)).toMatchObject({
      outcome: "deadlock", deadlock: { kind: "budget", workload: "api", because: expect.stringMatching(/node general-a-0001 cannot be drained.* budget api \(.*\) wants 3 of 3 pods healthy, and 3 are: 0 evictions allowed/) },
    });
  });
  it("deadlock it when two of them guard one pod", () => {
    const budgets = [budget({ minAvailable: 1 }), budget({ name: "shop", minAvailable: 1, selector: {} })];
    expect(drainAllNodes({ cluster: cluster(), budgets }).because).toMatch(/budgets api and shop both guard it/);
  });
  it("deadlock it when the replacement finds no room, with the scheduler's reason", () => {
    const db = workload("api", 2, 2, { replacement: "afterTermination", pod: template("api", 500, 256, { volumes: [{ name: "data", zones: ["a"] }], podAntiAffinity: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "api" } } }] }) });
    const pools = [{ ...general, minNodes: 2, maxNodes: 2, zones: ["a"] }];
    expect(drain({ minAvailable: 1 }, { pools, workloads: [db] }).outcome).toBe("ends");
    const stuck = drain({ minAvailable: 1 }, { pools, workloads: [db] }, { surge: false, parallel: 2 });
    expect(stuck).toMatchObject({ outcome: "deadlock", deadlock: { kind: "noRoom", because: expect.stringContaining("0/2 nodes are available: 2 node(s) were unschedulable") } });
  });
  it("end it as failed when evictions outlast the timeout, or a pod has no controller", () => {
    const slow = { workloads: [workload("api", 9, 9, { readySeconds: 600 })] };
    expect(drain({ maxUnavailable: 1 }, slow)).toMatchObject({ outcome: "deadlock", deadlock: { kind: "timeout", because: expect.stringContaining("evictions may take 900 s") } });
    expect(drain({ maxUnavailable: 1 }, { workloads: [workload("api", 1, 1, { replacement: "never" })] })).toMatchObject({ outcome: "deadlock", deadlock: { kind: "barePod" } });
  });
  it("let evicted pods wait for late nodes when no new ones start before, and name what finds no node at the end", () => {
    const input = { cluster: cluster(), budgets: [], surge: false, parallel: "100%" };
    expect(drainAllNodes(input)).toMatchObject({ outcome: "ends", seconds: 30 + 120 + 30 });
    const pinned = workload("api", 1, 1, { pod: template("api", 500, 256, { nodeSelector: { "kubernetes.io/hostname": "general-a-0001" } }) });
    expect(drainAllNodes({ ...input, surge: true, cluster: cluster({ workloads: [pinned] }) })).toMatchObject({
      outcome: "deadlock", deadlock: { kind: "noRoom", workload: "api", because: expect.stringMatching(/a pod of api finds no node: 0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity/) },
    });
  });
  it("do not hold up DaemonSets, and the budget of work bounds the drain", () => {
    const daemonSets = [{ workload: "agent", pod: template("agent", 100, 64) }];
    expect(drain({ minAvailable: 2 }, { daemonSets })).toMatchObject({ outcome: "ends", seconds: 450 });
    expect(drain({ minAvailable: 2 }, {}, { maxEvents: 2 })).toMatchObject({ outcome: "unknown", because: expect.stringContaining("raise maxEvents") });
  });
});

describe("throughput", () => {
  const judged = (change: object, pool: Partial<Pool> = {}, replicas = 10) => {
    const one = cluster({ pools: [{ ...general, ...pool }], workloads: [workload("api", 3, replicas)] });
    const [whole] = judgeCapacity(one, { zoneLoss: false, mends: false }).scenarios;
    if (whole === undefined) throw new Error("no scenario");
    return judgeThroughput({ id: "XB-07", workload: "api", unit: "requests/s", claimed: 1500, perReplica: 500, ...change }, one, whole.packing);
  };
  const clause = (judgement: ReturnType<typeof judged>, name: string) => judgement.clauses.find((one) => one.name === name);
  it("holds a claim against the HPA maximum, with the arithmetic", () => {
    expect(judged({}, {}, 3)).toMatchObject({ verdict: "fits", replicasNeeded: 3, clauses: [{ name: "replicas", arithmetic: "1500 requests/s ÷ 500 a replica = 3 replicas; the maximum is 3" }, {}] });
    expect(judged({ claimed: 1501 }, {}, 3)).toMatchObject({ verdict: "doesNotFit", replicasNeeded: 4 });
    expect(judged({}, { maxNodes: 1 }, 10)).toMatchObject({ verdict: "fits" });
    expect(judged({ claimed: 2000 }, { maxNodes: 1 }, 10).clauses[1]).toMatchObject({ name: "placement", verdict: "doesNotFit" });
  });
  it("counts the network baseline and not the burst: 125 MB/s is 1 Gbit/s", () => {
    const one = { maxNodes: 1, zones: ["a"] };
    expect(clause(judged({ megabytesPerSecond: 125 }, one, 1), "network")).toMatchObject({ verdict: "doesNotFit", arithmetic: expect.stringContaining("= 1 Gbit/s; the baseline of t3.medium is 0.256 Gbit/s") });
    expect(clause(judged({ megabytesPerSecond: 125, claimed: 500 }, { ...one, instanceTypes: ["c6in.large"] }, 1), "network")).toMatchObject({ verdict: "fits" });
    expect(clause(judged({ megabytesPerSecond: 1 }, { ...one, instanceTypes: ["m6i.xlarge"] }, 1), "network")).toMatchObject({ verdict: "unknown", arithmetic: expect.stringContaining("m6i.xlarge is not known") });
  });
  it("counts the CPU that credits sustain", () => {
    const used = (cpuMillisPerReplica: number, pool: Partial<Pool> = {}) => clause(judged({ cpuMillisPerReplica, claimed: 500 }, { maxNodes: 1, zones: ["a"], ...pool }, 1), "cpuCredits");
    expect(used(400)).toMatchObject({ verdict: "fits", arithmetic: expect.stringContaining("t3.medium sustains 400m") });
    expect(used(1000)).toMatchObject({ verdict: "doesNotFit", arithmetic: expect.stringContaining("a full credit balance lasts 960 min") });
    expect(used(1000, { instanceTypes: ["c6in.large"] })).toMatchObject({ verdict: "fits" });
    expect(used(2001, { instanceTypes: ["c6in.large"] })).toMatchObject({ verdict: "doesNotFit" });
    const [medium] = TYPES;
    if (medium === undefined) throw new Error("no type");
    expect([minutesOfBurst(medium, 400), minutesOfBurst(medium, 2000)]).toEqual([Infinity, 360]);
  });
  it("refuses a claim that makes no sense", () => {
    expect(() => judged({ perReplica: 0 })).toThrow(/give a claim from 0 and a replica above 0/);
    expect(() => judged({ claimed: -1 })).toThrow(/claim XB-07: -1/);
    expect(() => judged({ workload: "nobody" })).toThrow(/workload nobody is not in the cluster/);
  });
});
