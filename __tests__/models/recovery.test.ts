import { Cron } from "croner";
import fc from "fast-check";
import { type Duration, sample, setting, sum } from "../../models/recovery/duration";
import { randomNumbers } from "../../models/recovery/random";
import { worstGapHours, worstGapHoursOfSchedule } from "../../models/recovery/schedule";
import { type RecoveryFacts, scenarios, scenarioSteps } from "../../models/recovery/scenarios";
import { criticalPath, type RecoverySteps, simulate } from "../../models/recovery/simulation";
import { type Recovery, recoveryTimeline, scaleOutSeconds } from "../../models/recovery/timeline";

const duration = (bestSeconds: number, likelySeconds: number, worstSeconds: number): Duration => ({
  bestSeconds,
  likelySeconds,
  worstSeconds,
  mark: "documented",
  date: "2026-12-02",
  source: "manual",
});
const steps = (...branches: Duration[][]): RecoverySteps => ({
  first: [],
  branches: branches.map((branch) => branch.map((one, index) => ({ ...one, name: String(index), arithmetic: "" }))),
});
const anyDuration = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .map((all) => [...all].sort((a, b) => a - b))
  .map(([best = 0, likely = 0, worst = 0]) => duration(best, likely, worst));
const anySteps = fc.array(fc.array(anyDuration, { maxLength: 4 }), { maxLength: 3 }).map((all) => steps(...all));

describe("random numbers", () => {
  it("are the same for a seed, and spread over the unit interval", () => {
    const [one, other] = [randomNumbers(7), randomNumbers(7)];
    const numbers = Array.from({ length: 10_000 }, () => one());
    expect(Array.from({ length: 10_000 }, () => other())).toEqual(numbers);
    expect(randomNumbers(8)()).not.toBe(numbers[0]);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth += 1)
      expect(Math.abs(numbers.filter((number) => Math.floor(number * 10) === tenth).length - 1000)).toBeLessThan(150);
  });

  it("do not depend on the machine", () => {
    const random = randomNumbers(20_270_101);
    expect([random(), random(), random()].map((number) => Math.floor(number * 1e6))).toMatchInlineSnapshot(`
      [
        526988,
        316078,
        674334,
      ]
    `);
  });
});

describe("durations", () => {
  it("stay between best and worst, and rise with the uniform number", () => {
    fc.assert(
      fc.property(anyDuration, fc.double({ min: 0, max: 0.999, noNaN: true }), (one, uniform) => {
        const seconds = sample(one, uniform);
        expect(seconds).toBeGreaterThanOrEqual(one.bestSeconds - 1e-9);
        expect(seconds).toBeLessThanOrEqual(one.worstSeconds + 1e-9);
        expect(sample(one, Math.min(0.999, uniform + 0.001))).toBeGreaterThanOrEqual(seconds - 1e-9);
      }),
    );
  });

  it("have the mean of a triangle", () => {
    const random = randomNumbers(1);
    const one = duration(60, 90, 480);
    const mean = Array.from({ length: 20_000 }, () => sample(one, random())).reduce((a, b) => a + b, 0) / 20_000;
    expect(mean).toBeCloseTo((60 + 90 + 480) / 3, -1);
  });

  it("add up, as sure as the least sure part and as old as the oldest", () => {
    const assumed: Duration = { ...duration(1, 2, 3), mark: "assumed", date: "2026-11-01", source: "guess" };
    expect(sum(duration(10, 20, 30), assumed)).toEqual({
      bestSeconds: 11,
      likelySeconds: 22,
      worstSeconds: 33,
      mark: "assumed",
      date: "2026-11-01",
      source: "manual; guess",
    });
    expect(
      sum({ ...assumed, mark: "measured" }, setting(0, 0, 5, { source: "guess", date: "2026-12-02" })),
    ).toMatchObject({ mark: "documented", worstSeconds: 8, source: "guess" });
  });
});

describe("simulation", () => {
  it("orders best, worst and limit, and repeats its figures", () => {
    fc.assert(
      fc.property(anySteps, (all) => {
        const figures = simulate(all, 200);
        expect(simulate(all, 200)).toEqual(figures);
        const least = simulate({
          first: all.first,
          branches: all.branches.map((branch) => branch.map((one) => ({ ...one, worstSeconds: one.bestSeconds }))),
        }).limitSeconds;
        expect(figures.bestSeconds).toBeGreaterThanOrEqual(least - 1e-6);
        expect(figures.expectedSeconds).toBeGreaterThanOrEqual(least - 1e-6);
        expect(figures.worstSeconds).toBeGreaterThanOrEqual(figures.bestSeconds - 1e-9);
        expect(figures.limitSeconds).toBeGreaterThanOrEqual(figures.worstSeconds - 1e-6);
        expect(figures.limitSeconds).toBe(
          criticalPath(all).reduce((total, { worstSeconds }) => total + worstSeconds, 0),
        );
      }),
    );
  });

  it("takes the slowest branch of those that run at the same time", () => {
    const exact = (seconds: number) => duration(seconds, seconds, seconds);
    expect(simulate(steps([exact(10), exact(20)], [exact(25)]))).toEqual({
      bestSeconds: 30,
      expectedSeconds: 30,
      worstSeconds: 30,
      limitSeconds: 30,
    });
  });

  it("never ends where a step never does", () => {
    expect(simulate(steps([duration(1, 1, Infinity)])).limitSeconds).toBe(Infinity);
    expect(simulate(steps([duration(1, 1, Infinity)])).bestSeconds).toBe(Infinity);
  });
});

