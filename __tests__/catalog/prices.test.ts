import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instanceType, instanceTypes, loadInstanceTypes } from "../../catalog/instance-types";
import { loadPriceBook, priceBook, priceOf } from "../../catalog/prices/price-book";
import { csvFields } from "../../catalog/prices/price-list";
import { formatPriceBook, runRefresh } from "../../catalog/prices/refresh";
import {
  daysOfSupportLeft,
  loadSupportCalendar,
  supportCalendar,
  supportItem,
  supportPhase,
} from "../../catalog/support-calendar";

const region = "us-east-1";

describe("price book", () => {
  const entry = {
    id: "ecr.storage",
    unit: "GB-month",
    usd: { "us-east-1": 0.1, "eu-west-1": null, "us-west-2": null },
    confidence: { "us-east-1": "high" },
    date: "2026-10-04",
    sources: ["list"],
  };
  const book = (...prices: unknown[]): unknown => ({
    schemaVersion: 1,
    retrieved: "2026-11-21",
    currency: "USD",
    basis: "list",
    note: "",
    sources: { list: { location: "x" } },
    prices,
  });
  test("gives a price with its unit, date, confidence and sources", () =>
    expect(priceOf(priceBook(), "ec2.t3.medium.on-demand", "eu-west-1")).toMatchObject({
      usd: 0.0456,
      unit: "hour",
      confidence: "high",
      date: "2026-08-03",
    }));
  test.each([
    ["no such id", "ec2.t9.huge.on-demand", region],
    ["null", "rds.proxy", "eu-west-1"],
    ["no such region", "ecr.storage", "mars"],
  ])("%s is undefined, not 0", (_, id, at) => expect(priceOf(priceBook(), id, at)).toBeUndefined());
  test("every price has sources, all that the state bucket of us-west-2 needs is known", () => {
    expect(
      priceBook()
        .data.prices.filter(
          ({ usd, sources }) => Object.values(usd).some((value) => (value ?? 0) > 0) && sources.length === 0,
        )
        .map(({ id }) => id),
    ).toEqual([]);
    expect(
      ["s3.standard.storage", "s3.requests.tier1", "s3.requests.tier2", "kms.key", "kms.requests"].filter(
        (id) => !priceOf(priceBook(), id, "us-west-2"),
      ),
    ).toEqual([]);
  });
  test("the committed file is in the form that a refresh writes", () =>
    expect(readFileSync(join(__dirname, "../../catalog/prices/price-book.json"), "utf8")).toBe(
      formatPriceBook(priceBook().data),
    ));
  test.each<[string, unknown, string]>([
    ["a negative price", { ...entry, usd: { ...entry.usd, "us-east-1": -1 } }, "ecr.storage: usd.us-east-1: "],
    ["a missing region", { ...entry, usd: { "us-east-1": 1, "eu-west-1": 1 } }, "ecr.storage: usd.us-west-2: "],
    ["a wrong confidence", { ...entry, confidence: { "us-east-1": "sure" } }, "ecr.storage: confidence.us-east-1: "],
    [
      "a confidence without a price",
      { ...entry, confidence: { "us-east-1": "high", "eu-west-1": "low" } },
      "ecr.storage: confidence.eu-west-1: is given for an unknown price",
    ],
    [
      "a price without a confidence",
      { ...entry, confidence: {} },
      "ecr.storage: confidence.us-east-1: is missing for a known price",
    ],
    [
      "a source that is not listed",
      { ...entry, sources: ["hearsay"] },
      'ecr.storage: sources: "hearsay" is not in the book\'s sources',
    ],
    ["no id", { ...entry, id: undefined }, "prices[0]: id: "],
  ])("%s is refused with id and field", (_, price, message) =>
    expect(() => loadPriceBook(book(price))).toThrow(message),
  );
  test("an id occurs once", () =>
    expect(() => loadPriceBook(book(entry, entry))).toThrow("ecr.storage: id: occurs twice"));
  test("something else than a book is refused", () =>
    expect(() => loadPriceBook(null)).toThrow("the price book is not valid"));
});

