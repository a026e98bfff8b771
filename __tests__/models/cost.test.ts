import * as fc from "fast-check";
import { priceBook } from "../../catalog/prices/price-book";
import {
  budgetVerdict,
  byScenario,
  compareCosts,
  estimateCost,
  inScenario,
  scenarios,
  type BillableResource,
  type CostInput,
  type CostReport,
  type PriceTable,
} from "../../models/cost";

const region = "us-east-1";
const eks: BillableResource = { kind: "eks-control-plane", address: "cluster", region, support: "standard" };
const pool = (onDemandCount: number, spotCount: number): BillableResource => ({
  kind: "node-pool",
  address: "general",
  region,
  instanceTypes: ["t3.medium", "t3.large"],
  onDemandCount,
  spotCount,
});
const reserve = (usdPerMonth: number): BillableResource => ({
  kind: "reserve",
  address: "databases",
  region,
  usdPerMonth,
  reason: "not built yet",
});

const estimate = (
  resources: readonly BillableResource[],
  usage: Partial<CostInput["usage"]> = {},
  prices: PriceTable = priceBook(),
): CostReport => estimateCost({ resources, usage: { traffic: [], ...usage }, prices });
const steady = (...resources: BillableResource[]): number => estimate(resources).totals.whole.steady;
const parts = (resource: BillableResource): Record<string, number> =>
  Object.fromEntries(
    estimate([resource]).lines.map(({ component, usdPerMonth }) => [component, Number(usdPerMonth?.steady.toFixed(4))]),
  );
