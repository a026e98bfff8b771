import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv/dist/2020";
import { priceBook } from "../../catalog/prices/price-book";
import { resourceType, resourceTypes } from "../../catalog/resource-types";
import { usage } from "../../config/usage";
import { capacityOf, takeoversOf } from "../../readiness/figures/capacity/capacity";
import { BillingContext } from "../../readiness/figures/cost/billing-context";
import { describedBillables } from "../../readiness/figures/cost/billing-described";
import { costOf } from "../../readiness/figures/cost/cost";
import { copiedGb, healthCheckRequests } from "../../readiness/figures/cost/declared-traffic";
import { leafDifferences } from "../../readiness/figures/shape/leaf-differences";
import { recoverySection } from "../../readiness/figures/recovery/recovery-section";
import { recoveryConsole } from "../../readiness/report/text/recovery";
import { modelsOf, takeoverFigures } from "../../readiness/figures/models";
import { modelsConsole, modelsMarkdown } from "../../readiness/report/text/models";
import { supportSection } from "../../readiness/figures/support/support";
import { supportMarkdown } from "../../readiness/report/text/support";
import { throughputFigures } from "../../readiness/figures/throughput/throughput";
import { throughputConsole, throughputMarkdown } from "../../readiness/report/text/throughput";
import { takeInventory } from "../../readiness/inventory/inventory";
import type { Platform } from "../../readiness/inventory/platform";
import { judge } from "../../readiness/judgement/judge";
import { discoverPolicies } from "../../readiness/policies";
import { THROUGHPUT } from "../../readiness/policies/capacity/throughput/_throughput";
import { asObject, type JsonObject } from "../../readiness/policy/json";
import { withinBudget } from "../../readiness/policy-terms/capacity/cost-verdicts";
import { simplest, spotGroups } from "../../readiness/policy-terms/targets";
import {
  add,
  change,
  changeStack,
  remove,
  resource,
  set,
  together,
  unset,
  type Mutation,
  type Synthesis,
} from "../../readiness/policy/mutation";
import { readinessFigures } from "../../readiness/report/claims";
import { comparison, type WholeReport } from "../../readiness/report/compare";
import { compareFiles } from "../../readiness/report/compare-main";
import { reportOf } from "../../readiness/report/report";
import reportSchema from "../../readiness/report/report.schema.json";
import { fixtureEnvironment } from "../fixtures/platform/environments";
import { judgedFacts, synthesised } from "../harness";

const environment = fixtureEnvironment();
const synthesis = (): Synthesis => ({ stacks: synthesised("production"), facts: judgedFacts() });
const platformOf = ({ stacks, facts }: Synthesis): Platform => takeInventory(stacks, facts);
const after = (mutation: Mutation): Platform => platformOf(mutation.apply(synthesis()));
const unknownLines = (platform: Platform): string[] =>
  costOf(platform).report.unknown.map(({ component }) => component);
let production: Platform;
beforeAll(() => {
  production = platformOf(synthesis());
});

