import freeOfCharge from "../../readiness/figures/free-of-charge.json";
import { loadEnvironment } from "../../config/load";
import { capacityOf, takeoversOf } from "../../readiness/figures/capacity";
import { costOf } from "../../readiness/figures/cost";
import { leafDifferences } from "../../readiness/figures/leaf-differences";
import { modelsSection } from "../../readiness/figures/report";
import { modelsConsole, modelsMarkdown } from "../../readiness/figures/report-text";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { add, change, resource, set, type Mutation, type Synthesis } from "../../readiness/policy/mutation";
import { judgedOn, synthesised } from "../harness";

const environment = loadEnvironment({ PLIMSOLL_ENV: "production" });
const synthesis = (): Synthesis => ({ stacks: synthesised("production"), facts: { environment, now: judgedOn } });
const platformOf = ({ stacks, facts }: Synthesis): Platform => takeInventory(stacks, facts);
const after = (mutation: Mutation): Platform => platformOf(mutation.apply(synthesis()));
const unknownLines = (platform: Platform): string[] => costOf(platform).report.unknown.map(({ component }) => component);
let production: Platform;
beforeAll(() => { production = platformOf(synthesis()); });

describe("capacity of production", () => {
  it("knows every fact, of own workloads, charts and add-ons", () => {
    for (const { unknown, cluster } of capacityOf(production)) {
      expect(unknown).toEqual([]);
      const names = [...cluster.workloads, ...(cluster.daemonSets ?? [])].map(({ workload }) => workload);
      expect(names).toEqual(expect.arrayContaining(["ci-failure-agent/Deployment/api", "velero/Deployment/velero", "kube-system/DaemonSet/aws-node", "kube-system/Deployment/coredns"]));
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("fits whole, without each zone, and in the secondary; the minimum needs no more than the floor", () => {
    for (const { judgement, steady, drain } of capacityOf(production)) {
      expect(judgement().scenarios.map(({ verdict }) => verdict)).toEqual(["fits", "fits", "fits", "fits"]);
      expect(steady().pools.reduce((sum, { nodes }) => sum + nodes, 0)).toBeLessThanOrEqual(6);
      expect(drain().outcome).toBe("ends");
    }
    expect(takeoversOf(production).map(({ judgement }) => judgement().verdict)).toEqual(["fits"]);
  });

  it("says unknown for a chart, an add-on, an instance type or values that nobody recorded", () => {
    const reasons = (mutation: Mutation) => capacityOf(after(mutation)).flatMap(({ unknown }) => unknown).join("\n");
    const velero = resource("helm_release", (block) => block["chart"] === "velero");
    expect(reasons(change("another version", velero, set("version", "99.0.0")))).toContain("the pods of chart velero 99.0.0 are not known");
    expect(reasons(change("more replicas", velero, set("values.0.nodeAgent.resources.requests.memory", "2Gi")))).toContain("rendered with other values of nodeAgent.resources.requests.memory");
    expect(reasons(change("another add-on", resource("aws_eks_addon", (block) => block["addon_name"] === "coredns"), set("addon_name", "adot")))).toContain("the pods of add-on adot are not known");
    expect(reasons(change("a type", resource("aws_eks_node_group"), set("instance_types", ["z9.medium"])))).toContain("instance type z9.medium");
  });

  it("is computed once for a platform", () => {
    expect(capacityOf(production)).toBe(capacityOf(production));
    expect(costOf(production)).toBe(costOf(production));
  });
});

describe("cost of production", () => {
  it("prices everything, within the budget and the ceiling", () => {
    const { report, outsidePriceBook } = costOf(production);
    expect([...report.unknown, ...outsidePriceBook]).toEqual([]);
    expect(report.totals.whole.steady).toBeLessThan(environment.budget.usdPerMonth);
    expect(Math.max(report.totals.whole.peak, report.totals.whole.failover)).toBeLessThan(environment.budget.ceilingUsdPerMonth);
  });

  it("has a line for every managed resource of AWS", () => {
    const addresses = costOf(production).report.lines.map(({ address }) => address);
    const silent = production.resources.filter(({ mode, type, stack, address }) => mode === "resource" && type.startsWith("aws_") && !addresses.some((line) => line.startsWith(`${stack}/${address}`)));
    expect(silent.map(({ address }) => address)).toEqual([]);
  });

  it("is unknown, never nothing, for a type, a log or a Spot type without a price", () => {
    expect(unknownLines(after(add("a cluster", "data-us-east-1", "aws_rds_cluster", "records", { engine: "aurora-postgresql" })))).toEqual(["aws_rds_cluster"]);
    expect(unknownLines(after(change("for ever", resource("aws_cloudwatch_log_group"), set("retention_in_days", 0))))).toContain("a log group that keeps its logs for ever");
    const spot = resource("aws_eks_node_group", (block) => block["capacity_type"] === "SPOT");
    expect(unknownLines(after(change("t3a", spot, set("instance_types", ["t3.medium", "t3a.medium", "c5.large"]))))).toEqual(["spot t3.medium or t3a.medium or c5.large", "spot t3.medium or t3a.medium or c5.large"]);
  });

  it("gives a reason for each type that is free", () => {
    for (const reason of Object.values(freeOfCharge.types)) expect(reason.length).toBeGreaterThan(10);
  });
});

describe("the report of the models", () => {
  it("is plain JSON, tables, and one line a model", () => {
    const section = modelsSection(production);
    expect(JSON.parse(JSON.stringify(section))).toEqual(section);
    expect(modelsConsole(section).map((line) => line.split(":")[0])).toEqual(["capacity", "cost"]);
    const text = modelsMarkdown(section);
    expect(text).toContain("## Capacity");
    expect(text).toContain("carries the peak of us-east-1: **fits**");
  });
});

it("names the leaves in which two values differ", () => {
  expect(leafDifferences({ a: { b: 1, c: [1] }, d: null }, { a: { b: 2, c: [1] }, e: "x" })).toEqual(["a.b", "e"]);
});
