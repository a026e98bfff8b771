import { compareReasons, compareVerdict, phrases } from "../../proof/capacity/capacity-comparison";
import { podSpec, singlePods } from "../../proof/capacity/capacity-objects";
import { randomCluster } from "../../proof/capacity/random-clusters";

type Packing = Parameters<typeof compareVerdict>[0];
const packing = (verdict: Packing["verdict"], reason = ""): Packing => ({
  verdict,
  ...(verdict === "unknown" ? { unknownFor: "order" as const } : {}),
  because: "",
  proven: false,
  orders: { tried: 3, fitting: 0 },
  nodes: [],
  pools: [],
  visits: 0,
  leftOver: reason ? [{ workload: "blue/app", count: 1, reason, expendable: false }] : [],
});
const placed = { placed: new Map([["blue/app-0", "node-0"]]), unplaced: new Map<string, string>() };
const pending = (message: string) => ({
  placed: new Map<string, string>(),
  unplaced: new Map([["blue/app-0", message]]),
});

describe("the capacity model against the scheduler", () => {
  it.each([
    ["fits", [placed, placed], "agrees"],
    ["fits", [placed, pending("x")], "too lax"],
    ["doesNotFit", [pending("x"), placed], "agrees"],
    ["doesNotFit", [placed, placed], "too strict"],
    ["unknown", [placed, pending("x")], "agrees"],
    ["unknown", [placed, placed], "undecided"],
    ["unknown", [pending("x"), pending("x")], "undecided"],
  ] as const)("%s", (verdict, schedules, comparison) =>
    expect(compareVerdict(packing(verdict), schedules)).toBe(comparison),
  );

  it("agrees that it depends on the order where the scheduler leaves pods over in the model's own order, not where the model ran out of work", () => {
    expect(compareVerdict(packing("unknown"), [placed], [placed, pending("x")])).toBe("agrees");
    expect(compareVerdict({ ...packing("unknown"), unknownFor: "budget" }, [placed, pending("x")])).toBe("undecided");
  });

  it("reads the refusals out of the scheduler's message", () => {
    expect([
      ...phrases(
        "0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.",
      ),
    ]).toEqual(["Insufficient cpu", "node(s) had untolerated taint(s)"]);
  });

  const agrees = (model: string, scheduler: string) =>
    compareReasons(packing("doesNotFit", model), [pending(scheduler)], () => "blue/app").map((reason) => reason.agrees);

  it("accepts room that ran out elsewhere in another order, but no other taint and nothing in common", () => {
    const taint = "node(s) had untolerated taint(s)";
    expect(
      agrees(
        `0/3 nodes are available: 1 Insufficient cpu, 1 Too many pods, 1 ${taint}.`,
        `0/3 nodes are available: 2 Insufficient cpu, 1 ${taint}.`,
      ),
    ).toEqual([true]);
    expect(
      agrees(
        `0/3 nodes are available: 2 Insufficient cpu, 1 ${taint}.`,
        "0/3 nodes are available: 3 Insufficient cpu.",
      ),
    ).toEqual([false]);
    expect(
      agrees("0/3 nodes are available: 3 Insufficient cpu.", "0/3 nodes are available: 3 Insufficient memory."),
    ).toEqual([false]);
  });

  it("makes the same cluster of the same seed, and covers every feature within 200", () => {
    expect(randomCluster(7)).toEqual(randomCluster(7));
    const covered = new Set(Array.from({ length: 200 }, (_, seed) => randomCluster(seed).features).flat());
    expect([...covered].sort()).toMatchSnapshot();
  });

  it("writes requests, overhead, priority and volumes as the API has them", () => {
    const pod = {
      namespace: "blue",
      labels: { app: "a" },
      priority: 100,
      preemptionPolicy: "Never" as const,
      overhead: { cpuMillis: 10, memoryMiB: 5 },
      containers: [{ requests: { cpuMillis: 250, memoryMiB: 64, extended: { "example.com/accelerator": 1 } } }],
      volumes: [{ name: "data", zones: ["us-east-1a"] }],
    };
    expect(podSpec(pod)).toMatchObject({
      priorityClassName: "priority-100-never",
      runtimeClassName: "overhead-10m-5mi",
      containers: [
        {
          resources: {
            requests: { cpu: "250m", memory: "64Mi", "example.com/accelerator": "1" },
            limits: { "example.com/accelerator": "1" },
          },
        },
      ],
    });
    const [single] = singlePods({ workload: "blue/a", pod, count: 1 });
    expect(single?.volumes.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "PersistentVolume blue-a-0-data",
      "PersistentVolumeClaim a-0-data",
    ]);
  });
});
