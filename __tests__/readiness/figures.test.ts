import Ajv from "ajv/dist/2020";
import freeOfCharge from "../../readiness/figures/free-of-charge.json";
import { loadEnvironment } from "../../config/load";
import { capacityOf, takeoversOf } from "../../readiness/figures/capacity";
import { costOf } from "../../readiness/figures/cost";
import { leafDifferences } from "../../readiness/figures/leaf-differences";
import { recoverySection } from "../../readiness/figures/recovery-section";
import { recoveryConsole } from "../../readiness/figures/recovery-text";
import { modelsSection } from "../../readiness/figures/report";
import { modelsConsole, modelsMarkdown } from "../../readiness/figures/report-text";
import { supportSection } from "../../readiness/figures/support";
import { supportMarkdown } from "../../readiness/figures/support-text";
import { throughputFigures } from "../../readiness/figures/throughput";
import { throughputConsole, throughputMarkdown } from "../../readiness/figures/throughput-text";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { THROUGHPUT } from "../../readiness/policies/capacity/_throughput";
import { add, change, remove, resource, set, together, unset, type Mutation, type Synthesis } from "../../readiness/policy/mutation";
import reportSchema from "../../readiness/report/report.schema.json";
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
      expect(steady().pools.filter(({ pool }) => pool.startsWith("general-")).reduce((sum, { nodes }) => sum + nodes, 0)).toBe(3);
      // Three pools of three nodes: the floor of each.
      expect(steady().pools.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(9);
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
    expect(unknownLines(after(change("t3a", spot, set("instance_types", ["t3.medium", "t3a.medium", "c5.large"]))))).toEqual(Array.from({ length: 4 }, () => "spot t3.medium or t3a.medium or c5.large"));
  });

  it("gives a reason for each type that is free", () => {
    for (const reason of Object.values(freeOfCharge.types)) expect(reason.length).toBeGreaterThan(10);
  });
});

describe("the report of the models", () => {
  it("is plain JSON, tables, and one line a model", () => {
    const section = modelsSection(production);
    expect(JSON.parse(JSON.stringify(section))).toEqual(section);
    expect(modelsConsole(section).map((line) => line.split(":")[0])).toEqual(["capacity", "throughput", "recovery", "cost", "support"]);
    const text = modelsMarkdown(section);
    for (const heading of ["## Capacity", "### Throughput", "## Recovery", "## Cost, USD a month", "## Support"]) expect(text).toContain(heading);
    expect(text).toContain("## Capacity");
    expect(text).toContain("carries the peak of us-east-1: **fits**");
  });
});