const takeover: Recovery = {
  detection: { intervalSeconds: 10, failureThreshold: 3, request: duration(0, 1, 6) },
  dns: duration(0, 30, 60),
  data: { operator: duration(120, 300, 900), promotion: duration(120, 200, 300), writers: duration(45, 75, 300) },
  scaling: {
    metricsDelay: duration(0, 15, 30),
    workloads: [
      { from: 3, to: 10, windowSeconds: 0, steps: [{ type: "Pods", value: 1, periodSeconds: 60 }], select: undefined },
    ],
  },
  nodes: { timeoutSeconds: 300, ready: duration(60, 90, 180) },
  imagePull: duration(5, 20, 60),
  bootSeconds: 30,
};
const durations = {
  containerRestart: duration(0, 1, 10),
  nodeUnreachable: duration(40, 47, 55),
  volumeDetach: duration(0, 360, 360),
  databaseFailover: duration(60, 90, 120),
  cacheFailover: duration(10, 30, 60),
  operator: duration(120, 300, 900),
  pointInTimeRestore: duration(600, 1500, 3600),
  endpointSwitch: duration(60, 180, 600),
  copyLoad: duration(5, 20, 300),
  objectRestore: duration(10, 30, 300),
  volumeRestore: duration(300, 1200, 3600),
};
const facts: RecoveryFacts = {
  takeover,
  probe: { periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 2, graceSeconds: 30 },
  evictionSeconds: 300,
  nodes: { timeoutSeconds: 300, ready: duration(60, 90, 180) },
  imagePull: duration(5, 20, 60),
  bootSeconds: 30,
  databases: 1,
  caches: 1,
  persistentCaches: 1,
  volumes: false,
  restoredObjects: false,
};
const limits = (of: RecoveryFacts) => {
  const found = scenarioSteps(of, durations);
  return Object.fromEntries(
    scenarios.map((name) => {
      const one = found[name];
      return [name, typeof one === "string" ? one : simulate(one).limitSeconds];
    }),
  );
};

describe("scenarios", () => {
  it("add up by hand for an application with a database and a queue", () => {
    expect(limits(facts)).toEqual({
      pod: 10 * 3 + 2 + 30 + 10 + 30,
      node: 55 + 300 + 300 + 180 + 60 + 30,
      zone: 55 + 300 + 300 + 180 + 60 + 30,
      region: 36 + Math.max(60 + 30 + 7 * 60 + 480 + 90, 900 + 300 + 300),
      corruption: 900 + Math.max(3600 + 600, 300),
      "deleted namespace": 900 + 300 + 90,
      "lost key": 36 + 900 + 300 + 300,
    });
  });

  it("let traffic move after a deletion where no database has to be promoted", () => {
    const { data, ...without } = takeover;
    expect(data).toBeDefined();
    const stateless = {
      ...facts,
      takeover: { ...without, data: undefined },
      databases: 0,
      caches: 0,
      persistentCaches: 0,
    };
    const serving = 36 + 60 + 450 + 480 + 90;
    expect(limits(stateless)).toMatchObject({
      region: serving,
      "deleted namespace": serving,
      corruption: "the application keeps no data of its own",
    });
  });

  it("say why there is no figure", () => {
    expect(limits({ ...facts, takeover: "no public name", probe: undefined, volumes: true })).toMatchObject({
      pod: "no component has a liveness probe: a pod that hangs is not found out",
      region: "no public name",
      "lost key": "no public name",
      "deleted namespace": 900 + 300 + 3600 + 90,
    });
  });

  it("restore what users wrote into the lost region where no traffic moves", () => {
    const without = { ...facts, takeover: "no public name" };
    expect(limits({ ...without, restoredObjects: true })).toMatchObject({ region: 900 + 300 + 480 + 90 });
    expect(limits({ ...without, restoredObjects: true, nodes: undefined })).toMatchObject({ region: 900 + 300 + 90 });
    expect(limits(without)).toMatchObject({ region: "no public name" });
  });

  it("wait for the volume of a dead node, also where a pod leaves the node at once", () => {
    expect(limits({ ...facts, evictionSeconds: 30, volumes: true })).toMatchObject({
      node: 55 + 30 + 300 + 180 + 360 + 60 + 30,
    });
  });

  it("are not slower than the failover of a store that takes longer than new nodes", () => {
    const quick = { ...facts, evictionSeconds: 0, nodes: undefined, bootSeconds: 0 };
    expect(limits(quick)).toMatchObject({ node: 115, zone: 120 });
  });

  it("describe the slower branch, and what runs at the same time", () => {
    const timeline = recoveryTimeline(takeover);
    expect(timeline.path.map(({ name }) => name)).toEqual(["detection", "operator", "data stores", "writers"]);
    expect(timeline.seconds).toBe(1536);
    expect(timeline.arithmetic).toContain("; at the same time DNS 60 s (60 s TTL) + scaling 450 s");
  });
});