const refusal = (
  resources: readonly BillableResource[],
  usage: Partial<CostInput["usage"]> = {},
): readonly string[] => {
  try {
    estimate(resources, usage);
  } catch (error) {
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
};

describe("the price of each kind of resource", () => {
  const at = { address: "x", region };
  test.each<[string, BillableResource, Record<string, number>]>([
    ["EKS", eks, { "control plane, standard support": 73 }],
    [
      "EKS in extended support costs six times as much",
      { ...at, kind: "eks-control-plane", support: "extended" },
      { "control plane, extended support": 438 },
    ],
    [
      "gp3 within the included performance",
      { ...at, kind: "gp3-volume", count: 3, sizeGiB: 20 },
      { "gp3 storage": 4.8 },
    ],
    [
      "gp3 throughput: 1 GiB/s more is 1024 MiB/s more, 40.96 USD",
      { ...at, kind: "gp3-volume", count: 1, sizeGiB: 100, iops: 4000, throughputMiBps: 1149 },
      { "gp3 storage": 8, "gp3 IOPS above 3000": 5, "gp3 throughput above 125 MiB/s": 40.96 },
    ],
    ["snapshots", { ...at, kind: "backup-storage", of: "ebs-snapshot", storedGb: 100 }, { "backup storage": 5 }],
    [
      "a public NAT gateway pays its address",
      { ...at, kind: "nat-gateway", count: 1, processedGb: 100, connectivity: "public" },
      { "NAT gateway": 32.85, "NAT data": 4.5, "public IPv4": 3.65 },
    ],
    [
      "a private NAT gateway does not",
      { ...at, kind: "nat-gateway", count: 1, processedGb: 0, connectivity: "private" },
      { "NAT gateway": 32.85 },
    ],
    ["a public address", { ...at, kind: "public-ipv4", count: 2 }, { "public IPv4": 7.3 }],
    [
      "ALB",
      { ...at, kind: "load-balancer", type: "application", capacityUnits: 1, publicAddresses: 3 },
      { "application load balancer": 16.425, "capacity units": 5.84, "public IPv4": 10.95 },
    ],
    [
      "NLB",
      { ...at, kind: "load-balancer", type: "network", capacityUnits: 1, publicAddresses: 0 },
      { "network load balancer": 16.425, "capacity units": 4.38 },
    ],
    [
      "interface endpoint",
      { ...at, kind: "interface-endpoint", zones: 3, processedGb: 10 },
      { "interface endpoint": 21.9, "interface endpoint data": 0.1 },
    ],
    [
      "RDS Multi-AZ",
      {
        ...at,
        kind: "rds-postgresql",
        instanceClass: "db.t4g.medium",
        multiAz: true,
        storageGb: 50,
        billedBackupGb: 10,
        crossRegionCopyGb: 5,
      },
      { "db.t4g.medium multi-az": 94.17, "gp3 storage": 11.5, "backup storage": 0.95, "cross-region copy": 0.1 },
    ],
    [
      "Valkey",
      { ...at, kind: "elasticache", engine: "valkey", nodeType: "cache.t4g.micro", nodes: 2, backupGb: 1 },
      { "valkey cache.t4g.micro": 18.688, "backup storage": 0.085 },
    ],
    [
      "a replicated bucket",
      {
        ...at,
        kind: "s3-bucket",
        storageClass: "standard",
        storedGb: 100,
        writeRequests: 1000,
        readRequests: 10_000,
        replicatedGb: 10,
        replicationTimeControl: true,
      },
      {
        "storage, standard": 2.3,
        "write requests": 0.005,
        "read requests": 0.004,
        "replication traffic": 0.2,
        "replication time control": 0.15,
      },
    ],
    [
      "a key rotated twice is billed three times",
      { ...at, kind: "kms-key", count: 2, replica: false, billedRotations: 2, requests: 100_000 },
      { keys: 6, requests: 0.3 },
    ],
    [
      "hosted zone",
      { ...at, kind: "route53-zone", count: 1, queries: 1_000_000 },
      { "hosted zones": 0.5, queries: 0.4 },
    ],
    [
      "health check of a foreign endpoint with HTTPS and fast interval",
      { ...at, kind: "route53-health-check", endpoint: "non-aws", count: 1, options: 2 },
      { "health checks": 0.75, "health check options": 4 },
    ],
    [
      "vended logs",
      { ...at, kind: "log-group", source: "vended", ingestedGb: 10, storedGb: 10 },
      { "vended log ingestion": 5, "log storage": 0.3 },
    ],
    [
      "custom logs",
      { ...at, kind: "log-group", source: "custom", ingestedGb: 10, storedGb: 0 },
      { "custom log ingestion": 5 },
    ],
    [
      "alarms and metrics",
      { ...at, kind: "cloudwatch", alarms: 10, highResolutionAlarms: 1, metrics: 2, dashboards: 1 },
      { alarms: 1, "high-resolution alarms": 0.3, "custom metrics": 0.6, dashboards: 3 },
    ],
    ["WAF", { ...at, kind: "waf", rules: 4, requests: 2_000_000 }, { "web ACL": 5, rules: 4, requests: 1.2 }],
    [
      "secrets with replicas",
      { ...at, kind: "secrets", count: 10, replicas: 10, requests: 20_000 },
      { secrets: 4, "replica secrets": 4, requests: 0.1 },
    ],
    ["images", { ...at, kind: "ecr", storedGb: 10 }, { "image storage": 1 }],
    [
      "CloudTrail",
      { ...at, kind: "cloudtrail", dataEvents: 1_000_000, copiedManagementEvents: 100_000 },
      { "data events": 1, "copied management events": 2 },
    ],
    [
      "GuardDuty",
      {
        ...at,
        kind: "guardduty",
        managementEvents: 1_000_000,
        auditEvents: 1_000_000,
        analysedGb: 5,
        monitoredVcpus: 2,
      },
      { "management events": 4, "EKS audit events": 1.6, "flow and DNS logs": 5, "runtime monitoring": 3 },
    ],
    [
      "anything metered by a price id",
      { ...at, kind: "metered", priceId: "config.configuration-item", quantity: 1000 },
      { "config.configuration-item": 3 },
    ],
    [
      "what is free is listed at 0",
      { ...at, kind: "free-of-charge", reason: "gateway endpoint" },
      { "free of charge": 0 },
    ],
    ["a reserve is its amount", reserve(250), { reserve: 250 }],
  ])("%s", (_, resource, expected) => expect(parts(resource)).toEqual(expected));

  test("on-demand at the first type, spot at the most expensive mean of the types", () => {
    const { lines, assumptions } = estimate([pool(3, 2)]);
    expect(lines.map(({ priceId, usdPerMonth }) => [priceId, usdPerMonth?.steady.toFixed(2)])).toEqual([
      ["ec2.t3.medium.on-demand", "91.10"],
      ["ec2.t3.large.spot", "48.06"],
    ]);
    expect(assumptions).toEqual(["spot at the most expensive 30-day mean of the pool's types"]);
  });
  test("a planned spot discount counts from on-demand, is named, and makes the line an estimate", () => {
    const { lines, assumptions } = estimate([pool(0, 2)], { spotDiscount: 0.5 });
    expect(lines).toMatchObject([
      {
        priceId: "ec2.t3.large.on-demand",
        confidence: "low",
        listUsdPerUnit: 0.0832,
        discount: 0.5,
        usdPerUnit: 0.0416,
      },
    ]);
    expect(assumptions).toEqual(["spot planned at 50 % off the most expensive on-demand price of the pool's types"]);
  });
  test("a spot pool with a type of unknown spot price is unknown, not the other type's price", () => {
    const [line] = estimate([{ ...pool(0, 1), instanceTypes: ["t3.medium", "t3a.medium"] } as BillableResource]).lines;
    expect(line).toMatchObject({ status: "unknown", usdPerMonth: null, priceId: "ec2.t3a.medium.spot" });
  });
  test("burst credits in unlimited mode, by family", () => {
    const burst = (type: string): BillableResource => ({
      kind: "node-pool",
      address: "b",
      region,
      instanceTypes: [type],
      onDemandCount: 0,
      spotCount: 0,
      surplusCreditVcpuHours: 100,
    });
    expect([steady(burst("t3.medium")), steady(burst("t4g.medium"))]).toEqual([5, 4]);
  });
  test("a bucket without replication time control, and requests to a class whose request price is unknown", () => {
    const bucket: BillableResource = {
      address: "x",
      region,
      kind: "s3-bucket",
      storageClass: "standard-ia",
      storedGb: 100,
      writeRequests: 1000,
      readRequests: 0,
      replicatedGb: 10,
      replicationTimeControl: false,
    };
    expect(estimate([bucket]).lines.map(({ component, priceId, status }) => [component, priceId, status])).toEqual([
      ["replication traffic", "data-transfer.inter-region", "priced"],
      ["storage, standard-ia", "s3.standard-ia.storage", "priced"],
      ["write requests", "s3.standard-ia.requests.tier1", "unknown"],
    ]);
  });
  test("a replica key has the price of a replica", () =>
    expect(
      estimate([{ address: "x", region, kind: "kms-key", count: 1, replica: true, billedRotations: 0, requests: 0 }])
        .lines,
    ).toMatchObject([{ priceId: "kms.replica-key", usdPerMonth: { steady: 1 } }]));
  test("traffic of nothing is no line", () =>
    expect(estimate([], { traffic: [{ address: "t", path: "internet", region, gb: 0 }] }).lines).toEqual([]));
  test("traffic: a GB between zones is billed out and in", () => {
    const flow = (path: "inter-zone" | "inter-region" | "internet") => ({
      address: path,
      path,
      region,
      gb: 100,
      application: "a",
    });
    const report = estimate([], { traffic: [flow("inter-zone"), flow("inter-region"), flow("internet")] });
    expect(report.lines.map(({ address, usdPerMonth }) => [address, usdPerMonth?.steady])).toEqual([
      ["inter-region", 2],
      ["inter-zone", 2],
      ["internet", 9],
    ]);
    expect(report.totals.byKind.traffic?.steady).toBe(13);
  });
});

describe("what has no price", () => {
  const guardDuty: BillableResource = {
    kind: "guardduty",
    address: "detector",
    region: "us-west-2",
    managementEvents: 1_000_000,
    auditEvents: 0,
    analysedGb: 0,
    monitoredVcpus: 0,
  };
  test("is listed as unknown with its reason and in no sum", () => {
    const report = estimate([eks, guardDuty]);
    expect(report.unknown).toMatchObject([
      {
        usdPerMonth: null,
        usdPerUnit: null,
        confidence: null,
        priceId: "guardduty.management-events",
        region: "us-west-2",
      },
    ]);
    expect(report.totals.whole.steady).toBeCloseTo(73);
    expect(report.totals.byRegion).toEqual({ "us-east-1": { steady: 73, peak: 73, failover: 73 } });
  });
  test("makes a budget that would hold unknown", () =>
    expect(budgetVerdict(estimate([eks, guardDuty]), 100)).toMatchObject({
      outcome: "unknown",
      unknown: ["detector (us-west-2): management events"],
      byRegion: { "us-east-1": 73 },
      headroomUsdPerMonth: 27,
    }));
  test("does not hide a budget that is broken already", () =>
    expect(budgetVerdict(estimate([eks, guardDuty]), 72)).toMatchObject({ outcome: "fail", headroomUsdPerMonth: -1 }));
  test("does not count in a scenario that does not use it", () => {
    const onlyAtPeak: BillableResource = { ...guardDuty, managementEvents: { steady: 0, peak: 1, failover: 1 } };
    expect(
      ["steady", "peak"].map(
        (scenario) => budgetVerdict(estimate([eks, onlyAtPeak]), 100, scenario as "steady").outcome,
      ),
    ).toEqual(["pass", "unknown"]);
  });
  test("a type that nobody prices", () =>
    expect(estimate([{ ...pool(1, 0), instanceTypes: ["m9.large"] } as BillableResource]).unknown[0]?.priceId).toBe(
      "ec2.m9.large.on-demand",
    ));
});

describe("budget", () => {
  test("equal to the limit passes, a cent above fails", () => {
    expect(budgetVerdict(estimate([reserve(2000)]), 2000)).toMatchObject({
      outcome: "pass",
      usdPerMonth: 2000,
      headroomUsdPerMonth: 0,
    });
    expect(budgetVerdict(estimate([reserve(2000.01)]), 2000)).toMatchObject({
      outcome: "fail",
      usdPerMonth: 2000.01,
      budgetUsdPerMonth: 2000,
    });
  });
  test("each scenario has its own sum", () => {
    const report = estimate([
      { ...pool(0, 0), onDemandCount: { steady: 3, peak: 10, failover: 20 } } as BillableResource,
    ]);
    expect(report.totals.whole).toEqual({
      steady: expect.closeTo(91.104),
      peak: expect.closeTo(303.68),
      failover: expect.closeTo(607.36),
    });
    expect(budgetVerdict(report, 500, "peak").outcome).toBe("pass");
    expect(budgetVerdict(report, 500, "failover").outcome).toBe("fail");
  });
  test("an empty platform costs nothing", () =>
    expect(budgetVerdict(estimate([]), 0)).toMatchObject({ outcome: "pass", usdPerMonth: 0 }));
  test("a budget that is no number is refused", () =>
    expect(() => budgetVerdict(estimate([]), NaN)).toThrow(
      "the budget is NaN USD a month; allowed is a number of at least 0",
    ));
});

describe("totals", () => {
  const mixed = [
    eks,
    { ...reserve(100), address: "own", application: "a" } as BillableResource,
    { ...eks, address: "other", region: "eu-west-1", application: "b" } as BillableResource,
  ];
  test("by resource, region, kind, application and confidence", () => {
    const { totals } = estimate(mixed);
    expect(Object.fromEntries(Object.entries(totals.byResource).map(([key, { steady: usd }]) => [key, usd]))).toEqual({
      "cluster (us-east-1)": 73,
      "other (eu-west-1)": 73,
      "own (us-east-1)": 100,
    });
    expect(totals.byRegion["us-east-1"]?.steady).toBe(173);
    expect(totals.byKind["eks-control-plane"]?.steady).toBe(146);
    expect(totals.byApplication.shared?.steady).toBe(73);
    expect([
      totals.byConfidence.high.steady,
      totals.byConfidence.reserve.steady,
      totals.byConfidence.low.steady,
    ]).toEqual([146, 100, 0]);
  });
  test("the shared cost follows the requests", () => {
    const { byApplication } = estimate(mixed, { requestShare: { a: 0.75, c: 0.25 } }).totals;
    expect(Object.fromEntries(Object.entries(byApplication).map(([name, { steady: usd }]) => [name, usd]))).toEqual({
      a: 100 + 0.75 * 73,
      b: 73,
      c: 0.25 * 73,
    });
  });
});

describe("bad input has one clear answer", () => {
  const nat = (processedGb: number): BillableResource => ({
    kind: "nat-gateway",
    address: "nat.a",
    region,
    count: 1,
    processedGb,
    connectivity: "public",
  });
  const whole = "; declare what is measured or planned";
  test.each<[string, readonly string[], readonly string[]]>([
    [
      "negative volume",
      refusal([nat(-5)]),
      [
        `nat.a (us-east-1): processedGb is -5; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`,
      ],
    ],
    [
      "absurd volume",
      refusal([nat(1e9)]),
      [
        `nat.a (us-east-1): processedGb is 1000000000; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`,
      ],
    ],
    [
      "not a number",
      refusal([nat(NaN)]),
      [
        `nat.a (us-east-1): processedGb is NaN; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`,
      ],
    ],
    [
      "a negative scenario",
      refusal([{ ...pool(0, 0), spotCount: { steady: 1, peak: -1, failover: 1 } } as BillableResource]),
      [
        `general (us-east-1): spotCount is -1 at peak; allowed is 0 to 100000 on average because no account quota comes near that${whole}`,
      ],
    ],
    [
      "half a gateway",
      refusal([{ ...nat(0), count: 0.5 } as BillableResource]),
      [
        `nat.a (us-east-1): count is 0.5; allowed is a whole number 0 to 10000 things because no account quota comes near that${whole}`,
      ],
    ],
    [
      "a region without prices",
      refusal([{ ...eks, region: "ap-south-1" }]),
      [
        'cluster (ap-south-1): region is "ap-south-1"; allowed is us-east-1, eu-west-1, us-west-2 because the price book has no other; add the region to the price book',
      ],
    ],
    [
      "the same thing twice",
      refusal([eks, eks]),
      [
        "cluster (us-east-1): is listed more than once; allowed is once because it would be paid twice; give each thing its own address",
      ],
    ],
    [
      "shares that lose money",
      refusal([], { requestShare: { a: 0.5 } }),
      [
        "usage: requestShare sums to 0.5; allowed is 1 because the shared cost is distributed whole; name every application",
      ],
    ],
    [
      "a negative share",
      refusal([], { requestShare: { a: -0.5, b: 1.5 } }).slice(0, 1),
      ["usage: requestShare.a is -0.5; allowed is 0 to 1 because it is a fraction of all requests"],
    ],
    [
      "spot more expensive than on-demand",
      refusal([], { spotDiscount: -0.5 }),
      [
        "usage: spotDiscount is -0.5; allowed is 0 to below 1 because it is the fraction off the on-demand price; 0.5 is a careful plan",
      ],
    ],
    [
      "a spot price of nothing",
      refusal([], { spotDiscount: 1 }),
      [
        "usage: spotDiscount is 1; allowed is 0 to below 1 because it is the fraction off the on-demand price; 0.5 is a careful plan",
      ],
    ],
  ])("%s", (_, messages, expected) => expect(messages).toEqual(expected));
  test("all problems come at once", () =>
    expect(refusal([nat(-1), { ...eks, region: "mars" }], { spotDiscount: 2 })).toHaveLength(3));
  test("traffic volumes are checked like all others", () =>
    expect(refusal([], { traffic: [{ address: "t", path: "internet", region, gb: -1 }] })).toEqual([
      `t (us-east-1): gb is -1; allowed is 0 to 10000000 GB because 10 PB a month is beyond this price book's first tiers${whole}`,
    ]));
});

describe("comparison of two reports", () => {
  test("sorted by absolute change, sums beside it, equal lines left out", () => {
    const before = estimate([eks, pool(3, 0), reserve(50)]);
    const after = estimate([eks, pool(6, 0), { kind: "ecr", address: "images", region, storedGb: 20 }]);
    const { changes, differenceUsdPerMonth } = compareCosts(before, after);
    expect(
      changes.map(({ address, change, differenceUsdPerMonth: usd }) => [address, change, usd?.toFixed(2)]),
    ).toEqual([
      ["general", "more expensive", "91.10"],
      ["databases", "removed", "-50.00"],
      ["images", "added", "2.00"],
    ]);
    expect(differenceUsdPerMonth).toBeCloseTo(43.104);
  });
  test("the same report twice has no change", () =>
    expect(compareCosts(estimate([eks]), estimate([eks])).changes).toEqual([]));
  test("an unknown difference comes first", () => {
    const detector = (at: string): BillableResource => ({
      kind: "guardduty",
      address: "d",
      region: at,
      managementEvents: 1_000_000,
      auditEvents: 0,
      analysedGb: 0,
      monitoredVcpus: 0,
    });
    const { changes } = compareCosts(estimate([reserve(500)]), estimate([detector("us-west-2")]));
    expect(
      changes.map(({ address, change, differenceUsdPerMonth }) => [address, change, differenceUsdPerMonth]),
    ).toEqual([
      ["d", "added", null],
      ["databases", "removed", -500],
    ]);
  });
  test("a price that comes to be known, is lost, or stays unknown for another quantity", () => {
    const detector = (events: number): BillableResource => ({
      kind: "guardduty",
      address: "d",
      region,
      managementEvents: events,
      auditEvents: 0,
      analysedGb: 0,
      monitoredVcpus: 0,
    });
    const none: PriceTable = { regions: [region], byId: new Map() };
    const [known, unknown, more] = [
      estimate([detector(1e6)]),
      estimate([detector(1e6)], {}, none),
      estimate([detector(2e6)], {}, none),
    ];
    const change = (before: CostReport, after: CostReport) =>
      compareCosts(before, after).changes.map(({ change: what, differenceUsdPerMonth }) => [
        what,
        differenceUsdPerMonth,
      ]);
    expect([change(unknown, known), change(known, unknown), change(unknown, more), change(unknown, unknown)]).toEqual([
      [["price became known", null]],
      [["price became unknown", null]],
      [["price still unknown", null]],
      [],
    ]);
  });
  test("cheaper, and peak by itself", () => {
    const at = (peak: number) =>
      estimate([{ ...reserve(0), usdPerMonth: { steady: 10, peak, failover: 10 } } as BillableResource]);
    expect(compareCosts(at(100), at(60)).changes).toEqual([]);
    expect(compareCosts(at(100), at(60), "peak").changes).toMatchObject([
      { change: "cheaper", beforeUsdPerMonth: 100, afterUsdPerMonth: 60, differenceUsdPerMonth: -40 },
    ]);
  });
});

describe("properties", () => {
  const arbitrary: fc.Arbitrary<BillableResource[]> = fc
    .uniqueArray(
      fc.record({
        address: fc.string({ minLength: 1, maxLength: 3 }),
        region: fc.constantFrom("us-east-1", "eu-west-1"),
        application: fc.constantFrom("shared", "a", "b", "c"),
        count: fc.nat(50),
        gb: fc.nat(5000),
        kind: fc.constantFrom("node-pool", "nat-gateway", "ecr", "reserve", "guardduty"),
      }),
      { maxLength: 12, selector: ({ address, region: at }) => `${address} ${at}` },
    )
    .map((rows) =>
      rows.map(({ kind, address, region: at, application, count, gb }): BillableResource => {
        const base = { address, region: at, application };
        if (kind === "node-pool")
          return {
            ...base,
            kind,
            instanceTypes: ["t3.medium"],
            onDemandCount: { steady: count, peak: count + 3, failover: count + 5 },
            spotCount: count,
          };
        if (kind === "nat-gateway") return { ...base, kind, count, processedGb: gb, connectivity: "public" };
        if (kind === "ecr") return { ...base, kind, storedGb: gb };
        if (kind === "guardduty")
          return { ...base, kind, managementEvents: gb, auditEvents: 0, analysedGb: 0, monitoredVcpus: count };
        return { ...base, kind: "reserve", usdPerMonth: gb, reason: "later" };
      }),
    );
  const sum = (sums: Readonly<Record<string, { peak: number }>>): number =>
    Object.values(sums).reduce((total, { peak }) => total + peak, 0);

  test("order does not matter", () =>
    fc.assert(
      fc.property(arbitrary, (resources) => expect(estimate([...resources].reverse())).toEqual(estimate(resources))),
    ));
  test("the parts sum to the whole, however they are cut, and the shared cost is distributed whole", () =>
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (resources, a) => {
        const { totals, lines } = estimate(resources, { requestShare: { a, b: 1 - a } });
        const { byResource, byRegion, byApplication, byKind, byConfidence } = totals;
        for (const cut of [byResource, byRegion, byApplication, byKind, byConfidence])
          expect(sum(cut)).toBeCloseTo(totals.whole.peak, 6);
        expect(lines.reduce((total, { usdPerMonth }) => total + (usdPerMonth?.peak ?? 0), 0)).toBeCloseTo(
          totals.whole.peak,
          6,
        );
      }),
    ));
  test("more never costs less", () =>
    fc.assert(
      fc.property(arbitrary, fc.nat(20), (resources, more) => {
        const grown = resources.map((resource): BillableResource => {
          if (resource.kind === "node-pool")
            return {
              ...resource,
              spotCount: (resource.spotCount as number) + more,
              onDemandCount: byScenario((scenario) => inScenario(resource.onDemandCount, scenario) + more),
            };
          if (resource.kind === "nat-gateway")
            return { ...resource, count: resource.count + more, processedGb: (resource.processedGb as number) + more };
          if (resource.kind === "ecr") return { ...resource, storedGb: (resource.storedGb as number) + more };
          return resource.kind === "reserve"
            ? { ...resource, usdPerMonth: (resource.usdPerMonth as number) + more }
            : resource;
        });
        for (const scenario of scenarios)
          expect(estimate(grown).totals.whole[scenario]).toBeGreaterThanOrEqual(
            estimate(resources).totals.whole[scenario] - 1e-9,
          );
        expect(estimate(grown).totals.whole.steady).toBeGreaterThanOrEqual(
          estimate(resources).totals.whole.steady - 1e-9,
        );
        expect(estimate(resources.slice(1)).totals.whole.steady).toBeLessThanOrEqual(
          estimate(resources).totals.whole.steady + 1e-9,
        );
      }),
    ));
  test("the differences of a comparison sum to its difference, and turned round they change sign", () =>
    fc.assert(
      fc.property(arbitrary, arbitrary, (one, two) => {
        const known = (resources: BillableResource[]): BillableResource[] =>
          resources.filter(({ kind }) => kind !== "guardduty");
        const there = compareCosts(estimate(known(one)), estimate(known(two)));
        expect(
          there.changes.reduce((total, { differenceUsdPerMonth }) => total + (differenceUsdPerMonth ?? 0), 0),
        ).toBeCloseTo(there.differenceUsdPerMonth, 6);
        expect(compareCosts(estimate(known(two)), estimate(known(one))).differenceUsdPerMonth).toBeCloseTo(
          -there.differenceUsdPerMonth,
          6,
        );
      }),
    ));
});
