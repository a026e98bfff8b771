import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { instanceType, instanceTypes, loadInstanceTypes } from "../../catalog/instance-types";
import { loadPriceBook, priceBook, priceOf } from "../../catalog/prices/price-book";
import { csvFields } from "../../catalog/prices/price-list";
import { formatPriceBook, runRefresh } from "../../catalog/prices/refresh";
import { daysOfSupportLeft, loadSupportCalendar, supportCalendar, supportItem, supportPhase } from "../../catalog/support-calendar";
import { budgetVerdict, compareCosts, estimateCost, type BillableResource, type CostInput, type CostReport, type PriceTable } from "../../models/cost";

const region = "us-east-1";
const eks: BillableResource = { kind: "eks-control-plane", address: "cluster", region, support: "standard" };
const pool = (onDemandCount: number, spotCount: number): BillableResource =>
  ({ kind: "node-pool", address: "general", region, instanceTypes: ["t3.medium", "t3.large"], onDemandCount, spotCount });
const reserve = (usdPerMonth: number): BillableResource => ({ kind: "reserve", address: "databases", region, usdPerMonth, reason: "not built yet" });

const estimate = (resources: readonly BillableResource[], usage: Partial<CostInput["usage"]> = {}, prices: PriceTable = priceBook()): CostReport =>
  estimateCost({ resources, usage: { traffic: [], ...usage }, prices });
const steady = (...resources: BillableResource[]): number => estimate(resources).totals.whole.steady;
const parts = (resource: BillableResource): Record<string, number> =>
  Object.fromEntries(estimate([resource]).lines.map(({ component, usdPerMonth }) => [component, Number(usdPerMonth?.steady.toFixed(4))]));
const refusal = (resources: readonly BillableResource[], usage: Partial<CostInput["usage"]> = {}): readonly string[] => {
  try {
    estimate(resources, usage);
  } catch (error) {
    return (error as Error).message.split("\n").slice(1).map((line) => line.trim());
  }
  return [];
};