describe("instance types", () => {
  test("38 types; pods follow from the addresses", () => {
    expect(instanceTypes().size).toBe(38);
    for (const { enis, ipv4PerEni, maxPodsWithoutPrefix } of instanceTypes().values())
      expect(maxPodsWithoutPrefix).toBe(enis * (ipv4PerEni - 1) + 2);
  });
  test("t3.medium", () =>
    expect(instanceType("t3.medium")).toMatchObject({
      vcpu: 2,
      memoryMiB: 4096,
      architecture: "amd64",
      networkBaselineGbps: 0.256,
      burstable: true,
      cpuBaselinePercentPerVcpu: 20,
      spot: { "us-east-1": { discount: 0.554 } },
    }));
  test("only burstable types have a CPU baseline; only they lack trunking", () => {
    for (const { burstable, cpuBaselinePercentPerVcpu, trunking } of instanceTypes().values())
      expect([cpuBaselinePercentPerVcpu !== null, !trunking]).toEqual([burstable, burstable]);
  });
  test("an unknown type names the known ones", () =>
    expect(() => instanceType("t9.nano")).toThrow(
      /instance type "t9.nano" is not in catalog\/instance-types.json; known: c5.large, /,
    ));
  test("a broken row names type and field", () => {
    const broken = {
      schemaVersion: 1,
      retrieved: "2026-11-21",
      note: "",
      sources: {},
      types: [{ ...instanceType("t3.medium"), vcpu: 0 }],
    };
    expect(() => loadInstanceTypes(broken)).toThrow("t3.medium: vcpu: ");
    expect(() => loadInstanceTypes({})).toThrow("the instance types are not valid");
  });
});

