import fc from "fast-check";
import { goSeconds, prometheusDuration, prometheusSeconds } from "../../models/duration";
import { count, cpuMillis, memoryMiB, quantity } from "../../models/quantity";

describe("durations of Prometheus", () => {
  it("are written in the largest unit that divides them, and read back", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        (seconds) => prometheusSeconds(prometheusDuration(seconds)) === seconds,
      ),
    );
    expect([5400, 86_400, 90].map(prometheusDuration)).toEqual(["90m", "1d", "90s"]);
  });

  it.each([
    ["1h30m", 5400],
    ["250ms", 0.25],
    ["1w2d", 777_600],
    ["1y", 31_536_000],
    ["1 h", undefined],
    ["1.5h", undefined],
    ["h", undefined],
    ["5", undefined],
    ["", undefined],
  ])("read %j as %s seconds", (text, seconds) => expect(prometheusSeconds(text)).toBe(seconds));
});

describe("durations of Go", () => {
  it.each([
    ["720h0m0s", 2_592_000],
    ["1.5s", 1.5],
    [".5m", 30],
    ["300ms", 0.3],
    ["0", 0],
    ["0s", 0],
    ["1d", undefined],
    ["10", undefined],
    ["about 10s", undefined],
    ["10s later", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("read %j as %s seconds", (text, seconds) => expect(goSeconds(text)).toBe(seconds));
});

describe("quantities", () => {
  it.each([
    ["100m", 0.1],
    ["1e3", 1000],
    ["12E-1", 1.2],
    ["2Ki", 2048],
    ["-1", -1],
    [" 1", undefined],
    ["1 Gi", undefined],
    ["1e1000000000", undefined],
  ])("read %j as %s base units", (text, amount) => expect(quantity(text)).toBe(amount));

  it("are exact where floating point is not", () => {
    expect(cpuMillis("0.1")).toBe(100);
    expect(cpuMillis("1.1m")).toBe(2);
    expect(memoryMiB("0.1Gi")).toBeCloseTo(102.4, 10);
  });

  it("count whole things only", () =>
    expect([count("3"), count("1k"), count("0.5"), count(undefined)]).toEqual([3, 1000, undefined, undefined]));
});