describe("the price of each kind of resource", () => {
  const at = { address: "x", region };
  test.each<[string, BillableResource, Record<string, number>]>([
    ["EKS", eks, { "control plane, standard support": 73 }],
    ["EKS in extended support costs six times as much", { ...at, kind: "eks-control-plane", support: "extended" }, { "control plane, extended support": 438 }],
    ["gp3 within the included performance", { ...at, kind: "gp3-volume", count: 3, sizeGiB: 20 }, { "gp3 storage": 4.8 }],
    ["gp3 throughput: 1 GiB/s more is 1024 MiB/s more, 40.96 USD", { ...at, kind: "gp3-volume", count: 1, sizeGiB: 100, iops: 4000, throughputMiBps: 1149 },
      { "gp3 storage": 8, "gp3 IOPS above 3000": 5, "gp3 throughput above 125 MiB/s": 40.96 }],
    ["snapshots", { ...at, kind: "backup-storage", of: "ebs-snapshot", storedGb: 100 }, { "backup storage": 5 }],
    ["a public NAT gateway pays its address", { ...at, kind: "nat-gateway", count: 1, processedGb: 100, connectivity: "public" }, { "NAT gateway": 32.85, "NAT data": 4.5, "public IPv4": 3.65 }],
    ["a private NAT gateway does not", { ...at, kind: "nat-gateway", count: 1, processedGb: 0, connectivity: "private" }, { "NAT gateway": 32.85 }],
    ["a public address", { ...at, kind: "public-ipv4", count: 2 }, { "public IPv4": 7.3 }],
    ["ALB", { ...at, kind: "load-balancer", type: "application", capacityUnits: 1, publicAddresses: 3 }, { "application load balancer": 16.425, "capacity units": 5.84, "public IPv4": 10.95 }],
    ["NLB", { ...at, kind: "load-balancer", type: "network", capacityUnits: 1, publicAddresses: 0 }, { "network load balancer": 16.425, "capacity units": 4.38 }],
    ["interface endpoint", { ...at, kind: "interface-endpoint", zones: 3, processedGb: 10 }, { "interface endpoint": 21.9, "interface endpoint data": 0.1 }],
    ["RDS Multi-AZ", { ...at, kind: "rds-postgresql", instanceClass: "db.t4g.medium", multiAz: true, storageGb: 50, billedBackupGb: 10, crossRegionCopyGb: 5 },
      { "db.t4g.medium multi-az": 94.17, "gp3 storage": 11.5, "backup storage": 0.95, "cross-region copy": 0.1 }],
    ["Valkey", { ...at, kind: "elasticache", engine: "valkey", nodeType: "cache.t4g.micro", nodes: 2, backupGb: 1 }, { "valkey cache.t4g.micro": 18.688, "backup storage": 0.085 }],
    ["a replicated bucket", { ...at, kind: "s3-bucket", storageClass: "standard", storedGb: 100, writeRequests: 1000, readRequests: 10_000, replicatedGb: 10, replicationTimeControl: true },
      { "storage, standard": 2.3, "write requests": 0.005, "read requests": 0.004, "replication traffic": 0.2, "replication time control": 0.15 }],
    ["a key rotated twice is billed three times", { ...at, kind: "kms-key", count: 2, replica: false, billedRotations: 2, requests: 100_000 }, { keys: 6, requests: 0.3 }],
    ["hosted zone", { ...at, kind: "route53-zone", count: 1, queries: 1_000_000 }, { "hosted zones": 0.5, queries: 0.4 }],
    ["health check of a foreign endpoint with HTTPS and fast interval", { ...at, kind: "route53-health-check", endpoint: "non-aws", count: 1, options: 2 }, { "health checks": 0.75, "health check options": 4 }],
    ["vended logs", { ...at, kind: "log-group", source: "vended", ingestedGb: 10, storedGb: 10 }, { "vended log ingestion": 5, "log storage": 0.3 }],
    ["custom logs", { ...at, kind: "log-group", source: "custom", ingestedGb: 10, storedGb: 0 }, { "custom log ingestion": 5 }],
    ["alarms and metrics", { ...at, kind: "cloudwatch", alarms: 10, highResolutionAlarms: 1, metrics: 2, dashboards: 1 }, { alarms: 1, "high-resolution alarms": 0.3, "custom metrics": 0.6, dashboards: 3 }],
    ["WAF", { ...at, kind: "waf", rules: 4, requests: 2_000_000 }, { "web ACL": 5, rules: 4, requests: 1.2 }],
    ["secrets with replicas", { ...at, kind: "secrets", count: 10, replicas: 10, requests: 20_000 }, { secrets: 4, "replica secrets": 4, requests: 0.1 }],
    ["images", { ...at, kind: "ecr", storedGb: 10 }, { "image storage": 1 }],
    ["CloudTrail", { ...at, kind: "cloudtrail", dataEvents: 1_000_000, copiedManagementEvents: 100_000 }, { "data events": 1, "copied management events": 2 }],
    ["GuardDuty", { ...at, kind: "guardduty", managementEvents: 1_000_000, auditEvents: 1_000_000, monitoredVcpus: 2 }, { "management events": 4, "EKS audit events": 1.6, "runtime monitoring": 3 }],
    ["anything metered by a price id", { ...at, kind: "metered", priceId: "config.configuration-item", quantity: 1000 }, { "config.configuration-item": 3 }],
    ["what is free is listed at 0", { ...at, kind: "free-of-charge", reason: "gateway endpoint" }, { "free of charge": 0 }],
    ["a reserve is its amount", reserve(250), { reserve: 250 }],
  ])("%s", (_, resource, expected) => expect(parts(resource)).toEqual(expected));

  test("on-demand at the first type, spot at the dearest mean of the types", () => {
    const { lines, assumptions } = estimate([pool(3, 2)]);
    expect(lines.map(({ priceId, usdPerMonth }) => [priceId, usdPerMonth?.steady.toFixed(2)])).toEqual([["ec2.t3.medium.on-demand", "91.10"], ["ec2.t3.large.spot", "48.06"]]);
    expect(assumptions).toEqual(["spot at the dearest 30-day mean of the pool's types"]);
  });
  test("a planned spot discount counts from on-demand, is named, and makes the line an estimate", () => {
    const { lines, assumptions } = estimate([pool(0, 2)], { spotDiscount: 0.5 });
    expect(lines).toMatchObject([{ priceId: "ec2.t3.large.on-demand", confidence: "low", arithmetic: "1460 hour × 0.0832 USD × 0.5 = 60.74 USD" }]);
    expect(assumptions).toEqual(["spot planned at 50 % off the dearest on-demand price of the pool's types"]);
  });
  test("a spot pool with a type of unknown spot price is unknown, not the other type's price", () => {
    const [line] = estimate([{ ...pool(0, 1), instanceTypes: ["t3.medium", "t3a.medium"] } as BillableResource]).lines;
    expect(line).toMatchObject({ status: "unknown", usdPerMonth: null, priceId: "ec2.t3a.medium.spot" });
  });
  test("burst credits in unlimited mode, by family", () => {
    const burst = (type: string): BillableResource => ({ kind: "node-pool", address: "b", region, instanceTypes: [type], onDemandCount: 0, spotCount: 0, surplusCreditVcpuHours: 100 });
    expect([steady(burst("t3.medium")), steady(burst("t4g.medium"))]).toEqual([5, 4]);
  });
  test("traffic: a GB between zones is billed out and in", () => {
    const flow = (path: "inter-zone" | "inter-region" | "internet") => ({ address: path, path, region, gb: 100, application: "a" });
    const report = estimate([], { traffic: [flow("inter-zone"), flow("inter-region"), flow("internet")] });
    expect(report.lines.map(({ address, usdPerMonth }) => [address, usdPerMonth?.steady])).toEqual([["inter-region", 2], ["inter-zone", 2], ["internet", 9]]);
    expect(report.totals.byKind.traffic?.steady).toBe(13);
  });
});

