import { expectedMonitoring } from "../../../catalog/monitoring";
import { monitoringFigures } from "../../../readiness/figures/monitoring/monitoring";
import { monitoringMarkdown } from "../../../readiness/report/text/monitoring";
import { takeInventory } from "../../../readiness/inventory/inventory";
import { releaseOf } from "../../../readiness/policy-terms/targets";
import { change, remove, set, type Mutation } from "../../../readiness/policy/mutation";
import { monitoringSection } from "../../../readiness/report/html/monitoring";
import { judgedFacts, synthesised } from "../../harness";

const prometheus = releaseOf("kube-prometheus-stack");
const spec = (path: string) => `values.0.prometheus.prometheusSpec.${path}`;
const figuresAfter = (mutation?: Mutation) => {
  const synthesis = { stacks: synthesised("production"), facts: judgedFacts() };
  const { stacks, facts } = mutation?.apply(synthesis) ?? synthesis;
  return monitoringFigures(takeInventory(stacks, facts));
};
const figures = figuresAfter();

describe("monitoring of the fixture platform", () => {
  it("fits in both regions, with the sizes of the model at their peaks", () => {
    expect(figures.regions).toHaveLength(2);
    for (const { verdict, unknown, needed, given } of figures.regions) {
      expect([verdict, unknown]).toEqual(["fits", []]);
      const { nodes = 0, pods = 0 } = needed ?? {};
      const size = expectedMonitoring({ nodes, pods });
      expect(pods).toBeGreaterThan(nodes);
      expect(needed?.series).toBe(size.series);
      expect(needed?.groups.reduce((sum, { series }) => sum + series, 0)).toBe(size.series);
      expect(needed?.memoryMiB).toBe(Math.ceil(size.memoryMiB));
      expect(needed?.diskGiB).toBe(Math.ceil(size.diskGiB));
      expect(given).toMatchObject({ volumeGiB: 50, retentionDays: 35 });
    }
  });

  it.each([
    ["the memory", set(spec("resources.requests.memory"), "256Mi")],
    ["the retention size", set(spec("retentionSize"), "10GiB")],
    ["the volume", set(spec("storageSpec.volumeClaimTemplate.spec.resources.requests.storage"), "20Gi")],
    ["a retention size that is none", set(spec("retentionSize"), "all")],
  ])("does not fit when too little is given: %s", (name, edit) => {
    const { regions } = figuresAfter(change(name, prometheus, edit));
    expect(regions.map(({ verdict }) => verdict)).toEqual(["doesNotFit", "doesNotFit"]);
    expect(JSON.stringify(regions)).not.toContain("null");
  });

  it("is unknown where there may be more pods than are known", () => {
    const volume = set(spec("storageSpec.volumeClaimTemplate.spec.resources.requests.storage"), "60Gi");
    for (const { verdict, unknown } of figuresAfter(change("a volume of other size", prometheus, volume)).regions) {
      expect(verdict).toBe("unknown");
      expect(unknown.join()).toContain("rendered with other values");
    }
  });

  it("is unknown where Prometheus is not deployed", () => {
    const without = figuresAfter(remove("no Prometheus", prometheus));
    for (const { verdict, given } of without.regions) expect([verdict, given]).toEqual(["unknown", null]);
    expect(monitoringMarkdown(without).join("\n")).toContain("not known: no release of kube-prometheus-stack");
    expect(monitoringSection(without).text).toContain("no release of kube-prometheus-stack");
  });

  it("is shown with the largest group of series first", () => {
    const [region] = figures.regions;
    const text = monitoringMarkdown(figures).join("\n");
    expect(text).toContain(`| ${region?.region ?? ""} | fits | ${region?.needed?.nodes ?? 0} nodes,`);
    expect(text.indexOf("| API server |")).toBeLessThan(text.indexOf("| recorded by rules |"));
    expect(monitoringSection(figures).text).toContain(String(region?.needed?.series));
  });

  it("has no section where there is no cluster", () => {
    expect(monitoringMarkdown({ regions: [] })).toEqual([]);
  });
});
