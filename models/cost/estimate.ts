import {
  byScenario,
  inScenario,
  scenarios,
  sharedApplication,
  type BillableResource,
  type ByScenario,
  type Confidence,
  type CostInput,
  type PriceTable,
  type Scenario,
} from "./billable";
import type { Charge } from "./charge";
import { chargesOf, trafficCharge } from "./charges";
import { validateCostInput } from "./validation";

/** One line of the bill. `usdPerUnit` and `usdPerMonth` are null where the price is unknown: such a line is never part of a sum. */
export interface CostLine {
  readonly address: string;
  readonly kind: BillableResource["kind"] | "traffic";
  readonly component: string;
  readonly region: string;
  readonly application: string;
  readonly status: "priced" | "unknown" | "reserve" | "free";
  readonly priceId: string | null;
  readonly unit: string;
  readonly quantity: ByScenario;
  readonly usdPerUnit: number | null;
  readonly usdPerMonth: ByScenario | null;
  /** Null for what has no price: reserves, free and unknown lines. */
  readonly confidence: Confidence | null;
  /** Price before the discount; null without a price. */
  readonly listUsdPerUnit: number | null;
  /** Fraction off the list price; 0 where none is planned. */
  readonly discount: number;
  /** Why a line is reserved, or free of charge. */
  readonly reason?: string;
  readonly assumption?: string;
}

export interface CostReport {
  /** Sorted by address, region, component. */
  readonly lines: readonly CostLine[];
  readonly totals: {
    readonly whole: ByScenario;
    /** By `address (region)`. */
    readonly byResource: Readonly<Record<string, ByScenario>>;
    readonly byRegion: Readonly<Record<string, ByScenario>>;
    /** With the shared cost distributed by request share, where shares are declared. */
    readonly byApplication: Readonly<Record<string, ByScenario>>;
    readonly byKind: Readonly<Record<string, ByScenario>>;
    /** How much of the whole rests on which confidence; reserves apart. */
    readonly byConfidence: Readonly<Record<Confidence | "reserve", ByScenario>>;
  };
  readonly unknown: readonly CostLine[];
  readonly assumptions: readonly string[];
}

const zero: ByScenario = { steady: 0, peak: 0, failover: 0 };
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Subject = Pick<CostLine, "address" | "kind" | "region" | "application">;

const mostExpensive = (
  ids: readonly string[],
  region: string,
  prices: PriceTable,
): { id: string; usd: number; unit: string; confidence: Confidence } | { missing: string } => {
  const found = ids.map((id) => {
    const entry = prices.byId.get(id);
    const usd = entry?.usd[region];
    const confidence = entry?.confidence[region];
    return entry && typeof usd === "number" && confidence ? { id, usd, unit: entry.unit, confidence } : { missing: id };
  });
  const missing = found.find((price) => "missing" in price);
  if (missing) return missing;
  return found.reduce((best, price) => ("usd" in price && "usd" in best && price.usd > best.usd ? price : best));
};

const lineOf = (
  subject: Subject,
  { component, priceIds, quantity, discount = 0, assumption }: Charge,
  prices: PriceTable,
): CostLine => {
  const price = mostExpensive(priceIds, subject.region, prices);
  const note = assumption === undefined ? {} : { assumption };
  if ("missing" in price) {
    return {
      ...subject,
      component,
      status: "unknown",
      priceId: price.missing,
      unit: prices.byId.get(price.missing)?.unit ?? "",
      quantity,
      usdPerUnit: null,
      usdPerMonth: null,
      confidence: null,
      listUsdPerUnit: null,
      discount,
      ...note,
    };
  }
  const usdPerUnit = price.usd * (1 - discount);
  return {
    ...subject,
    component,
    status: "priced",
    priceId: price.id,
    unit: price.unit,
    quantity,
    usdPerUnit,
    usdPerMonth: byScenario((scenario) => quantity[scenario] * usdPerUnit),
    // A discount that is planned and not read makes the figure an estimate, however good the list price is.
    confidence: discount > 0 ? "low" : price.confidence,
    listUsdPerUnit: price.usd,
    discount,
    ...note,
  };
};