describe("what has no price", () => {
  const guardDuty: BillableResource = { kind: "guardduty", address: "detector", region: "eu-west-1", managementEvents: 1_000_000, auditEvents: 0, monitoredVcpus: 0 };
  test("is listed as unknown with its reason and in no sum", () => {
    const report = estimate([eks, guardDuty]);
    expect(report.unknown).toMatchObject([{ usdPerMonth: null, usdPerUnit: null, confidence: null, arithmetic: "1 × unknown: the price book has no guardduty.management-events in eu-west-1" }]);
    expect(report.totals.whole.steady).toBeCloseTo(73);
    expect(report.totals.byRegion).toEqual({ "us-east-1": { steady: 73, peak: 73, failover: 73 } });
  });
  test("makes a budget that would hold unknown", () =>
    expect(budgetVerdict(estimate([eks, guardDuty]), 100)).toMatchObject({
      outcome: "unknown", unknown: ["detector (eu-west-1): management events"], arithmetic: "steady: us-east-1 73.00 + 1 without a price = 73.00 USD a month ≤ 100.00: 27.00 left",
    }));
  test("does not hide a budget that is broken already", () => expect(budgetVerdict(estimate([eks, guardDuty]), 72)).toMatchObject({ outcome: "fail", headroomUsdPerMonth: -1 }));
  test("does not count in a scenario that does not use it", () => {
    const onlyAtPeak: BillableResource = { ...guardDuty, managementEvents: { steady: 0, peak: 1, failover: 1 } };
    expect(["steady", "peak"].map((scenario) => budgetVerdict(estimate([eks, onlyAtPeak]), 100, scenario as "steady").outcome)).toEqual(["pass", "unknown"]);
  });
  test("a type that nobody prices", () => expect(estimate([{ ...pool(1, 0), instanceTypes: ["m9.large"] } as BillableResource]).unknown[0]?.arithmetic).toBe("730 × unknown: the price book has no ec2.m9.large.on-demand in us-east-1"));
});

describe("budget", () => {
  test("equal to the limit passes, a cent above fails, each with its arithmetic", () => {
    expect(budgetVerdict(estimate([reserve(2000)]), 2000)).toMatchObject({ outcome: "pass", arithmetic: "steady: us-east-1 2000.00 = 2000.00 USD a month ≤ 2000.00: 0.00 left" });
    expect(budgetVerdict(estimate([reserve(2000.01)]), 2000)).toMatchObject({ outcome: "fail", arithmetic: "steady: us-east-1 2000.01 = 2000.01 USD a month > 2000.00: over by 0.01" });
  });
  test("each scenario has its own sum", () => {
    const report = estimate([{ ...pool(0, 0), onDemandCount: { steady: 3, peak: 10, failover: 20 } } as BillableResource]);
    expect(report.totals.whole).toEqual({ steady: expect.closeTo(91.104), peak: expect.closeTo(303.68), failover: expect.closeTo(607.36) });
    expect(budgetVerdict(report, 500, "peak").outcome).toBe("pass");
    expect(budgetVerdict(report, 500, "failover").outcome).toBe("fail");
  });
  test("an empty platform costs nothing", () => expect(budgetVerdict(estimate([]), 0)).toMatchObject({ outcome: "pass", usdPerMonth: 0 }));
  test("a budget that is no number is refused", () => expect(() => budgetVerdict(estimate([]), NaN)).toThrow("the budget is NaN USD a month; allowed is a number of at least 0"));
});