describe("scale-out", () => {
  it("doubles as Kubernetes does without steps of its own, and never ends when it is disabled", () => {
    const of = { from: 3, to: 12, windowSeconds: 60, steps: [], select: undefined };
    expect(scaleOutSeconds(of)).toBe(60 + 15 + 15);
    expect(scaleOutSeconds({ ...of, select: "Disabled" })).toBe(Infinity);
    expect(scaleOutSeconds({ ...of, to: 3, select: "Disabled" })).toBe(0);
  });
});

/** Gap found by walking through every run of 400 days. */
function walked(cron: string, options: { timezone?: string; utcOffset?: number }): number {
  const schedule = new Cron(cron, { ...options, paused: true });
  const end = Date.parse("2027-01-01T00:00:00Z") + 400 * 86_400_000;
  let [worst, previous] = [0, undefined as number | undefined];
  for (
    let run = schedule.nextRun(new Date("2026-12-31T23:59:59Z"));
    run !== null && run.getTime() < end;
    run = schedule.nextRun(run)
  ) {
    if (previous !== undefined) worst = Math.max(worst, run.getTime() - previous);
    previous = run.getTime();
  }
  return worst / 3_600_000;
}

describe("the worst gap of a schedule", () => {
  it("is what a walk through 400 days finds", () => {
    const minute = fc.constantFrom("0", "*/30", "5,50");
    const hour = fc.constantFrom("2", "*/6", "0,6,12,18", "1-4", "*");
    const day = fc.constantFrom("*", "1", "31", "*/2", "1,15", "28-31");
    const weekday = fc.constantFrom("*", "0", "1-5", "6,0");
    fc.assert(
      fc.property(minute, hour, day, weekday, (m, h, d, w) => {
        // Both a day of the month and a weekday: cron takes either, which the walk and the model read alike.
        const cron = `${m} ${h} ${d} * ${d === "*" ? w : "*"}`;
        expect(worstGapHours(cron)).toBeGreaterThanOrEqual(walked(cron, { utcOffset: 0 }) - 1e-9);
        expect(worstGapHours(cron)).toBeCloseTo(walked(cron, { utcOffset: 0 }), 6);
      }),
      { numRuns: 40 },
    );
  });

  it("sees the months without a 31st, and short February", () => {
    expect(worstGapHours("0 2 31 * *")).toBe(61 * 24);
    expect(worstGapHours("0 2 1 * *")).toBe(31 * 24);
    expect(worstGapHours("0 2 * * 1")).toBe(7 * 24);
  });

  it("is an hour longer in a time zone that sets its clock back", () => {
    expect(worstGapHours("0 2 * * *")).toBe(24);
    expect(worstGapHours("CRON_TZ=Europe/Berlin 0 4 * * *")).toBe(25);
    expect(worstGapHours("TZ=America/New_York 0 */6 * * *")).toBe(7);
    expect(worstGapHours("CRON_TZ=Asia/Tokyo 0 4 * * *")).toBe(24);
    expect(worstGapHours("CRON_TZ=Europe/Berlin 0 4 * * *")).toBe(walked("0 4 * * *", { timezone: "Europe/Berlin" }));
  });

  it("reads what EventBridge takes", () => {
    expect(worstGapHoursOfSchedule("rate(30 minutes)")).toBe(0.5);
    expect(worstGapHoursOfSchedule("rate(1 day)")).toBe(24);
    expect(worstGapHoursOfSchedule("cron(0 5 * * ? *)")).toBe(24);
    expect(worstGapHoursOfSchedule("cron(0 5 ? * 1 *)")).toBe(7 * 24);
    expect(worstGapHoursOfSchedule("cron(0 5 ? * SUN *)")).toBe(7 * 24);
    expect(worstGapHoursOfSchedule("cron(0 5 ? * 2-6 *)")).toBe(72);
    expect(() => worstGapHoursOfSchedule("cron(0 5 * * ? 2027)")).toThrow("neither rate");
    expect(() => worstGapHoursOfSchedule("at(2027-01-01T00:00:00)")).toThrow("neither rate");
  });

  it("refuses what never runs twice", () => {
    expect(() => worstGapHours("CRON_TZ=Europe/Berlin 0 0 31 2 *")).toThrow("never runs twice");
    expect(() => worstGapHours("CRON_TZ=Mars/Olympus 0 0 * * *")).toThrow("no cron expression");
  });
});