const resourceLines = (resource: BillableResource, input: CostInput): CostLine[] => {
  const { address, kind, region, application = sharedApplication } = resource;
  const subject: Subject = { address, kind, region, application };
  const unpriced = {
    ...subject,
    priceId: null,
    quantity: zero,
    unit: "",
    usdPerUnit: null,
    confidence: null,
    listUsdPerUnit: null,
    discount: 0,
  };
  if (resource.kind === "reserve") {
    return [
      {
        ...unpriced,
        component: "reserve",
        status: "reserve",
        usdPerMonth: byScenario((scenario) => inScenario(resource.usdPerMonth, scenario)),
        reason: resource.reason,
      },
    ];
  }
  if (resource.kind === "free-of-charge")
    return [{ ...unpriced, component: "free of charge", status: "free", usdPerMonth: zero, reason: resource.reason }];
  return chargesOf(resource, input.usage).map((item) => lineOf(subject, item, input.prices));
};

const add = (a: ByScenario, b: ByScenario): ByScenario => byScenario((scenario) => a[scenario] + b[scenario]);

const sumBy = (lines: readonly CostLine[], key: (line: CostLine) => string): Record<string, ByScenario> => {
  const sums = new Map<string, ByScenario>();
  for (const line of lines)
    if (line.usdPerMonth) sums.set(key(line), add(sums.get(key(line)) ?? zero, line.usdPerMonth));
  return Object.fromEntries([...sums].sort(([a], [b]) => compare(a, b)));
};

const distribute = (
  byOwner: Readonly<Record<string, ByScenario>>,
  shares: Readonly<Record<string, number>> | undefined,
): Record<string, ByScenario> => {
  if (!shares) return { ...byOwner };
  const { [sharedApplication]: shared = zero, ...own } = byOwner;
  const names = [...new Set([...Object.keys(own), ...Object.keys(shares)])].sort(compare);
  return Object.fromEntries(
    names.map((name) => [
      name,
      byScenario((scenario: Scenario) => (own[name]?.[scenario] ?? 0) + shared[scenario] * (shares[name] ?? 0)),
    ]),
  );
};

/**
 * Prices what is to be deployed.
 * @throws CostInputError for negative or absurd volumes, a region that the price book lacks, repeated addresses, shares that do not sum to 1
 */
export const estimateCost = (input: CostInput): CostReport => {
  validateCostInput(input);
  const traffic = input.usage.traffic
    .map((flow) => ({
      subject: {
        address: flow.address,
        kind: "traffic" as const,
        region: flow.region,
        application: flow.application ?? sharedApplication,
      },
      charge: trafficCharge(flow),
    }))
    .filter(({ charge }) => scenarios.some((scenario) => charge.quantity[scenario] > 0))
    .map(({ subject, charge }) => lineOf(subject, charge, input.prices));
  // Sorted before summing: sums of fractions depend on their order.
  const lines = [...input.resources.flatMap((resource) => resourceLines(resource, input)), ...traffic].sort(
    (a, b) => compare(a.address, b.address) || compare(a.region, b.region) || compare(a.component, b.component),
  );
  return {
    lines,
    totals: {
      whole: lines.reduce((sum, line) => (line.usdPerMonth ? add(sum, line.usdPerMonth) : sum), zero),
      byResource: sumBy(lines, ({ address, region }) => `${address} (${region})`),
      byRegion: sumBy(lines, ({ region }) => region),
      byApplication: distribute(
        sumBy(lines, ({ application }) => application),
        input.usage.requestShare,
      ),
      byKind: sumBy(lines, ({ kind }) => kind),
      byConfidence: {
        high: zero,
        medium: zero,
        low: zero,
        reserve: zero,
        ...sumBy(
          lines.filter(({ status }) => status !== "free"),
          ({ confidence }) => confidence ?? "reserve",
        ),
      },
    },
    unknown: lines.filter(({ status }) => status === "unknown"),
    assumptions: [...new Set(lines.flatMap(({ assumption }) => assumption ?? []))].sort(compare),
  };
};