describe("totals", () => {
  const mixed = [eks, { ...reserve(100), address: "own", application: "a" } as BillableResource, { ...eks, address: "other", region: "eu-west-1", application: "b" } as BillableResource];
  test("by resource, region, kind, application and confidence", () => {
    const { totals } = estimate(mixed);
    expect(Object.fromEntries(Object.entries(totals.byResource).map(([key, { steady: usd }]) => [key, usd]))).toEqual({ "cluster (us-east-1)": 73, "other (eu-west-1)": 73, "own (us-east-1)": 100 });
    expect(totals.byRegion["us-east-1"]?.steady).toBe(173);
    expect(totals.byKind["eks-control-plane"]?.steady).toBe(146);
    expect(totals.byApplication.shared?.steady).toBe(73);
    expect([totals.byConfidence.high.steady, totals.byConfidence.reserve.steady, totals.byConfidence.low.steady]).toEqual([146, 100, 0]);
  });
  test("the shared cost follows the requests", () => {
    const { byApplication } = estimate(mixed, { requestShare: { a: 0.75, c: 0.25 } }).totals;
    expect(Object.fromEntries(Object.entries(byApplication).map(([name, { steady: usd }]) => [name, usd]))).toEqual({ a: 100 + 0.75 * 73, b: 73, c: 0.25 * 73 });
  });
});

describe("bad input has one clear answer", () => {
  const nat = (processedGb: number): BillableResource => ({ kind: "nat-gateway", address: "nat.a", region, count: 1, processedGb, connectivity: "public" });
  const whole = "; declare what is measured or planned";
  test.each<[string, readonly string[], readonly string[]]>([
    ["negative volume", refusal([nat(-5)]), [`nat.a (us-east-1): processedGb is -5; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`]],
    ["absurd volume", refusal([nat(1e9)]), [`nat.a (us-east-1): processedGb is 1000000000; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`]],
    ["not a number", refusal([nat(NaN)]), [`nat.a (us-east-1): processedGb is NaN; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`]],
    ["a negative scenario", refusal([{ ...pool(0, 0), spotCount: { steady: 1, peak: -1, failover: 1 } } as BillableResource]),
      [`general (us-east-1): spotCount is -1 at peak; allowed is 0 to 100000 on average because no account quota comes near that${whole}`]],
    ["half a gateway", refusal([{ ...nat(0), count: 0.5 } as BillableResource]), [`nat.a (us-east-1): count is 0.5; allowed is a whole number 0 to 10000 things because no account quota comes near that${whole}`]],
    ["a region without prices", refusal([{ ...eks, region: "ap-south-1" } as BillableResource]),
      ['cluster (ap-south-1): region is "ap-south-1"; allowed is us-east-1, eu-west-1, us-west-2 because the price book has no other; add the region to the price book']],
    ["the same thing twice", refusal([eks, eks]), ["cluster (us-east-1): is listed more than once; allowed is once because it would be paid twice; give each thing its own address"]],
    ["shares that lose money", refusal([], { requestShare: { a: 0.5 } }), ["usage: requestShare sums to 0.5; allowed is 1 because the shared cost is distributed whole; name every application"]],
    ["a negative share", refusal([], { requestShare: { a: -0.5, b: 1.5 } }).slice(0, 1), ["usage: requestShare.a is -0.5; allowed is 0 to 1 because it is a fraction of all requests"]],
    ["a spot price of nothing", refusal([], { spotDiscount: 1 }), ["usage: spotDiscount is 1; allowed is 0 to below 1 because it is the fraction off the on-demand price; 0.5 is a careful plan"]],
  ])("%s", (_, messages, expected) => expect(messages).toEqual(expected));
  test("all problems come at once", () => expect(refusal([nat(-1), { ...eks, region: "mars" } as BillableResource], { spotDiscount: 2 })).toHaveLength(3));
  test("traffic volumes are checked like all others", () =>
    expect(refusal([], { traffic: [{ address: "t", path: "internet", region, gb: -1 }] })).toEqual([`t (us-east-1): gb is -1; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`]));
});

