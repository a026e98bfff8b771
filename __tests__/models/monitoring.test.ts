import fc from "fast-check";
import { expectedMonitoring, monitoringSettings } from "../../catalog/monitoring";
import { type MonitoringDemand, monitoringSize } from "../../models/monitoring";

const demand: MonitoringDemand = {
  groups: [{ name: "pods", targets: 10, seriesPerTarget: 300 }],
  scrapeIntervalSeconds: 30,
  retentionDays: 1,
  bytesPerSample: 2,
  kibPerSeries: 4,
  baseMemoryMiB: 100,
};

describe("the size of a Prometheus replica", () => {
  it("follows from series, interval and retention", () => {
    expect(monitoringSize(demand)).toEqual({
      series: 3000,
      samplesPerSecond: 100,
      memoryMiB: 100 + (3000 * 4) / 1024,
      diskGiB: (100 * 86_400 * 2) / 1024 ** 3,
    });
  });

  it("never shrinks when a target, a series or a day of retention is added", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(5000), fc.integer({ min: 1, max: 90 }), (targets, series, days) => {
        const size = (more: number) =>
          monitoringSize({
            ...demand,
            retentionDays: days + more,
            groups: [{ name: "pods", targets: targets + more, seriesPerTarget: series + more }],
          });
        const [smaller, larger] = [size(0), size(1)];
        return larger.diskGiB >= smaller.diskGiB && larger.memoryMiB >= smaller.memoryMiB;
      }),
    );
  });

  it.each([
    [{ scrapeIntervalSeconds: 0 }, "scrape interval of 0 s"],
    [{ scrapeIntervalSeconds: Number.NaN }, "scrape interval of NaN s"],
    [{ retentionDays: -1 }, "retention of -1 days"],
  ])("rejects %p", (change, message) => expect(() => monitoringSize({ ...demand, ...change })).toThrow(message));

  it("fits the volume and the memory request of production at its peak of 28 nodes", () => {
    const { diskGiB, memoryMiB } = expectedMonitoring({ nodes: 28, pods: 300 });
    expect(diskGiB).toBeLessThan(monitoringSettings.prometheusVolumeGiB * 0.85);
    expect(memoryMiB).toBeLessThan(1568);
  });
});
