import { REASON, pack } from "../../models/capacity";
import type { ClusterNode, PodSet, PodTemplate } from "../../models/capacity";
const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

type NodeChange = Omit<Partial<ClusterNode>, "allocatable"> & { allocatable?: Partial<ClusterNode["allocatable"]> };
function node(name: string, zone: string, change: NodeChange = {}): ClusterNode {
  return {
    name,
    ...change,
    labels: { [HOST]: name, [ZONE]: zone, ...change.labels },
    allocatable: { cpuMillis: 1000, memoryMiB: 1000, pods: 10, ...change.allocatable },
  };
}
const threeZones = (each = 1, change: NodeChange = {}): ClusterNode[] =>
  ["a", "b", "c"].flatMap((zone) => Array.from({ length: each }, (_, at) => node(`${zone}${at}`, zone, change)));
function pods(
  workload: string,
  count: number,
  change: Partial<PodTemplate> = {},
  cpuMillis = 100,
  memoryMiB = 100,
): PodSet {
  return {
    workload,
    count,
    pod: {
      namespace: "shop",
      labels: { app: workload },
      containers: [{ requests: { cpuMillis, memoryMiB } }],
      ...change,
    },
  };
}
const app = (name: string) => ({ matchLabels: { app: name } });
const spread = (name: string, change: object = {}) => ({
  topologySpread: [
    { topologyKey: ZONE, maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" as const, labelSelector: app(name), ...change },
  ],
});
const judged = (nodes: readonly ClusterNode[], sets: readonly PodSet[]) => pack({ nodes, pods: sets }, { orders: 24 });
const reasonsOf = (nodes: readonly ClusterNode[], sets: readonly PodSet[]): string =>
  judged(nodes, sets)
    .leftOver.map(({ reason }) => reason)
    .join("\n");

describe("one pod and one node", () => {
  const taint = { key: "dedicated", value: "x", effect: "NoSchedule" as const };
  const cases: [string, NodeChange, Partial<PodTemplate>, string | undefined][] = [
    ["CPU", { allocatable: { cpuMillis: 99 } }, {}, "1 Insufficient cpu"],
    [
      "CPU and memory together",
      { allocatable: { cpuMillis: 99, memoryMiB: 99 } },
      {},
      "1 Insufficient cpu, 1 Insufficient memory",
    ],
    ["pod slots", { allocatable: { pods: 0 } }, {}, "1 Too many pods"],
    [
      "ephemeral storage",
      { allocatable: { ephemeralStorageMiB: 5 } },
      { containers: [{ requests: { ephemeralStorageMiB: 6 } }] },
      "1 Insufficient ephemeral-storage",
    ],
    [
      "an extended resource",
      {},
      { containers: [{ requests: { extended: { "nvidia.com/gpu": 1 } } }] },
      "1 Insufficient nvidia.com/gpu",
    ],
    ["a taint", { taints: [taint] }, {}, `1 ${REASON.taint}`],
    ["a tolerated taint", { taints: [taint] }, { tolerations: [{ key: "dedicated", value: "x" }] }, undefined],
    [
      "a taint tolerated with another value",
      { taints: [taint] },
      { tolerations: [{ key: "dedicated", value: "y" }] },
      `1 ${REASON.taint}`,
    ],
    [
      "a taint tolerated for another effect",
      { taints: [taint] },
      { tolerations: [{ operator: "Exists", effect: "NoExecute" }] },
      `1 ${REASON.taint}`,
    ],
    [
      "everything tolerated",
      { taints: [{ ...taint, effect: "NoExecute" }] },
      { tolerations: [{ operator: "Exists" }] },
      undefined,
    ],
    ["a mere preference", { taints: [{ ...taint, effect: "PreferNoSchedule" }] }, {}, undefined],
    ["a cordoned node", { unschedulable: true }, {}, `1 ${REASON.cordoned}`],
    ["a node selector", {}, { nodeSelector: { disk: "ssd" } }, `1 ${REASON.nodeAffinity}`],
    ["a node selector that matches", { labels: { disk: "ssd" } }, { nodeSelector: { disk: "ssd" } }, undefined],
    [
      "alternatives of node affinity",
      { labels: { disk: "ssd" } },
      {
        nodeAffinity: [
          { matchExpressions: [{ key: "disk", operator: "In", values: ["hdd"] }] },
          { matchExpressions: [{ key: "disk", operator: "Exists" }] },
        ],
      },
      undefined,
    ],
    [
      "numbers in node affinity",
      { labels: { cores: "8" } },
      { nodeAffinity: [{ matchExpressions: [{ key: "cores", operator: "Gt", values: ["8"] }] }] },
      `1 ${REASON.nodeAffinity}`,
    ],
    [
      "numbers in node affinity that match",
      { labels: { cores: "8" } },
      {
        nodeAffinity: [
          {
            matchExpressions: [
              { key: "cores", operator: "Lt", values: ["9"] },
              { key: "gpu", operator: "DoesNotExist" },
              { key: "disk", operator: "NotIn", values: ["hdd"] },
            ],
          },
        ],
      },
      undefined,
    ],
    [
      "the node's name",
      {},
      { nodeAffinity: [{ matchFields: [{ key: "metadata.name", operator: "In", values: ["other"] }] }] },
      `1 ${REASON.notNamed}`,
    ],
    [
      "another node's name in one of two terms",
      {},
      {
        nodeAffinity: [
          { matchFields: [{ key: "metadata.name", operator: "In", values: ["other"] }] },
          { matchExpressions: [{ key: "disk", operator: "Exists" }] },
        ],
      },
      `1 ${REASON.nodeAffinity}`,
    ],
    ["an empty list of terms", {}, { nodeAffinity: [] }, `1 ${REASON.nodeAffinity}`],
    ["a volume of another zone", {}, { volumes: [{ name: "v", zones: ["b"] }] }, `1 ${REASON.volumeZone}`],
    [
      "a volume that may only be made in another zone",
      {},
      { volumes: [{ name: "v", zones: ["b"], unbound: true }] },
      `1 ${REASON.volumeBinding}`,
    ],
    ["a volume of its zone", {}, { volumes: [{ name: "v", zones: ["a", "b"] }] }, undefined],
    [
      "the attach limit",
      { allocatable: { attachableVolumes: 1 } },
      { volumes: [{ name: "v" }, { name: "w" }] },
      `1 ${REASON.volumeLimit}`,
    ],
    ["a spread over a label that no node has", {}, spread("x", { topologyKey: "rack" }), `1 ${REASON.spreadLabel}`],
    [
      "affinity to pods that do not exist",
      {},
      { podAffinity: [{ topologyKey: ZONE, labelSelector: app("db") }] },
      `1 ${REASON.affinity}`,
    ],
  ];
  it.each(cases)("decides %s", (_, change, pod, reason) => {
    const packing = judged([node("n", "a", change)], [pods("x", 1, pod)]);
    expect(packing.verdict).toBe(reason === undefined ? "fits" : "doesNotFit");
    expect(packing.leftOver.map((left) => left.reason)).toEqual(
      reason === undefined
        ? []
        : [
            expect.stringContaining(
              `0/1 nodes are available: ${reason}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 `,
            ),
          ],
    );
  });
});

describe("pods among themselves", () => {
  it("keeps host ports apart, also where one is bound to every address", () => {
    const port = (hostIP?: string) => ({ hostPorts: [{ port: 80, ...(hostIP === undefined ? {} : { hostIP }) }] });
    expect(reasonsOf([node("n", "a")], [pods("x", 2, port())])).toContain(`1 ${REASON.ports}`);
    expect(judged([node("n", "a")], [pods("x", 1, port("10.0.0.1")), pods("y", 1, port("10.0.0.2"))]).verdict).toBe(
      "fits",
    );
    expect(judged([node("n", "a")], [pods("x", 1, port("10.0.0.1")), pods("y", 1, port())]).verdict).toBe("doesNotFit");
    expect(
      judged([node("n", "a")], [pods("x", 1, port()), pods("y", 1, { hostPorts: [{ port: 80, protocol: "UDP" }] })])
        .verdict,
    ).toBe("fits");
  });
  it("holds anti-affinity in both directions", () => {
    const apart = pods("x", 4, { podAntiAffinity: [{ topologyKey: HOST, labelSelector: app("x") }] });
    const packing = judged(threeZones(), [apart]);
    expect(packing).toMatchObject({ verdict: "doesNotFit", leftOver: [{ workload: "x", count: 1 }] });
    expect(packing.leftOver[0]?.reason).toContain(`3 ${REASON.antiAffinity}`);
    expect(
      reasonsOf(
        [node("n", "a")],
        [
          pods("hermit", 1, { podAntiAffinity: [{ topologyKey: ZONE, labelSelector: app("x") }], priority: 5 }),
          pods("x", 1),
        ],
      ),
    ).toContain(`1 ${REASON.existingAntiAffinity}`);
  });
  it("sees namespaces: the own one by default, listed ones, or those with a label", () => {
    const other = { ...pods("y", 1), pod: { ...pods("y", 1).pod, namespace: "billing" } };
    const avoiding = (term: object): PodSet =>
      pods("x", 1, { priority: -1, podAntiAffinity: [{ topologyKey: ZONE, labelSelector: app("y"), ...term }] });
    const verdict = (term: object) =>
      pack({ nodes: [node("n", "a")], pods: [avoiding(term), other], namespaces: { billing: { team: "money" } } })
        .verdict;
    expect(verdict({})).toBe("fits");
    expect(verdict({ namespaces: ["billing"] })).toBe("doesNotFit");
    expect(verdict({ namespaceSelector: {} })).toBe("doesNotFit");
    expect(verdict({ namespaceSelector: { matchLabels: { team: "money" } } })).toBe("doesNotFit");
    expect(verdict({ namespaceSelector: { matchLabels: { team: "art" } } })).toBe("fits");
  });
  it("lets the first of a series that wants its own company start, and the others follow into its zone", () => {
    const together = pods("x", 12, { podAffinity: [{ topologyKey: ZONE, labelSelector: app("x") }] });
    const packing = judged(threeZones(), [together]);
    expect(packing.leftOver).toMatchObject([{ workload: "x", count: 2 }]);
    expect(packing.nodes.filter((use) => use.pods.length > 0)).toHaveLength(1);
  });
  it("retries a pod whose company comes later", () => {
    expect(
      judged(threeZones(), [
        pods("a-follower", 3, { podAffinity: [{ topologyKey: HOST, labelSelector: app("leader") }] }),
        pods("leader", 1),
      ]).verdict,
    ).toBe("fits");
  });
  it("tells versions apart by matchLabelKeys and mismatchLabelKeys", () => {
    const version = (workload: string, hash: string, key: "matchLabelKeys" | "mismatchLabelKeys"): PodSet =>
      pods(workload, 1, {
        labels: { app: "x", hash },
        podAntiAffinity: [{ topologyKey: ZONE, labelSelector: app("x"), [key]: ["hash"] }],
      });
    expect(
      judged([node("n", "a")], [version("old", "1", "matchLabelKeys"), version("new", "2", "matchLabelKeys")]).verdict,
    ).toBe("fits");
    expect(
      judged([node("n", "a")], [version("old", "1", "mismatchLabelKeys"), version("new", "2", "mismatchLabelKeys")])
        .verdict,
    ).toBe("doesNotFit");
  });
});

describe("topology spread", () => {
  it("keeps the skew, and leaves over what a full zone would unbalance", () => {
    const packing = judged([...threeZones(1), node("a-more", "a")], [pods("x", 32, spread("x"))]);
    // 10 each in b and c, so 11 in a, which has room for 20.
    expect(packing).toMatchObject({ verdict: "doesNotFit", leftOver: [{ workload: "x", count: 1 }] });
    expect(packing.leftOver[0]?.reason).toContain(`2 ${REASON.spread}`);
  });
  it("refuses when no placement can meet maxSkew: an eligible zone without room holds the minimum at 0", () => {
    const nodes = [node("a0", "a"), node("b0", "b", { allocatable: { pods: 0 } })];
    expect(reasonsOf(nodes, [pods("x", 2, spread("x"))])).toContain(`1 ${REASON.spread}`);
    expect(judged(nodes, [pods("x", 2, spread("x", { whenUnsatisfiable: "ScheduleAnyway" }))]).verdict).toBe("fits");
    expect(judged(nodes, [pods("x", 2, spread("x", { maxSkew: 2 }))]).verdict).toBe("fits");
  });
  it("takes the minimum as 0 while there are fewer domains than minDomains", () => {
    expect(judged(threeZones(), [pods("x", 3, spread("x", { minDomains: 4 }))]).verdict).toBe("fits");
    expect(judged(threeZones(), [pods("x", 4, spread("x", { minDomains: 4 }))]).verdict).toBe("doesNotFit");
    expect(judged(threeZones(), [pods("x", 4, spread("x", { minDomains: 3 }))]).verdict).toBe("fits");
  });
  it("counts a zone only as the node policies say", () => {
    const taints = [{ key: "t", effect: "NoSchedule" as const }];
    const tainted = [node("a0", "a"), node("b0", "b", { taints })];
    expect(judged(tainted, [pods("x", 2, spread("x"))]).verdict).toBe("doesNotFit");
    expect(judged(tainted, [pods("x", 2, spread("x", { nodeTaintsPolicy: "Honor" }))]).verdict).toBe("fits");
    const labelled = [node("a0", "a", { labels: { pool: "p" } }), node("b0", "b")];
    const selecting = (change: object) => pods("x", 2, { ...spread("x", change), nodeSelector: { pool: "p" } });
    expect(judged(labelled, [selecting({})]).verdict).toBe("fits");
    expect(judged(labelled, [selecting({ nodeAffinityPolicy: "Ignore" })]).verdict).toBe("doesNotFit");
  });
  it("counts each version for itself with matchLabelKeys", () => {
    const version = (hash: string, keys: string[]): PodSet =>
      pods(`x-${hash}`, 2, { labels: { app: "x", hash }, ...spread("x", { matchLabelKeys: keys }) });
    const nodes = [node("a0", "a", { allocatable: { pods: 2 } }), node("b0", "b", { allocatable: { pods: 2 } })];
    for (const keys of [[], ["hash"]])
      expect(judged(nodes, [version("1", keys), version("2", keys)]).verdict).toBe("fits");
    const pinned = pods("old", 2, { labels: { app: "x", hash: "0" }, nodeSelector: { [ZONE]: "a" } });
    const room = [node("a0", "a"), node("b0", "b", { allocatable: { pods: 1 } })];
    expect(judged(room, [pinned, version("1", ["hash"])]).verdict).toBe("fits");
    expect(judged(room, [pinned, version("1", [])]).verdict).not.toBe("fits");
  });
  it("matches nothing without a selector and counts nothing for an empty one", () => {
    expect(
      judged(
        [node("a0", "a"), node("b0", "b", { allocatable: { pods: 0 } })],
        [pods("x", 5, spread("x", { labelSelector: undefined }))],
      ).verdict,
    ).toBe("fits");
    expect(
      judged(
        [node("a0", "a"), node("b0", "b", { allocatable: { pods: 0 } })],
        [pods("x", 5, spread("x", { labelSelector: {} }))],
      ).verdict,
    ).toBe("fits");
  });
});

describe("the choice among nodes that pass", () => {
  const homes = (nodes: readonly ClusterNode[], sets: readonly PodSet[]): Record<string, string[]> => {
    const uses = judged(nodes, sets).nodes.flatMap((use) =>
      use.pods.flatMap(({ workload, count }) => Array.from({ length: count }, () => ({ workload, node: use.node }))),
    );
    return Object.fromEntries(
      sets.map(({ workload }) => [workload, uses.filter((use) => use.workload === workload).map((use) => use.node)]),
    );
  };
  const [empty, fuller] = [
    node("empty", "a", { allocatable: { cpuMillis: 4000, memoryMiB: 4000 } }),
    node("fuller", "b"),
  ];
  it("takes the emptiest node, but away from a PreferNoSchedule taint", () => {
    expect(homes([empty, fuller], [pods("x", 1)])).toEqual({ x: ["empty"] });
    expect(homes([{ ...empty, taints: [{ key: "t", effect: "PreferNoSchedule" }] }, fuller], [pods("x", 1)])).toEqual({
      x: ["fuller"],
    });
  });
  it("follows a spread that is only preferred", () => {
    expect(homes([empty, fuller], [pods("x", 2, { owned: false })])).toEqual({ x: ["empty", "empty"] });
    expect(homes([empty, fuller], [pods("x", 2)])).toEqual({ x: ["empty", "fuller"] });
    expect(homes([empty, fuller], [pods("x", 2, spread("x", { whenUnsatisfiable: "ScheduleAnyway" }))])).toEqual({
      x: ["empty", "fuller"],
    });
  });
  it("puts a pod beside those that require its company", () => {
    const first = pods("a-leader", 1, { labels: { app: "leader" }, nodeSelector: { [ZONE]: "b" } });
    const more = pods("c-leader", 1, { labels: { app: "leader" } });
    const follower = pods("b-follower", 1, { podAffinity: [{ topologyKey: HOST, labelSelector: app("leader") }] });
    expect(homes([empty, fuller], [first, more])).toMatchObject({ "c-leader": ["empty"] });
    expect(homes([empty, fuller], [first, follower, more])).toMatchObject({
      "b-follower": ["fuller"],
      "c-leader": ["fuller"],
    });
  });
});

describe("priority", () => {
  const full = [node("n", "a")];
  it("preempts pods of lower priority, which are then the ones left over", () => {
    const packing = judged(full, [pods("high", 5, { priority: 10 }), pods("low", 10)]);
    expect(packing).toMatchObject({ verdict: "doesNotFit", leftOver: [{ workload: "low", count: 5 }] });
    expect(packing.leftOver[0]?.reason).toContain(
      "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod",
    );
  });
  it("does not mind pods that may stay pending, such as those that only hold room", () => {
    expect(
      pack({ nodes: full, pods: [pods("high", 5, { priority: 10 }), { ...pods("room-holder", 10), expendable: true }] })
        .verdict,
    ).toBe("fits");
  });
  it("spares, of pods of one priority, those that have run longest", () => {
    const agent = { workload: "agent", pod: pods("agent", 0, {}, 300).pod };
    const packing = pack({
      nodes: full,
      pods: [pods("high", 1, { priority: 10 }, 600), pods("low", 1, {}, 300)],
      daemonSets: [agent],
    });
    expect(packing).toMatchObject({ verdict: "doesNotFit", leftOver: [{ workload: "low", count: 1 }] });
  });
  it("preempts nobody with preemptionPolicy Never, so that it depends on who came first", () => {
    const packing = judged(full, [pods("high", 5, { priority: 10, preemptionPolicy: "Never" }), pods("low", 10)]);
    expect(packing.verdict).toBe("doesNotFit");
    expect(reasonsOf(full, [pods("high", 11, { priority: 10, preemptionPolicy: "Never" })])).toContain(
      "preemption: not eligible due to preemptionPolicy=Never.",
    );
  });
});

describe("DaemonSets", () => {
  const agent = { workload: "agent", pod: pods("agent", 0).pod };
  it("take their share and a slot of every node that they tolerate and select, before other pods", () => {
    const nodes = [node("n", "a"), node("t", "a", { taints: [{ key: "t", effect: "NoSchedule" }] })];
    const packing = pack({ nodes, pods: [pods("x", 9)], daemonSets: [agent] });
    expect(packing).toMatchObject({ verdict: "fits", pools: [{ requested: { pods: 10, cpuMillis: 1000 } }] });
    expect(pack({ nodes, pods: [pods("x", 10)], daemonSets: [agent] }).verdict).toBe("doesNotFit");
  });
  it("are left over on a node that is too small for them, by name", () => {
    const packing = pack({
      nodes: [node("n", "a"), node("tiny", "a", { allocatable: { cpuMillis: 50 } })],
      pods: [],
      daemonSets: [agent],
    });
    expect(packing).toMatchObject({
      verdict: "doesNotFit",
      leftOver: [
        {
          workload: "agent",
          count: 1,
          reason:
            "tiny: 0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
        },
      ],
    });
  });
  it("are preempted by pods of higher priority, and come back to their own node only", () => {
    const [full, empty] = [node("full", "a", { allocatable: { pods: 1 } }), node("empty", "b")];
    const high = pods("high", 1, { priority: 10, nodeSelector: { [ZONE]: "a" } });
    const packing = pack({ nodes: [full, empty], pods: [high], daemonSets: [agent] });
    expect(packing).toMatchObject({
      verdict: "doesNotFit",
      leftOver: [{ workload: "agent", count: 1, expendable: false }],
    });
    expect(packing.leftOver[0]?.reason).toBe(
      "full: 0/2 nodes are available: 1 Too many pods, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
        "no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
    );
    const critical = { ...agent, pod: { ...agent.pod, priority: 2_000_001_000 } };
    expect(pack({ nodes: [full, empty], pods: [high], daemonSets: [critical] })).toMatchObject({
      verdict: "doesNotFit",
      leftOver: [{ workload: "high", count: 1 }],
    });
  });
  it("come back at the cost of pods of still lower priority", () => {
    const one = node("n", "a", { allocatable: { pods: 3, cpuMillis: 300 } });
    const middle = { ...agent, pod: { ...agent.pod, priority: 5 } };
    const packing = pack({
      nodes: [one],
      pods: [pods("high", 2, { priority: 10 }), pods("low", 1)],
      daemonSets: [middle],
    });
    expect(packing).toMatchObject({ verdict: "doesNotFit", leftOver: [{ workload: "low", count: 1 }] });
  });
});

describe("answers to bad input", () => {
  it("says of a pod larger than any node that no node can ever hold it", () => {
    expect(judged(threeZones(), [pods("huge", 1, {}, 5000)])).toMatchObject({
      verdict: "doesNotFit",
      proven: true,
      because: "no node can ever hold a pod of huge",
    });
    expect(reasonsOf(threeZones(), [pods("huge", 1, {}, 5000)])).toBe(
      "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    );
  });
  it("says of no nodes what the scheduler says", () => {
    expect(judged([], [pods("x", 1)])).toMatchObject({
      verdict: "doesNotFit",
      leftOver: [{ reason: "no nodes available to schedule pods" }],
    });
    expect(judged([], []).verdict).toBe("fits");
  });
  it.each<[string, () => unknown, RegExp]>([
    ["a negative count", () => judged([], [pods("x", -1)]), /workload x: count is -1/],
    ["half a pod", () => judged([], [pods("x", 0.5)]), /count is 0.5/],
    ["a negative request", () => judged([], [pods("x", 1, {}, -5)]), /request cpuMillis is -5/],
    ["a request that is no number", () => judged([], [pods("x", 1, {}, NaN)]), /request cpuMillis is NaN/],
    [
      "a negative node",
      () => judged([node("n", "a", { allocatable: { memoryMiB: -1 } })], []),
      /node n: allocatable memoryMiB is -1/,
    ],
    ["maxSkew 0", () => judged([], [pods("x", 1, spread("x", { maxSkew: 0 }))]), /maxSkew over .* is 0/],
    ["minDomains 0", () => judged([], [pods("x", 1, spread("x", { minDomains: 0 }))]), /minDomains over .* is 0/],
    ["two nodes of one name", () => judged([node("n", "a"), node("n", "b")], []), /two nodes are called "n"/],
    ["a workload given twice", () => judged([], [pods("x", 1), pods("x", 1)]), /workload x is given twice/],
  ])("refuses %s", (_, act, message) => expect(act).toThrow(message));
  it("answers for 10 000 pods, and says unknown when its budget runs out", () => {
    const nodes = threeZones(100, { allocatable: { cpuMillis: 8000, memoryMiB: 8000, pods: 110 } });
    const many = Array.from({ length: 50 }, (_, at) =>
      pods(`app-${at}`, 200, at % 2 === 0 ? spread(`app-${at}`) : {}, 100 + at, 100),
    );
    expect(pack({ nodes, pods: many }, { orders: 3 })).toMatchObject({ verdict: "fits", leftOver: [] });
    expect(pack({ nodes, pods: many }, { maxVisits: 5000 })).toMatchObject({
      verdict: "unknown",
      unknownFor: "budget",
      because: expect.stringContaining("raise maxVisits"),
    });
  });
});

describe("the order in which pods come", () => {
  it("is proven not to matter with room to spare, and matters where greedy placement breaks up the room", () => {
    expect(judged(threeZones(3), [pods("x", 20)])).toMatchObject({
      verdict: "fits",
      proven: true,
      orders: { tried: 1 },
    });
    const packing = judged(
      [node("n", "a"), node("m", "a")],
      [pods("large", 1, {}, 900, 10), pods("small", 10, {}, 100, 10)],
    );
    expect(packing).toMatchObject({
      verdict: "unknown",
      unknownFor: "order",
      because: expect.stringContaining("depends on the order"),
    });
    expect(packing.leftOver).toMatchObject([{ workload: "large", count: 1 }]);
    // Ten small ones before the large one: it finds both nodes begun.
    expect(packing.witnesses?.failing.slice(0, 2)).toEqual(["small", "small"]);
    expect(packing.witnesses?.fitting.indexOf("large")).toBeLessThan(2);
    for (const order of [packing.witnesses?.failing, packing.witnesses?.fitting]) expect(order).toHaveLength(11);
  });
  it("does not hide that the scheduler spreads pods where a tight packing would hold them", () => {
    const packing = judged(
      ["n", "m"].map((name) => node(name, "a", { allocatable: { pods: 99 } })),
      [
        pods("big", 1, { podAffinity: [{ topologyKey: ZONE, labelSelector: app("small") }] }, 1000, 10),
        pods("small", 90, {}, 10, 1),
      ],
    );
    expect(packing).toMatchObject({
      verdict: "doesNotFit",
      proven: false,
      because: expect.stringContaining("a tighter packing exists"),
    });
  });
});