describe("support calendar", () => {
  const item = (version: string) =>
    supportItem("eks", version) ??
    (() => {
      throw new Error(version);
    })();
  const on = (date: string): Date => new Date(date);
  test.each([
    ["1.34", 11],
    ["1.35", 126],
    ["1.36", 254],
    ["1.33", -115],
  ])("EKS %s has %i days on 2026-11-21", (version, days) =>
    expect(daysOfSupportLeft(item(version), on("2026-11-21T23:59:59Z"))).toBe(days),
  );
  test("the last day still counts", () => {
    expect(daysOfSupportLeft(item("1.34"), on("2026-12-02T23:59:59Z"))).toBe(0);
    expect(daysOfSupportLeft(item("1.34"), on("2026-12-03T00:00:00Z"))).toBe(-1);
  });
  test.each([
    ["2026-12-02", "standard"],
    ["2026-12-03", "extended"],
    ["2027-12-02T23:59:59Z", "extended"],
    ["2027-12-03", "ended"],
  ])("EKS 1.34 on %s: %s", (date, phase) => expect(supportPhase(item("1.34"), on(date))).toBe(phase));
  test("no announced end is undefined, an unknown version too", () => {
    const redis = supportItem("elasticache-redis", "7");
    expect(redis && [daysOfSupportLeft(redis, on("2026-11-21")), supportPhase(redis, on("2026-11-21"))]).toEqual([
      undefined,
      "unannounced",
    ]);
    expect(supportItem("eks", "1.99")).toBeUndefined();
  });
  test("EKS: 14 months of standard support and 12 of extended, give or take the days that AWS moved", () => {
    for (const { id, product, released, endOfStandardSupport, endOfExtendedSupport } of supportCalendar().items) {
      if (product !== "eks" || !released || !endOfStandardSupport || !endOfExtendedSupport) continue;
      const days = (from: string, to: string): number => (on(to).getTime() - on(from).getTime()) / 86_400_000;
      expect([
        id,
        Math.abs(days(released, endOfStandardSupport) - 425) <= 5,
        [365, 366].includes(days(endOfStandardSupport, endOfExtendedSupport)),
      ]).toEqual([id, true, true]);
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
    expect(() =>
      loadSupportCalendar({ ...supportCalendar(), items: [{ ...item("1.34"), sources: ["hearsay"] }] }),
    ).toThrow('eks-1.34: sources: "hearsay" is not in the calendar\'s sources');
    expect(() => daysOfSupportLeft(item("1.34"), on("yesterday"))).toThrow("eks-1.34: the present date is not a date");
  });
});

describe("refresh from AWS's price list", () => {
  const folder = mkdtempSync(join(tmpdir(), "prices-"));
  const file = join(folder, "price-book.json");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const entry = (id: string, usd: number, west: number | null = null) => ({
    id,
    unit: "u",
    usd: { "us-east-1": usd, "eu-west-1": null, "us-west-2": west },
    confidence: { "us-east-1": "medium", ...(west === null ? {} : { "us-west-2": "low" }) },
    date: "2026-10-04",
    sources: ["list"],
  });
  const book = {
    schemaVersion: 1,
    retrieved: "2026-11-01",
    currency: "USD",
    basis: "list",
    note: "",
    sources: { list: { location: "x" } },
    prices: [
      entry("acm.public-certificate", 0),
      { ...entry("ebs.gp3.throughput", 0.04), date: "2026-12-01" },
      entry("ec2.t3.medium.on-demand", 0.0416),
      entry("nat-gateway.hour", 0.045),
      entry("nat-gateway.data", 0.045),
    ],
  };
  const header =
    '"FormatVersion","v1.0"\n"Disclaimer","prices, as ""published"""\n"Publication Date","2026-11-20T10:00:00Z"\n"Version","20261120100000"\n"OfferCode","AmazonEC2"\n' +
    '"SKU","TermType","PriceDescription","StartingRange","PricePerUnit","Currency","Tenancy","usageType","operation"\n';
  const row = (usd: string, usageType: string, more: { term?: string; from?: string; tenancy?: string } = {}): string =>
    `"S","${more.term ?? "OnDemand"}","$${usd}, per ""unit""","${more.from ?? "0"}","${usd}","USD","${more.tenancy ?? "Shared"}","${usageType}","RunInstances"\n`;
  const offer =
    header +
    row("0.0420000000", "BoxUsage:t3.medium") +
    row("9", "BoxUsage:t3.medium", { term: "Reserved" }) +
    row("9", "BoxUsage:t3.medium", { tenancy: "Dedicated" }) +
    row("40.9600000000", "EBS:VolumeP-Throughput.gp3") +
    row("0.045", "NatGateway-Hours") +
    row("0.050", "NatGateway-Hours") +
    row("0.01", "NatGateway-Bytes", { from: "100" }) +
    row("0.048", "EU-NatGateway-Bytes");

  const refreshFrom = async (
    answer: (path: string) => string | undefined,
  ): Promise<{ code: number; printed: string; asked: string[] }> => {
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
      const code = await runRefresh({
        file,
        baseUrl,
        now: new Date("2026-11-21T00:00:00Z"),
        print: (line) => printed.push(line),
      });
      return { code, printed: printed.join("\n").replaceAll(baseUrl, "http://list"), asked };
    } finally {
      await new Promise((done) => server.close(done));
    }
  };

  test("takes the first on-demand tier of its own region, converts GiBps, reports changes, keeps what is ambiguous or not listed", async () => {
    const { code, printed, asked } = await refreshFrom(() => offer);
    expect(printed).toBe(
      [
        "ec2.t3.medium.on-demand us-east-1: 0.0416 -> 0.042 USD (+0.96 %)",
        "nat-gateway.data eu-west-1: unknown -> 0.048 USD",
        "kept ebs.gp3.throughput eu-west-1: not in the list",
        "kept ec2.t3.medium.on-demand eu-west-1: not in the list",
        "kept nat-gateway.hour us-east-1: the list states several prices",
        "kept nat-gateway.hour eu-west-1: not in the list",
        "kept nat-gateway.data us-east-1: not in the list",
        "2 changed, 1 confirmed, 5 kept as they were",
      ].join("\n"),
    );
    expect([code, asked]).toEqual([
      0,
      [
        "/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv",
        "/offers/v1.0/aws/AmazonEC2/current/us-east-1/index.csv",
      ],
    ]);
    const written = loadPriceBook(JSON.parse(readFileSync(file, "utf8")));
    expect(priceOf(written, "ec2.t3.medium.on-demand", region)).toMatchObject({
      usd: 0.042,
      confidence: "high",
      date: "2026-11-20",
      sources: ["list", "aws-price-list-amazonec2-us-east-1"],
    });
    expect(priceOf(written, "nat-gateway.hour", region)).toMatchObject({ usd: 0.045, confidence: "medium" });
    expect(priceOf(written, "ebs.gp3.throughput", region)?.date).toBe("2026-12-01");
    expect(written.retrieved).toBe("2026-11-21");
  });
  test.each<[string, string | undefined, string]>([
    [
      "a refusal",
      undefined,
      "AWS's price list cannot be read: http://list/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv: HTTP 404; nothing was written",
    ],
    [
      "something that is no offer file",
      "<html>\n",
      "AWS's price list cannot be read: http://list/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv: not an offer file: it names no columns or no publication date; nothing was written",
    ],
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
    expect(
      await runRefresh({
        file,
        baseUrl: `http://127.0.0.1:${port}`,
        now: new Date(),
        print: (line) => printed.push(line),
      }),
    ).toBe(1);
    expect(printed).toEqual([
      `AWS's price list cannot be read: http://127.0.0.1:${port}/offers/v1.0/aws/AmazonEC2/current/eu-west-1/index.csv: connect ECONNREFUSED 127.0.0.1:${port}; nothing was written`,
    ]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });
  test("outside the project's folder: one line, exit 1", async () => {
    const printed: string[] = [];
    expect(
      await runRefresh({
        file: join(folder, "absent.json"),
        baseUrl: "http://127.0.0.1:1",
        now: new Date(),
        print: (line) => printed.push(line),
      }),
    ).toBe(1);
    expect(printed[0]).toContain("is not there: run the command in the project's folder");
  });
  test.each<[string, string[]]>([
    ['a,"b, c",d', ["a", "b, c", "d"]],
    ['"say ""hi""",""', ['say "hi"', ""]],
    ["", [""]],
    ['a,,"b"', ["a", "", "b"]],
  ])("CSV %s", (line, fields) => expect(csvFields(line)).toEqual(fields));
});