describe("comparison of two reports", () => {
  test("sorted by absolute change, sums beside it, equal lines left out", () => {
    const before = estimate([eks, pool(3, 0), reserve(50)]);
    const after = estimate([eks, pool(6, 0), { kind: "ecr", address: "images", region, storedGb: 20 }]);
    const { changes, differenceUsdPerMonth } = compareCosts(before, after);
    expect(changes.map(({ address, change, differenceUsdPerMonth: usd }) => [address, change, usd?.toFixed(2)])).toEqual([["general", "dearer", "91.10"], ["databases", "removed", "-50.00"], ["images", "added", "2.00"]]);
    expect(differenceUsdPerMonth).toBeCloseTo(43.104);
  });
  test("the same report twice has no change", () => expect(compareCosts(estimate([eks]), estimate([eks])).changes).toEqual([]));
  test("an unknown difference comes first", () => {
    const detector = (at: string): BillableResource => ({ kind: "guardduty", address: "d", region: at, managementEvents: 1_000_000, auditEvents: 0, monitoredVcpus: 0 });
    const { changes } = compareCosts(estimate([reserve(500)]), estimate([detector("eu-west-1")]));
    expect(changes.map(({ address, change, differenceUsdPerMonth }) => [address, change, differenceUsdPerMonth])).toEqual([["d", "added", null], ["databases", "removed", -500]]);
  });
  test("cheaper, and peak by itself", () => {
    const at = (peak: number) => estimate([{ ...reserve(0), usdPerMonth: { steady: 10, peak, failover: 10 } } as BillableResource]);
    expect(compareCosts(at(100), at(60)).changes).toEqual([]);
    expect(compareCosts(at(100), at(60), "peak").changes).toMatchObject([{ change: "cheaper", beforeUsdPerMonth: 100, afterUsdPerMonth: 60, differenceUsdPerMonth: -40 }]);
  });
});

describe("properties", () => {
  const arbitrary: fc.Arbitrary<BillableResource[]> = fc.uniqueArray(fc.record({
    address: fc.string({ minLength: 1, maxLength: 3 }), region: fc.constantFrom("us-east-1", "eu-west-1"), application: fc.constantFrom("shared", "a", "b", "c"), count: fc.nat(50), gb: fc.nat(5000),
    kind: fc.constantFrom("node-pool", "nat-gateway", "ecr", "reserve", "guardduty"),
  }), { maxLength: 12, selector: ({ address, region: at }) => `${address} ${at}` }).map((rows) => rows.map(({ kind, address, region: at, application, count, gb }): BillableResource => {
    const base = { address, region: at, application };
    if (kind === "node-pool") return { ...base, kind, instanceTypes: ["t3.medium"], onDemandCount: { steady: count, peak: count + 3, failover: count + 5 }, spotCount: count };
    if (kind === "nat-gateway") return { ...base, kind, count, processedGb: gb, connectivity: "public" };
    if (kind === "ecr") return { ...base, kind, storedGb: gb };
    if (kind === "guardduty") return { ...base, kind, managementEvents: gb, auditEvents: 0, monitoredVcpus: count };
    return { ...base, kind: "reserve", usdPerMonth: gb, reason: "later" };
  }));
  const sum = (sums: Readonly<Record<string, { peak: number }>>): number => Object.values(sums).reduce((total, { peak }) => total + peak, 0);

  test("order does not matter", () => fc.assert(fc.property(arbitrary, (resources) => expect(estimate([...resources].reverse())).toEqual(estimate(resources)))));
  test("the parts sum to the whole, however they are cut, and the shared cost is distributed whole", () => fc.assert(fc.property(arbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (resources, a) => {
    const { totals, lines } = estimate(resources, { requestShare: { a, b: 1 - a } });
    const { byResource, byRegion, byApplication, byKind, byConfidence } = totals;
    for (const cut of [byResource, byRegion, byApplication, byKind, byConfidence]) expect(sum(cut)).toBeCloseTo(totals.whole.peak, 6);
    expect(lines.reduce((total, { usdPerMonth }) => total + (usdPerMonth?.peak ?? 0), 0)).toBeCloseTo(totals.whole.peak, 6);
  })));
  test("more never costs less", () => fc.assert(fc.property(arbitrary, fc.nat(20), (resources, more) => {
    const grown = resources.map((resource): BillableResource => (resource.kind === "node-pool" ? { ...resource, spotCount: (resource.spotCount as number) + more } : resource));
    expect(estimate(grown).totals.whole.steady).toBeGreaterThanOrEqual(estimate(resources).totals.whole.steady - 1e-9);
    expect(estimate(resources.slice(1)).totals.whole.steady).toBeLessThanOrEqual(estimate(resources).totals.whole.steady + 1e-9);
  })));
  test("the differences of a comparison sum to its difference, and turned round they change sign", () => fc.assert(fc.property(arbitrary, arbitrary, (one, two) => {
    const known = (resources: BillableResource[]): BillableResource[] => resources.filter(({ kind }) => kind !== "guardduty");
    const there = compareCosts(estimate(known(one)), estimate(known(two)));
    expect(there.changes.reduce((total, { differenceUsdPerMonth }) => total + (differenceUsdPerMonth ?? 0), 0)).toBeCloseTo(there.differenceUsdPerMonth, 6);
    expect(compareCosts(estimate(known(two)), estimate(known(one))).differenceUsdPerMonth).toBeCloseTo(-there.differenceUsdPerMonth, 6);
  })));
});