describe("capacity of production", () => {
  it("knows every fact, of own workloads, charts and add-ons", () => {
    for (const { unknown, cluster } of capacityOf(production)) {
      expect(unknown).toEqual([]);
      const names = [...cluster.workloads, ...(cluster.daemonSets ?? [])].map(({ workload }) => workload);
      expect(names).toEqual(
        expect.arrayContaining([
          "storefront/Deployment/api",
          "velero/Deployment/velero",
          "kube-system/DaemonSet/aws-node",
          "kube-system/Deployment/coredns",
        ]),
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("fits whole, without each zone, and in the secondary; the minimum needs no more than the floor", () => {
    for (const { judgement, steady, drain, cluster } of capacityOf(production)) {
      expect(judgement().scenarios.map(({ verdict }) => verdict)).toEqual(["fits", "fits", "fits", "fits"]);
      expect(steady().pools.reduce((sum, { nodes }) => sum + nodes, 0)).toBeLessThanOrEqual(
        cluster.pools.reduce((sum, { minNodes }) => sum + minNodes, 0),
      );
      expect(drain().outcome).toBe("ends");
    }
    expect(takeoversOf(production).map(({ judgement }) => judgement().verdict)).toEqual(["fits"]);
  });

  it("says unknown for a chart, an add-on, an instance type or values that nobody recorded", () => {
    const reasons = (mutation: Mutation) =>
      capacityOf(after(mutation))
        .flatMap(({ unknown }) => unknown)
        .join("\n");
    const velero = resource("helm_release", (block) => block["chart"] === "velero");
    expect(reasons(change("another version", velero, set("version", "99.0.0")))).toContain(
      "the pods of chart velero 99.0.0 are not known",
    );
    expect(
      reasons(change("more replicas", velero, set("values.0.nodeAgent.resources.requests.memory", "2Gi"))),
    ).toContain("rendered with other values of nodeAgent.resources.requests.memory");
    expect(
      reasons(
        change(
          "another add-on",
          resource("aws_eks_addon", (block) => block["addon_name"] === "coredns"),
          set("addon_name", "adot"),
        ),
      ),
    ).toContain("the pods of add-on adot are not known");
    expect(reasons(change("a type", resource("aws_eks_node_group"), set("instance_types", ["z9.medium"])))).toContain(
      "instance type z9.medium",
    );
  });

  it("is unknown, with the reason, for a pod that no API server takes", () => {
    const skewless = after(
      change("", simplest("api"), set("spec.template.spec.topology_spread_constraint.0.max_skew", 0)),
    );
    const { capacity } = modelsOf(skewless);
    for (const { verdict, unknown } of [...capacity.regions, ...capacity.throughput]) {
      expect(verdict).toBe("unknown");
      expect(unknown.join("\n")).toContain(
        "storefront/Deployment/api: maxSkew over topology.kubernetes.io/zone is 0; the API server takes integers from 1",
      );
    }
  });

  it("is unknown, with both places, for one chart that is installed twice and for two workloads of one name", () => {
    const copied = (type: string, chosen: (block: JsonObject) => boolean) =>
      changeStack("", /-us-east-1$/, (terraform) => {
        const blocks = asObject(asObject(terraform["resource"])[type] ?? {});
        for (const [id, block] of Object.entries(blocks))
          if (chosen(asObject(block))) blocks[`${id}_again`] = structuredClone(block);
      });
    const reasons = (mutation: Mutation) => {
      const { capacity } = modelsOf(after(mutation));
      expect(capacity.regions.map(({ role, verdict }) => [role, verdict])).toEqual([
        ["secondary", "fits"],
        ["primary", "unknown"],
      ]);
      return capacity.regions.flatMap(({ unknown }) => unknown).join("\n");
    };
    expect(reasons(copied("helm_release", ({ chart }) => chart === "keda"))).toMatch(
      /keda\/Deployment\/keda-operator comes from \S+ and \S+_again: which of them runs is not known; install a chart once/,
    );
    expect(
      reasons(
        copied("kubernetes_deployment_v1", ({ metadata }) => JSON.stringify(metadata).includes('"namespace":"ledger"')),
      ),
    ).toContain("ledger/Deployment/api comes from ledger-us-east-1/kubernetes_deployment_v1.");
  });

  it("is computed once for a platform", () => {
    expect(capacityOf(production)).toBe(capacityOf(production));
    expect(costOf(production)).toBe(costOf(production));
  });
});

describe("a platform whose peak does not fit", () => {
  it("is refused with a single change that suffices", () => {
    const fewerSpotNodes = change(
      "",
      resource(
        "aws_eks_node_group",
        (block, id, stack) =>
          spotGroups.where(block, id, stack) &&
          stack.endsWith("us-east-1") &&
          String(block["node_group_name_prefix"]).includes("1b-"),
      ),
      set("scaling_config.max_size", 0),
    );
    const capacity = discoverPolicies()
      .map(({ policy }) => policy)
      .filter(({ id }) => id === "CP-02");
    const { findings } = reportOf(judge(after(fewerSpotNodes), capacity), () => undefined);
    expect(findings.length).toBeGreaterThan(0);
    for (const { remediation } of findings)
      expect(remediation).toMatch(
        /; the cheapest change that fixes it: raise the maximum of .* from \d+ to \d+ nodes \(\d+\.\d{4} USD an hour more at the maximum\), or lower the maximum of .* from \d+ to \d+ replicas$/,
      );
    const named = resource("aws_eks_node_group", (block) =>
      findings.some(({ remediation }) =>
        remediation.includes(String(block["node_group_name_prefix"]).replace(/-$/, "")),
      ),
    );
    const fixed = together("", fewerSpotNodes, change("", named, set("scaling_config.max_size", 4)));
    expect(judge(after(fixed), capacity).verdict).toBe("deployable");
  });
});

describe("cost of production", () => {
  it("prices everything, within the budget and the ceiling", () => {
    const { report, outsidePriceBook } = costOf(production);
    expect([...report.unknown, ...outsidePriceBook]).toEqual([]);
    expect(report.totals.whole.steady).toBeLessThan(environment.budget.usdPerMonth);
    expect(Math.max(report.totals.whole.peak, report.totals.whole.failover)).toBeLessThan(
      environment.budget.ceilingUsdPerMonth,
    );
  });

  it("has a line for every managed resource of AWS", () => {
    const addresses = costOf(production).report.lines.map(({ address }) => address);
    const silent = production.resources.filter(
      ({ mode, type, stack, address }) =>
        mode === "resource" &&
        type.startsWith("aws_") &&
        !addresses.some((line) => line.startsWith(`${stack}/${address}`)),
    );
    expect(silent.map(({ address }) => address)).toEqual([]);
  });

  it("is unknown, never nothing, for a type, a log or a Spot type without a price", () => {
    expect(
      unknownLines(
        after(add("a cluster", "data-us-east-1", "aws_rds_cluster", "records", { engine: "aurora-postgresql" })),
      ),
    ).toEqual(["aws_rds_cluster"]);
    expect(
      unknownLines(after(change("for ever", resource("aws_cloudwatch_log_group"), set("retention_in_days", 0)))),
    ).toContain("a log group that never expires its logs");
    const spot = resource("aws_eks_node_group", (block) => block["capacity_type"] === "SPOT");
    expect(
      new Set(unknownLines(after(change("t3a", spot, set("instance_types", ["t3.medium", "t3a.medium", "c5.large"]))))),
    ).toEqual(new Set(["spot t3.medium or t3a.medium or c5.large", "CPU credits without a limit"]));
  });

  it("bills what AWS bills: features that a detector has by default, functions by their architecture, names wherever the users are", () => {
    const bucketData = resource("aws_guardduty_detector_feature", (block) => block["name"] === "S3_DATA_EVENTS");
    expect(new Set(unknownLines(after(remove("on again", bucketData))))).toEqual(
      new Set(["GuardDuty feature S3_DATA_EVENTS"]),
    );
    const line = (platform: Platform, component: string) =>
      costOf(platform).report.lines.filter((one) => one.component === component);
    const intel = after(change("x86", resource("aws_lambda_function"), unset("architectures")));
    const usd = (platform: Platform, component: string) =>
      line(platform, component).reduce((sum, { usdPerMonth }) => sum + (usdPerMonth?.steady ?? NaN), 0);
    expect(usd(production, "lambda.duration.arm64") / usd(intel, "lambda.duration")).toBeCloseTo(0.8, 4);
    for (const { quantity } of line(production, "queries")) expect(quantity.failover).toBe(quantity.peak);
  });

  it("bills a scheduled function up to its timeout while a region is lost", () => {
    const seconds = (timeout: number, name: string) =>
      costOf(
        after(
          change(
            "",
            resource("aws_lambda_function", (block) => String(block["function_name"]).includes(name)),
            set("timeout", timeout),
          ),
        ),
      )
        .report.lines.filter(({ component }) => component.startsWith("lambda.duration"))
        .reduce((sum, { quantity }) => sum + quantity.failover, 0);
    // Five minutes of each minute's run, of 128 MB, for a month.
    expect(seconds(301, "failback-latch") - seconds(1, "failback-latch")).toBeCloseTo(300 * 43_800 * (128 / 1024), -1);
    // A state machine calls it and waits: it is not called again while it hangs.
    expect(seconds(899, "restore-check")).toBe(seconds(800, "restore-check"));
  });

  it("counts the requests of health checks and the copies of images that are declared", () => {
    const endpoints = production.healthChecks.filter(({ kind }) => kind === "endpoint");
    // 16 checkers each 10 s for a month of 730 hours, and each region has a check of every public application.
    expect(healthCheckRequests(production, "us-east-1")).toBeCloseTo((endpoints.length / 2) * 16 * 262_800);
    const slower = after(change("", resource("aws_route53_health_check"), set("request_interval", 30)));
    expect(healthCheckRequests(slower, "us-east-1") / healthCheckRequests(production, "us-east-1")).toBeCloseTo(1 / 3);
    const context = new BillingContext(production);
    const { ordinary, peak } = context.usage.region.copyHours;
    // 125 MB/s are 450 GB an hour; the standby copies nothing.
    expect(copiedGb(context, "us-east-1")).toEqual({ steady: 450 * ordinary, peak: 450 * peak, failover: 0 });
    expect(copiedGb(context, "eu-west-1").failover).toBe(450 * peak);
  });

  it("prices databases and caches; a replica has its source's storage, and what nobody prices is unknown", () => {
    const made = together(
      "",
      add("", "data-us-east-1", "aws_db_instance", "records", {
        engine: "postgres",
        instance_class: "db.t4g.medium",
        allocated_storage: 50,
        storage_type: "gp3",
        multi_az: true,
      }),
      add("", "data-us-east-1", "aws_db_instance", "copy", {
        replicate_source_db: "${aws_db_instance.records.identifier}",
        instance_class: "db.t4g.medium",
      }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "queue", {
        engine: "valkey",
        node_type: "cache.t4g.small",
        num_cache_clusters: 2,
      }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "shards", {
        engine: "redis",
        node_type: "cache.t4g.small",
        num_node_groups: 2,
        replicas_per_node_group: 1,
      }),
      add("", "data-us-east-1", "aws_db_subnet_group", "data", { subnet_ids: [] }),
    );
    const { report } = costOf(after(made));
    const of = (name: string) =>
      Object.fromEntries(
        report.lines
          .filter(({ address }) => address.endsWith(`.${name}`))
          .map(({ component, usdPerMonth }) => [component, usdPerMonth?.steady.toFixed(2)]),
      );
    expect(report.unknown).toEqual([]);
    expect(of("records")).toEqual({
      "db.t4g.medium multi-az": "94.17",
      "gp3 storage": "11.50",
      "backup storage": "1.19",
      "cross-region copy": "0.15",
    });
    expect(of("copy")).toMatchObject({ "db.t4g.medium single-az": "47.45", "gp3 storage": "5.75" });
    expect([of("queue")["valkey cache.t4g.small"], of("shards")["redis cache.t4g.small"]]).toEqual(["37.38", "93.44"]);
    const strange = together(
      "",
      add("", "data-us-east-1", "aws_db_instance", "a", {
        engine: "mysql",
        instance_class: "db.t4g.medium",
        allocated_storage: 50,
      }),
      add("", "data-us-east-1", "aws_db_instance", "b", { engine: "postgres" }),
      add("", "data-us-east-1", "aws_db_instance", "c", {
        engine: "postgres",
        instance_class: "db.z9.large",
        allocated_storage: 50,
        storage_type: "io2",
        performance_insights_enabled: true,
        performance_insights_retention_period: 731,
      }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "d", { engine: "memcached" }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "e", { engine: "redis" }),
    );
    expect(unknownLines(after(strange))).toEqual([
      "a database of engine mysql",
      "a database whose class or storage is not known",
      "db.z9.large single-az",
      "Performance Insights for 731 days",
      "database storage of type io2",
      "a cache of engine memcached",
      "a cache whose node type or number of nodes is not known",
    ]);
  });

  it("is unknown where a region has no prices: listed, and the budget does not pass", () => {
    const elsewhere = after(changeStack("", "data-us-east-1", set("provider.aws.0.region", "ap-south-1")));
    expect(costOf(elsewhere).outsidePriceBook.length).toBeGreaterThan(0);
    expect(costOf(elsewhere).outsidePriceBook[0]).toContain("(ap-south-1)");
    expect(modelsOf(elsewhere).cost.budget.outcome).toBe("unknown");
    expect(withinBudget(elsewhere, 2250, "steady", "budget.usdPerMonth")).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("without a price: data-us-east-1/") as unknown,
    });
  });

  it("bills by the descriptor what follows from the resource and a declared volume", () => {
    const store = (tier: string) =>
      add("", "data-us-east-1", "aws_ssm_parameter", "one", { name: "/one", tier, size: 3 });
    const described = (platform: Platform, ...descriptor: Parameters<typeof describedBillables>[2][]) => {
      const [parameter] = platform.ofType("aws_ssm_parameter").filter(({ address }) => address.endsWith(".one"));
      return parameter && describedBillables(parameter, new BillingContext(platform), ...descriptor);
    };
    const [advanced, standard] = [after(store("Advanced")), after(store("Standard"))];
    const line = { price: "ssm.advanced-parameter" };
    expect(described(advanced)).toMatchObject([{ kind: "metered", priceId: line.price, quantity: 1 }]);
    expect(described(standard)).toMatchObject([{ kind: "free-of-charge" }]);
    expect(
      described(advanced, {
        billed: [
          { ...line, quantity: { per: "hour" } },
          { ...line, part: "storage", quantity: { per: "month", argument: "size" } },
          { ...line, part: "traffic", quantity: { volume: "natGb" } },
        ],
      }),
    ).toMatchObject([
      { address: "data-us-east-1/aws_ssm_parameter.one", quantity: 730 },
      { address: "data-us-east-1/aws_ssm_parameter.one storage", quantity: 3 },
      { quantity: new BillingContext(advanced).volume("natGb", "us-east-1") },
    ]);
  });

  it("has no price for a quantity that is not there", () => {
    const platform = after(add("", "data-us-east-1", "aws_ssm_parameter", "one", { name: "/one" }));
    const [parameter] = platform.ofType("aws_ssm_parameter").filter(({ address }) => address.endsWith(".one"));
    const quantities = [{ per: "month" as const, argument: "size" }, { volume: "nothing" }];
    expect(
      quantities.map(
        (quantity) =>
          parameter &&
          describedBillables(parameter, new BillingContext(platform), { billed: [{ price: "p", quantity }] }),
      ),
    ).toMatchObject(
      quantities.map(() => [{ priceId: "aws_ssm_parameter whose quantity for p is not known", quantity: 1 }]),
    );
  });

  it("names prices of the price book and declared volumes in every descriptor", () => {
    const { region } = usage.production;
    for (const { price, quantity } of resourceTypes(() => true).flatMap((type) => resourceType(type)?.billed ?? [])) {
      expect(priceBook().byId.has(price)).toBe(true);
      if ("volume" in quantity) expect(Object.keys(region)).toContain(quantity.volume);
    }
  });

  it("gives a reason for each type that is free", () => {
    for (const type of resourceTypes(({ free }) => free !== undefined))
      expect(resourceType(type)?.free?.length).toBeGreaterThan(10);
  });
});

describe("the report of the models", () => {
  it("is plain JSON, tables, and one line a model", () => {
    const section = modelsOf(production);
    expect(JSON.parse(JSON.stringify(section))).toEqual(section);
    expect(modelsConsole(section).map((line) => line.split(":")[0])).toEqual([
      "capacity",
      "throughput",
      "recovery",
      "cost",
      "support",
    ]);
    const text = modelsMarkdown(section);
    for (const heading of ["## Capacity", "### Throughput", "## Recovery", "## Cost, USD a month", "## Support"])
      expect(text).toContain(heading);
    expect(text).toContain("## Capacity");
    expect(text).toContain("carries the peak of us-east-1: **fits**");
  });

  it("says what fixes a secondary that cannot take over, unless facts are missing", () => {
    const section = modelsOf(production);
    const [takeover] = takeoversOf(production);
    if (takeover === undefined) throw new Error("production has no takeover");
    expect(section.capacity.takeovers).toMatchObject([{ verdict: "fits", fixes: [] }]);
    const short = {
      ...takeover,
      judgement: () => ({ ...takeover.judgement(), verdict: "doesNotFit" as const }),
      fixes: () => [
        {
          kind: "moreNodes" as const,
          pools: ["general-spot"],
          from: 2,
          to: 4,
          change: "raise it",
          extraUsdPerHour: 0.192,
        },
      ],
    };
    const figures = takeoverFigures(short);
    expect(figures).toMatchObject({
      from: "us-east-1",
      to: "eu-west-1",
      verdict: "doesNotFit",
      fixes: [{ change: "raise it", extraUsdPerHour: 0.192 }],
    });
    expect(modelsMarkdown({ ...section, capacity: { ...section.capacity, takeovers: [figures] } })).toContain(
      "- eu-west-1 in place of us-east-1: to fix it, raise it (0.1920 USD an hour more)",
    );
    expect(takeoverFigures({ ...short, unknown: ["a chart"] })).toMatchObject({ verdict: "unknown", fixes: [] });
  });
});

describe("throughput, recovery and support of production", () => {
  it("shows what the declared loads take, in both regions alike", () => {
    const figures = throughputFigures(production);
    expect(figures.map(({ region, verdict, unknown }) => [region, verdict, unknown])).toEqual([
      ["eu-west-1", "fits", []],
      ["us-east-1", "fits", []],
    ]);
    expect(
      figures[0]?.workloads.map(({ workload, replicasNeeded, replicas }) => [workload, replicasNeeded, replicas]),
    ).toEqual(
      expect.arrayContaining([
        ["storefront/Deployment/api", 3, 3],
        ["storefront/Deployment/worker", 4, 4],
      ]),
    );
    expect(throughputConsole(figures)).toBe(
      "fits in eu-west-1 and us-east-1, 4000 requests/s, 50 concurrent workers, 125 MB/s, 1000 concurrent users, 10000 messages/s on 12 nodes",
    );
  });

  it("says unknown of a load that is no number, and nothing of a platform that declares none", () => {
    const broken = after(
      change("many", resource("kubernetes_deployment_v1"), set([...THROUGHPUT, "carries", "0", "total"], "many")),
    );
    expect(throughputFigures(broken)[0]).toMatchObject({
      verdict: "unknown",
      unknown: expect.arrayContaining([
        expect.stringContaining("what it carries, or what one replica does, is no number above 0"),
      ]) as unknown,
    });
    const silent = after(
      together(
        "",
        ...["kubernetes_deployment_v1", "kubernetes_stateful_set_v1"].map((type) =>
          change("none", resource(type), unset(THROUGHPUT)),
        ),
      ),
    );
    expect(throughputFigures(silent).map(({ verdict, workloads }) => [verdict, workloads])).toEqual([
      [null, []],
      [null, []],
    ]);
    expect(throughputConsole(throughputFigures(silent))).toBe("nothing declared");
    expect(throughputMarkdown(throughputFigures(silent))).toContain("No component declares what it carries.");
  });

  it("counts the takeover step by step, and each schedule's oldest recovery point", () => {
    const { takeovers, points, schedules } = recoverySection(production);
    expect(takeovers.map(({ application, outcome, rtoMinutes }) => [application, outcome, rtoMinutes])).toContainEqual([
      "storefront",
      "pass",
      30,
    ]);
    expect(takeovers[0]?.steps.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0)).toBe(
      (takeovers[0]?.minutes ?? 0) * 60,
    );
    for (const region of ["eu-west-1", "us-east-1"])
      expect(
        points
          .filter((point) => point.application === "storefront" && point.region === region)
          .map(({ loss, outcome, hours }) => [loss, outcome, hours]),
      ).toEqual([
        ["inside the region", "pass", 7],
        ["of the region", "pass", 7],
      ]);
    expect(schedules).toContainEqual(
      expect.objectContaining({
        region: "us-east-1",
        schedule: "us-east-1-daily-other-region",
        storedIn: "eu-west-1",
        hours: 25,
      }),
    );
    expect(recoveryConsole(recoverySection(production))).toBe(
      "back again at the latest ledger 25.6 of 30 min (pass); work lost at most ledger 7 of 24 h (pass)",
    );
  });

  it("computes every loss of every application with sources, and the work that it costs in each store", () => {
    const { scenarios, stores } = recoverySection(production);
    const of = (application: string, scenario: string) =>
      scenarios.find((one) => one.application === application && one.scenario === scenario);
    expect(new Set(scenarios.map(({ application }) => application)).size * 7).toBe(scenarios.length);
    expect(of("orders", "region")).toMatchObject({ outcome: "pass", rtoMinutes: 30, limitMinutes: 25.6 });
    expect(of("orders", "corruption")).toMatchObject({ outcome: "notApplicable", rtoMinutes: null, limitMinutes: 85 });
    expect(of("operator", "region")).toMatchObject({
      outcome: "pass",
      arithmetic: expect.stringMatching(/^\(operator 900 s .* \+ restore 30 s restore of the namespace's objects \+ /),
    });
    for (const { steps, limitMinutes } of scenarios.filter(({ limitMinutes }) => limitMinutes !== null)) {
      const worst = steps.reduce((sum, { worstSeconds }) => sum + (worstSeconds ?? 0), 0);
      expect(limitMinutes).toBeCloseTo(worst / 60, 9);
      expect(
        steps.every(({ mark, date, source }) => /^\d{4}-\d\d-\d\d$/.test(date) && mark !== "" && source !== ""),
      ).toBe(true);
    }
    expect(
      stores
        .filter(({ application }) => application === "orders")
        .map(({ store, loss, outcome, minutes }) => [
          store,
          loss,
          outcome,
          minutes === null ? null : Math.round(minutes * 10),
        ]),
    ).toEqual([
      ["main", "zone", "pass", 0],
      ["main", "region", "pass", 45],
      ["main", "corruption", "pass", 50],
      ["queue", "zone", "pass", 2],
      ["queue", "region", "pass", 350],
      ["queue", "corruption", "pass", 350],
    ]);
    const unwatched = recoverySection(after(remove("", resource("aws_cloudwatch_metric_alarm")))).stores;
    expect(unwatched.find(({ store, loss }) => store === "main" && loss === "region")).toMatchObject({
      outcome: "fail",
      minutes: null,
      arithmetic: "no replica whose lag an alarm watches",
    });
  });

  it("has no end where the autoscaler never grows, and no point without a schedule", () => {
    const still = after(
      change(
        "",
        resource("kubernetes_horizontal_pod_autoscaler_v2"),
        set("spec.behavior.scale_up.0.select_policy", "Disabled"),
      ),
    );
    expect(recoverySection(still).takeovers[0]).toMatchObject({ outcome: "fail", minutes: null });
    const velero = resource("helm_release", (block) => block["chart"] === "velero");
    const none = recoverySection(after(change("", velero, set("values.0.schedules", {}))));
    expect(none.points.every(({ outcome, hours }) => outcome === "fail" && hours === null)).toBe(true);
    expect(recoveryConsole(none)).toMatch(/work lost at most ledger – of 24 h \(fail\), mirror – of 24 h \(fail\), /);
    expect(recoverySection(after(remove("", resource("aws_route53_record")))).takeovers[0]).toMatchObject({
      outcome: "fail",
      steps: [],
    });
  });

  it("counts the days of support of what runs, with sources, and says what fits the cluster", () => {
    const { asOf, products, addOns, charts } = supportSection(production);
    expect(asOf).toBe("2026-11-21");
    expect(products.map(({ product, version, daysLeft, phase }) => [product, version, daysLeft, phase])).toEqual([
      ["amazon-linux", "2023", 221, "standard"],
      ["eks", "1.36", 254, "standard"],
      ["rds-postgresql", "16", 830, "standard"],
      ["valkey", "8.1", 496, "standard"],
    ]);
    for (const { sources } of products) expect(sources[0]).toMatch(/^https:.*\(\d{4}-\d{2}-\d{2}\)$/);
    expect([...addOns, ...charts].map(({ fits }) => fits)).not.toContain(null);
    expect([...addOns, ...charts].every(({ fits, regions }) => fits === true && regions.length === 2)).toBe(true);
  });

  it("knows the engines of databases and caches, and says unknown of a version that no calendar has", () => {
    const with3 = together(
      "",
      add("", "data-us-east-1", "aws_db_instance", "records", { engine: "postgres", engine_version: "16.9" }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "queue", {
        engine: "valkey",
        engine_version: "8.1",
      }),
      add("", "data-us-east-1", "aws_elasticache_replication_group", "old", {
        engine: "redis",
        engine_version: "5.0.6",
      }),
    );
    expect(
      supportSection(after(with3)).products.map(({ product, version, daysLeft, phase }) => [
        product,
        version,
        daysLeft,
        phase,
      ]),
    ).toEqual([
      ["amazon-linux", "2023", 221, "standard"],
      ["eks", "1.36", 254, "standard"],
      ["elasticache-redis", "5", null, "unknown"],
      ["rds-postgresql", "16", 830, "standard"],
      ["valkey", "8.1", 496, "standard"],
    ]);
    expect(supportMarkdown(supportSection(after(with3))).join()).toContain("not in catalog/support-calendar.json");
  });

  it("follows the schema of the report", () => {
    const validate = new Ajv({ strict: true }).compile(reportSchema.properties.models);
    // The readiness is counted from the judgement, which is not asked for here.
    const models = { ...modelsOf(production), readiness: readinessFigures([], []) };
    expect([validate(JSON.parse(JSON.stringify(models))), validate.errors]).toEqual([true, null]);
  });
});

describe("the comparison of two reports", () => {
  const reportAfter = (mutation?: Mutation): WholeReport => {
    const platform = mutation ? after(mutation) : production;
    const judgement = judge(
      platform,
      discoverPolicies()
        .map(({ policy }) => policy)
        .filter(({ id }) => id === "CP-01" || id === "SC-12"),
    );
    return JSON.parse(JSON.stringify(reportOf(judgement, () => undefined, { ...modelsOf(platform) }))) as WholeReport;
  };
  const nodeGroups = resource("aws_eks_node_group");
  let before: WholeReport;
  beforeAll(() => {
    before = reportAfter();
  });

  it("of one with itself shows that nothing changes", () => {
    const text = comparison(before, before);
    expect(text).toContain("Verdict: **deployable**, as before.");
    expect(text).toContain("None changes; 0 stay.");
    expect(text).toContain("No line changes in the steady month.");
    expect(text).not.toContain("→");
  });
  it("shows what is new and what is fixed, the lines that cost otherwise, and the room that is left, in both directions", () => {
    const worse = reportAfter(
      together(
        "",
        change("", nodeGroups, set("scaling_config.max_size", 1)),
        change("", resource("aws_launch_template"), set("block_device_mappings.ebs.volume_size", 60)),
      ),
    );
    const there = comparison(before, worse);
    expect(there).toContain("deployable → **refused**");
    expect(there).toMatch(/\| new \| CP-01 \| fail \|/);
    expect(there).toMatch(/\| CP-01 \| pass \| fail \|/);
    expect(there).toMatch(/\| gp3 storage \| more expensive \| \d+\.\d\d \| \d+\.\d\d \| \+\d+\.\d\d \|/);
    expect(there).toMatch(/\| us-east-1, whole \| fits → doesNotFit \| \d+ → \d+ \|/);
    const back = comparison(worse, before);
    expect(back).toMatch(/\| fixed \| CP-01 \| fail \|/);
    expect(back).toMatch(/\| gp3 storage \| cheaper \| .* \| −\d+\.\d\d \|/);
  });
  it("refuses what is no report, with one sentence", () => {
    const said: string[] = [];
    const stream = { write: (line: string) => void said.push(line) };
    const folder = mkdtempSync(join(tmpdir(), "reports-"));
    const file = (name: string, content: unknown) => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const good = file("good.json", before);
    expect(compareFiles([good, good], stream, stream)).toBe(0);
    expect(said.pop()).toContain("## What changes in production");
    const refused: [string[], string][] = [
      [[], "two reports are compared: make compare BEFORE=<report.json> AFTER=<report.json>"],
      [["", good], "two reports are compared"],
      [[good, join(folder, "none.json")], "no report can be read there"],
      [[file("old.json", { schemaVersion: 0 }), good], "schemaVersion is 0; allowed is 2"],
      [[good, file("bare.json", { schemaVersion: 2, models: {} })], "the figures of capacity and cost are missing"],
    ];
    for (const [files, sentence] of refused) {
      expect(compareFiles(files, stream, stream)).toBe(1);
      expect(said.pop()).toContain(sentence);
    }
    expect(said).toEqual([]);
  });
});

it("names the leaves in which two values differ", () => {
  expect(leafDifferences({ a: { b: 1, c: [1] }, d: null }, { a: { b: 2, c: [1] }, e: "x" })).toEqual(["a.b", "e"]);
});
