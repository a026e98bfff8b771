import { desiredHealthy, drainAllNodes } from "../../models/capacity";
import type {
  CapacityCluster,
  DisruptionBudget,
  DrainInput,
  NodeType,
  PodTemplate,
  Pool,
  Workload,
} from "../../models/capacity";

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

describe("disruption budgets", () => {
  const budget = (limits: Partial<DisruptionBudget>): DisruptionBudget => ({
    name: "api",
    namespace: "shop",
    selector: { matchLabels: { app: "api" } },
    ...limits,
  });
  it("round percentages up, for both kinds", () => {
    expect(desiredHealthy(budget({ minAvailable: "50%" }), 3)).toBe(2);
    expect(desiredHealthy(budget({ maxUnavailable: "34%" }), 3)).toBe(1);
    expect(desiredHealthy(budget({ maxUnavailable: 5 }), 3)).toBe(0);
    expect(() => desiredHealthy(budget({}), 3)).toThrow(/neither/);
    expect(() => desiredHealthy(budget({ minAvailable: 1, maxUnavailable: 1 }), 3)).toThrow(/both/);
  });

  const drain = (
    limits: Partial<DisruptionBudget>,
    change: Partial<CapacityCluster> = {},
    input: Partial<DrainInput> = {},
  ) => drainAllNodes({ cluster: cluster(change), budgets: [budget(limits)], ...input });
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
  it.each([
    ["minAvailable 3 of 3", { minAvailable: 3 }],
    ["100 %", { minAvailable: "100%" }],
    ["maxUnavailable 0", { maxUnavailable: 0 }],
  ])("deadlock it with %s, and are named", (_, limits) => {
    expect(drain(limits)).toMatchObject({
      outcome: "deadlock",
      deadlock: {
        kind: "budget",
        workload: "api",
        because: expect.stringMatching(
          /node general-a-0001 cannot be drained.* budget api \(.*\) wants 3 of 3 pods healthy, and 3 are: 0 evictions allowed/,
        ),
      },
    });
  });
  it("deadlock it when two of them guard one pod", () => {
    const budgets = [budget({ minAvailable: 1 }), budget({ name: "shop", minAvailable: 1, selector: {} })];
    expect(drainAllNodes({ cluster: cluster(), budgets }).because).toMatch(/budgets api and shop both guard it/);
  });
  it("deadlock it when the replacement finds no room, with the scheduler's reason", () => {
    const db = workload("api", 2, 2, {
      replacement: "afterTermination",
      pod: template("api", 500, 256, {
        volumes: [{ name: "data", zones: ["a"] }],
        podAntiAffinity: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "api" } } }],
      }),
    });
    const pools = [{ ...general, minNodes: 2, maxNodes: 2, zones: ["a"] }];
    expect(drain({ minAvailable: 1 }, { pools, workloads: [db] }).outcome).toBe("ends");
    const stuck = drain({ minAvailable: 1 }, { pools, workloads: [db] }, { surge: false, parallel: 2 });
    expect(stuck).toMatchObject({
      outcome: "deadlock",
      deadlock: {
        kind: "noRoom",
        because: expect.stringContaining("0/2 nodes are available: 2 node(s) were unschedulable"),
      },
    });
  });
  it("end it as failed when evictions outlast the timeout, or a pod has no controller", () => {
    const slow = { workloads: [workload("api", 9, 9, { readySeconds: 600 })] };
    expect(drain({ maxUnavailable: 1 }, slow)).toMatchObject({
      outcome: "deadlock",
      deadlock: { kind: "timeout", because: expect.stringContaining("evictions may take 900 s") },
    });
    expect(
      drain({ maxUnavailable: 1 }, { workloads: [workload("api", 1, 1, { replacement: "never" })] }),
    ).toMatchObject({ outcome: "deadlock", deadlock: { kind: "barePod" } });
  });
  it("let evicted pods wait for late nodes when no new ones start before, and name what finds no node at the end", () => {
    const input = { cluster: cluster(), budgets: [], surge: false, parallel: "100%" };
    expect(drainAllNodes(input)).toMatchObject({ outcome: "ends", seconds: 30 + 120 + 30 });
    const pinned = workload("api", 1, 1, {
      pod: template("api", 500, 256, { nodeSelector: { "kubernetes.io/hostname": "general-a-0001" } }),
    });
    expect(drainAllNodes({ ...input, surge: true, cluster: cluster({ workloads: [pinned] }) })).toMatchObject({
      outcome: "deadlock",
      deadlock: {
        kind: "noRoom",
        workload: "api",
        because: expect.stringMatching(
          /a pod of api finds no node: 0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity/,
        ),
      },
    });
  });
  it("do not hold up DaemonSets, and the budget of work bounds the drain", () => {
    const daemonSets = [{ workload: "agent", pod: template("agent", 100, 64) }];
    expect(drain({ minAvailable: 2 }, { daemonSets })).toMatchObject({ outcome: "ends", seconds: 450 });
    expect(drain({ minAvailable: 2 }, {}, { maxEvents: 2 })).toMatchObject({
      outcome: "unknown",
      because: expect.stringContaining("raise maxEvents"),
    });
  });
});