describe("price book", () => {
  const entry = { id: "ecr.storage", unit: "GB-month", usd: { "us-east-1": 0.1, "eu-west-1": null, "us-west-2": null }, confidence: { "us-east-1": "high" }, date: "2026-10-04", sources: ["list"] };
  const book = (...prices: unknown[]): unknown => ({ schemaVersion: 1, retrieved: "2026-11-21", currency: "USD", basis: "list", note: "", sources: { list: { location: "x" } }, prices });
  test("gives a price with its unit, date, confidence and sources", () =>
    expect(priceOf(priceBook(), "ec2.t3.medium.on-demand", "eu-west-1")).toMatchObject({ usd: 0.0456, unit: "hour", confidence: "high", date: "2026-08-03" }));
  test.each([["no such id", "ec2.t9.huge.on-demand", region], ["null", "rds.proxy", "eu-west-1"], ["no such region", "ecr.storage", "mars"]])("%s is undefined, not 0", (_, id, at) =>
    expect(priceOf(priceBook(), id, at)).toBeUndefined());
  test("every price has sources, all that the state bucket of us-west-2 needs is known", () => {
    expect(priceBook().data.prices.filter(({ usd, sources }) => Object.values(usd).some((value) => (value ?? 0) > 0) && sources.length === 0).map(({ id }) => id)).toEqual([]);
    expect(["s3.standard.storage", "s3.requests.tier1", "s3.requests.tier2", "kms.key", "kms.requests"].filter((id) => !priceOf(priceBook(), id, "us-west-2"))).toEqual([]);
  });
  test("the committed file is in the form that a refresh writes", () =>
    expect(readFileSync(join(__dirname, "../../catalog/prices/price-book.json"), "utf8")).toBe(formatPriceBook(priceBook().data)));
  test.each<[string, unknown, string]>([
    ["a negative price", { ...entry, usd: { ...entry.usd, "us-east-1": -1 } }, "ecr.storage: usd.us-east-1: "],
    ["a missing region", { ...entry, usd: { "us-east-1": 1, "eu-west-1": 1 } }, "ecr.storage: usd.us-west-2: "],
    ["a wrong confidence", { ...entry, confidence: { "us-east-1": "sure" } }, "ecr.storage: confidence.us-east-1: "],
    ["a confidence without a price", { ...entry, confidence: { "us-east-1": "high", "eu-west-1": "low" } }, "ecr.storage: confidence.eu-west-1: is given for an unknown price"],
    ["a price without a confidence", { ...entry, confidence: {} }, "ecr.storage: confidence.us-east-1: is missing for a known price"],
    ["a source that is not listed", { ...entry, sources: ["hearsay"] }, 'ecr.storage: sources: "hearsay" is not in the book\'s sources'],
    ["no id", { ...entry, id: undefined }, "prices[0]: id: "],
  ])("%s is refused with id and field", (_, price, message) => expect(() => loadPriceBook(book(price))).toThrow(message));
  test("an id occurs once", () => expect(() => loadPriceBook(book(entry, entry))).toThrow("ecr.storage: id: occurs twice"));
  test("something else than a book is refused", () => expect(() => loadPriceBook(null)).toThrow("the price book is not valid"));
});

describe("instance types", () => {
  test("38 types; pods follow from the addresses", () => {
    expect(instanceTypes().size).toBe(38);
    for (const { enis, ipv4PerEni, maxPodsWithoutPrefix } of instanceTypes().values()) expect(maxPodsWithoutPrefix).toBe(enis * (ipv4PerEni - 1) + 2);
  });
  test("t3.medium", () => expect(instanceType("t3.medium")).toMatchObject({ vcpu: 2, memoryMiB: 4096, architecture: "amd64", networkBaselineGbps: 0.256, burstable: true, cpuBaselinePercentPerVcpu: 20, spot: { "us-east-1": { discount: 0.554 } } }));
  test("only burstable types have a CPU baseline; only they lack trunking", () => {
    for (const { burstable, cpuBaselinePercentPerVcpu, trunking } of instanceTypes().values()) expect([cpuBaselinePercentPerVcpu !== null, !trunking]).toEqual([burstable, burstable]);
  });
  test("an unknown type names the known ones", () => expect(() => instanceType("t9.nano")).toThrow(/instance type "t9.nano" is not in catalog\/instance-types.json; known: c5.large, /));
  test("a broken row names type and field", () => {
    const broken = { schemaVersion: 1, retrieved: "2026-11-21", note: "", sources: {}, types: [{ ...instanceType("t3.medium"), vcpu: 0 }] };
    expect(() => loadInstanceTypes(broken)).toThrow("t3.medium: vcpu: ");
    expect(() => loadInstanceTypes({})).toThrow("the instance types are not valid");
  });
});