describe("throughput, recovery and support of production", () => {
  it("shows what the declared loads take, in both regions alike", () => {
    const figures = throughputFigures(production);
    expect(figures.map(({ region, verdict, unknown }) => [region, verdict, unknown])).toEqual([["eu-west-1", "fits", []], ["us-east-1", "fits", []]]);
    expect(figures[0]?.workloads.map(({ workload, replicasNeeded, replicas }) => [workload, replicasNeeded, replicas])).toEqual([["ci-failure-agent/Deployment/api", 3, 3], ["ci-failure-agent/Deployment/worker", 4, 4], ["freightliner/StatefulSet/server", 2, 3], ["x0tta6bl4/Deployment/api", 8, 8]]);
    expect(throughputConsole(figures)).toContain("us-east-1 fits (1000 concurrent users, 10000 messages/s, 50 concurrent workers, 125 MB/s, 4000 requests/s on 9 nodes)");
  });

  it("says unknown of a load that is no number, and nothing of a platform that declares none", () => {
    const broken = after(change("many", resource("kubernetes_deployment_v1"), set([...THROUGHPUT, "carries", "0", "total"], "many")));
    expect(throughputFigures(broken)[0]).toMatchObject({ verdict: "unknown", unknown: expect.arrayContaining([expect.stringContaining("what it carries, or what one replica does, is no number above 0")]) as unknown });
    const silent = after(together("none", change("", resource("kubernetes_deployment_v1"), unset(THROUGHPUT)), change("", resource("kubernetes_stateful_set_v1"), unset(THROUGHPUT))));
    expect(throughputFigures(silent).map(({ verdict, workloads }) => [verdict, workloads])).toEqual([[null, []], [null, []]]);
    expect(throughputConsole(throughputFigures(silent))).toBe("throughput: nothing declared");
    expect(throughputMarkdown(throughputFigures(silent))).toContain("No component declares what it carries.");
  });

  it("counts the takeover step by step, and each schedule's oldest recovery point", () => {
    const { takeovers, points, schedules } = recoverySection(production);
    expect(takeovers.map(({ application, outcome, rtoMinutes }) => [application, outcome, rtoMinutes])).toEqual([
      // A controller answers no customer: nothing is switched over.
      ...["ci-failure-agent", "flakeguard"].map((name) => [name, "pass", 30]), ["fleetforge", "notApplicable", 30], ...["freightliner", "x0tta6bl4"].map((name) => [name, "pass", 30]),
    ]);
    expect(takeovers[0]?.steps.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)).toBe((takeovers[0]?.minutes ?? 0) * 60);
    expect(points).toHaveLength(5 * 4);
    expect([...new Set(points.map(({ region, loss, outcome, hours }) => JSON.stringify([region, loss, outcome, hours])))].map((one) => JSON.parse(one) as unknown)).toEqual([
      ["eu-west-1", "inside the region", "pass", 7], ["eu-west-1", "of the region", "pass", 7], ["us-east-1", "inside the region", "pass", 7], ["us-east-1", "of the region", "pass", 7],
    ]);
    expect(schedules).toContainEqual(expect.objectContaining({ region: "us-east-1", schedule: "daily-other-region", storedIn: "eu-west-1", hours: 25 }));
    expect(recoveryConsole(recoverySection(production))).toMatch(/^recovery: ci-failure-agent pass 20\.6 of 30 min; flakeguard pass .*; at most 7 of 24 h of work lost \(pass\)$/);
  });

  it("has no end where the autoscaler never grows, and no point without a schedule", () => {
    const still = after(change("", resource("kubernetes_horizontal_pod_autoscaler_v2"), set("spec.behavior.scale_up.0.select_policy", "Disabled")));
    expect(recoverySection(still).takeovers[0]).toMatchObject({ outcome: "fail", minutes: null });
    const velero = resource("helm_release", (block) => block["chart"] === "velero");
    const none = recoverySection(after(change("", velero, set("values.0.schedules", {}))));
    expect(none.points.every(({ outcome, hours }) => outcome === "fail" && hours === null)).toBe(true);
    expect(recoveryConsole(none)).toContain("at most – of 24 h of work lost (fail)");
    expect(recoverySection(after(remove("", resource("aws_route53_record")))).takeovers[0]).toMatchObject({ outcome: "fail", steps: [] });
  });

  it("counts the days of support of what runs, with sources, and says what fits the cluster", () => {
    const { asOf, products, addOns, charts } = supportSection(production);
    expect(asOf).toBe("2026-11-21");
    expect(products.map(({ product, version, daysLeft, phase }) => [product, version, daysLeft, phase])).toEqual([["amazon-linux", "2023", 221, "standard"], ["eks", "1.36", 254, "standard"]]);
    for (const { sources } of products) expect(sources[0]).toMatch(/^https:.*\(\d{4}-\d{2}-\d{2}\)$/);
    expect([...addOns, ...charts].map(({ fits }) => fits)).not.toContain(null);
    expect([...addOns, ...charts].every(({ fits, regions }) => fits === true && regions.length === 2)).toBe(true);
  });

  it("knows the engines of databases and caches, and says unknown of a version that no calendar has", () => {
    const with3 = together("", add("", "data-us-east-1", "aws_db_instance", "records", { engine: "postgres", engine_version: "16.9" }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "queue", { engine: "valkey", engine_version: "8.1" }), add("", "data-us-east-1", "aws_elasticache_replication_group", "old", { engine: "redis", engine_version: "5.0.6" }));
    expect(supportSection(after(with3)).products.map(({ product, version, daysLeft, phase }) => [product, version, daysLeft, phase])).toEqual([
      ["amazon-linux", "2023", 221, "standard"], ["eks", "1.36", 254, "standard"], ["elasticache-redis", "5", null, "unknown"], ["rds-postgresql", "16", 830, "standard"], ["valkey", "8.1", 496, "standard"],
    ]);
    expect(supportMarkdown(supportSection(after(with3))).join()).toContain("not in catalog/support-calendar.json");
  });

  it("follows the schema of the report", () => {
    const validate = new Ajv({ strict: true }).compile(reportSchema.properties.models);
    expect([validate(JSON.parse(JSON.stringify(modelsSection(production)))), validate.errors]).toEqual([true, null]);
  });
});

it("names the leaves in which two values differ", () => {
  expect(leafDifferences({ a: { b: 1, c: [1] }, d: null }, { a: { b: 2, c: [1] }, e: "x" })).toEqual(["a.b", "e"]);
});