describe("support calendar", () => {
  const item = (version: string) => supportItem("eks", version) ?? (() => { throw new Error(version); })();
  const on = (date: string): Date => new Date(date);
  test.each([["1.34", 11], ["1.35", 126], ["1.36", 254], ["1.33", -115]])("EKS %s has %i days on 2026-11-21", (version, days) => expect(daysOfSupportLeft(item(version), on("2026-11-21T23:59:59Z"))).toBe(days));
  test("the last day still counts", () => {
    expect(daysOfSupportLeft(item("1.34"), on("2026-12-02T23:59:59Z"))).toBe(0);
    expect(daysOfSupportLeft(item("1.34"), on("2026-12-03T00:00:00Z"))).toBe(-1);
  });
  test.each([["2026-12-02", "standard"], ["2026-12-03", "extended"], ["2027-12-02T23:59:59Z", "extended"], ["2027-12-03", "ended"]])("EKS 1.34 on %s: %s", (date, phase) => expect(supportPhase(item("1.34"), on(date))).toBe(phase));
  test("no announced end is undefined, an unknown version too", () => {
    const redis = supportItem("elasticache-redis", "7");
    expect(redis && [daysOfSupportLeft(redis, on("2026-11-21")), supportPhase(redis, on("2026-11-21"))]).toEqual([undefined, "unannounced"]);
    expect(supportItem("eks", "1.99")).toBeUndefined();
  });
  test("EKS: 14 months of standard support and 12 of extended, give or take the days that AWS moved", () => {
    for (const { id, product, released, endOfStandardSupport, endOfExtendedSupport } of supportCalendar().items) {
      if (product !== "eks" || !released || !endOfStandardSupport || !endOfExtendedSupport) continue;
      const days = (from: string, to: string): number => (on(to).getTime() - on(from).getTime()) / 86_400_000;
      expect([id, Math.abs(days(released, endOfStandardSupport) - 425) <= 5, [365, 366].includes(days(endOfStandardSupport, endOfExtendedSupport))]).toEqual([id, true, true]);
    }
  });
  test("what runs PostgreSQL 16, AL2023 and the charts is there", () => {
    expect(supportItem("rds-postgresql", "16")?.endOfStandardSupport).toBe("2029-02-28");
    expect(supportItem("amazon-linux", "2023")?.endOfStandardSupport).toBe("2027-06-30");
    expect(supportCalendar().charts.find(({ chart }) => chart === "cert-manager")?.kubeVersion).toBe(">= 1.22.0-0");
  });
  test("a broken date names its item, no date is an error", () => {
    const calendar = { ...supportCalendar(), items: [{ ...item("1.34"), endOfStandardSupport: "2026-13-01" }] };
    expect(() => loadSupportCalendar(calendar)).toThrow("eks-1.34: endOfStandardSupport: ");
    expect(() => loadSupportCalendar({ ...supportCalendar(), items: [{ ...item("1.34"), sources: ["hearsay"] }] })).toThrow('eks-1.34: sources: "hearsay" is not in the calendar\'s sources');
    expect(() => daysOfSupportLeft(item("1.34"), on("yesterday"))).toThrow("eks-1.34: the present date is not a date");
  });
});

describe("refresh from AWS's price list", () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  const file = join(folder, "price-book.json");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const entry = (id: string, usd: number, west: number | null = null) =>
    ({ id, unit: "u", usd: { "us-east-1": usd, "eu-west-1": null, "us-west-2": west }, confidence: { "us-east-1": "medium", ...(west === null ? {} : { "us-west-2": "low" }) }, date: "2026-10-04", sources: ["list"] });
  const book = {
    schemaVersion: 1, retrieved: "2026-11-01", currency: "USD", basis: "list", note: "", sources: { list: { location: "x" } },
    prices: [entry("acm.public-certificate", 0), entry("ebs.gp3.throughput", 0.04), entry("ec2.t3.medium.on-demand", 0.0416), entry("nat-gateway.hour", 0.045), entry("nat-gateway.data", 0.045)],
  };
  const header = '"FormatVersion","v1.0"\n"Disclaimer","prices, as ""published"""\n"Publication Date","2026-11-20T10:00:00Z"\n"Version","20261120100000"\n"OfferCode","AmazonEC2"\n'
    + '"SKU","TermType","PriceDescription","StartingRange","PricePerUnit","Currency","Tenancy","usageType","operation"\n';
  const row = (usd: string, usageType: string, more: { term?: string; from?: string; tenancy?: string } = {}): string =>
    `"S","${more.term ?? "OnDemand"}","$${usd}, per ""unit""","${more.from ?? "0"}","${usd}","USD","${more.tenancy ?? "Shared"}","${usageType}","RunInstances"\n`;
  const offer = header + row("0.0420000000", "BoxUsage:t3.medium") + row("9", "BoxUsage:t3.medium", { term: "Reserved" }) + row("9", "BoxUsage:t3.medium", { tenancy: "Dedicated" })
    + row("40.9600000000", "EBS:VolumeP-Throughput.gp3") + row("0.045", "NatGateway-Hours") + row("0.050", "NatGateway-Hours") + row("0.01", "NatGateway-Bytes", { from: "100" }) + row("1", "EU-NatGateway-Bytes");

  const refreshFrom = async (answer: (path: string) => string | undefined): Promise<{ code: number; printed: string; asked: string[] }> => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const body = answer(request.url ?? "");
      response.writeHead(body === undefined ? 404 : 200, { connection: "close" }).end(body);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const printed: string[] = [];
    try {
      writeFileSync(file, formatPriceBook(loadPriceBook(book).data));
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const code = await runRefresh({ file, baseUrl, now: new Date("2026-11-21T00:00:00Z"), print: (line) => printed.push(line) });
      return { code, printed: printed.join("\n").replaceAll(baseUrl, "http://list"), asked };
    } finally {
      await new Promise((done) => server.close(done));
    }
  };

  test("takes the first on-demand tier of its own region, converts GiBps, reports changes, keeps what is ambiguous or not listed", async () => {
    const { code, printed, asked } = await refreshFrom(() => offer);
    expect(printed).toBe([
      "ec2.t3.medium.on-demand us-east-1: 0.0416 -> 0.042 USD (+0.96 %)", "kept nat-gateway.hour us-east-1: the list states several prices",
      "kept nat-gateway.data us-east-1: not in the list", "1 changed, 1 confirmed, 2 kept as they were",
    ].join("\n"));
    expect([code, asked]).toEqual([0, ["/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv"]]);
    const written = loadPriceBook(JSON.parse(readFileSync(file, "utf8")));
    expect(priceOf(written, "ec2.t3.medium.on-demand", region)).toMatchObject({ usd: 0.042, confidence: "high", date: "2026-11-20", sources: ["list", "aws-price-list-amazonec2-us-east-1"] });
    expect(priceOf(written, "nat-gateway.hour", region)).toMatchObject({ usd: 0.045, confidence: "medium" });
    expect(written.retrieved).toBe("2026-11-21");
  });
  test.each<[string, string | undefined, string]>([
    ["a refusal", undefined, "AWS's price list cannot be read: http://list/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv: HTTP 404; nothing was written"],
    ["something that is no offer file", "<html>\n", "AWS's price list cannot be read: http://list/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv: not an offer file: it names no columns or no publication date; nothing was written"],
  ])("%s: one line, exit 1, nothing written", async (_, body, line) => {
    const { code, printed } = await refreshFrom(() => body);
    expect([code, printed]).toEqual([1, line]);
    expect(readFileSync(file, "utf8")).toBe(formatPriceBook(loadPriceBook(book).data));
  });
  test("without a network: one line, exit 1, nothing written", async () => {
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    const printed: string[] = [];
    const before = formatPriceBook(loadPriceBook(book).data);
    writeFileSync(file, before);
    expect(await runRefresh({ file, baseUrl: `http://127.0.0.1:${port}`, now: new Date(), print: (line) => printed.push(line) })).toBe(1);
    expect(printed).toEqual([`AWS's price list cannot be read: http://127.0.0.1:${port}/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv: connect ECONNREFUSED 127.0.0.1:${port}; nothing was written`]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
  test("outside the project's folder: one line, exit 1", async () => {
    const printed: string[] = [];
    expect(await runRefresh({ file: join(folder, "absent.json"), baseUrl: "http://127.0.0.1:1", now: new Date(), print: (line) => printed.push(line) })).toBe(1);
    expect(printed[0]).toContain("is not there: run the command in the project's folder");
  });
  test.each<[string, string[]]>([['a,"b, c",d', ["a", "b, c", "d"]], ['"say ""hi""",""', ['say "hi"', ""]], ["", [""]], ['a,,"b"', ["a", "", "b"]]])("CSV %s", (line, fields) => expect(csvFields(line)).toEqual(fields));
});
