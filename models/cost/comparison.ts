import type { ByScenario, Scenario } from "./billable";
import type { CostLine } from "./estimate";

/** A line as a report holds it. */
type ReportedLine = Omit<CostLine, "listUsdPerUnit" | "discount" | "reason">;

export interface CostChange {
  readonly address: string;
  readonly region: string;
  readonly component: string;
  readonly change:
    | "added"
    | "removed"
    | "more expensive"
    | "cheaper"
    | "price became known"
    | "price became unknown"
    | "price still unknown";
  /** Null: unknown, or not there. */
  readonly beforeUsdPerMonth: number | null;
  readonly afterUsdPerMonth: number | null;
  /** After − before with what is not there as 0; null where a side is unknown. */
  readonly differenceUsdPerMonth: number | null;
}

export interface CostComparison {
  readonly scenario: Scenario;
  readonly beforeUsdPerMonth: number;
  readonly afterUsdPerMonth: number;
  readonly differenceUsdPerMonth: number;
  /** Unknown differences first, then by absolute change, then by name; lines that cost the same are left out. */
  readonly changes: readonly CostChange[];
}

const keyOf = ({ address, region, component }: ReportedLine): string => JSON.stringify([address, region, component]);

const presenceOf = (
  before: ReportedLine | undefined,
  after: ReportedLine | undefined,
  difference: number | null,
): CostChange["change"] => {
  if (!before) return "added";
  if (!after) return "removed";
  if (difference !== null) return difference > 0 ? "more expensive" : "cheaper";
  if (before.usdPerMonth) return "price became unknown";
  return after.usdPerMonth ? "price became known" : "price still unknown";
};

const changeOf = (
  before: ReportedLine | undefined,
  after: ReportedLine | undefined,
  scenario: Scenario,
): CostChange | undefined => {
  const line = after ?? before;
  if (!line) return undefined;
  const beforeUsd = before?.usdPerMonth?.[scenario] ?? null;
  const afterUsd = after?.usdPerMonth?.[scenario] ?? null;
  const unknown = (before && beforeUsd === null) || (after && afterUsd === null);
  const difference = unknown ? null : (afterUsd ?? 0) - (beforeUsd ?? 0);
  const sameUnknown =
    before &&
    after &&
    beforeUsd === null &&
    afterUsd === null &&
    before.quantity[scenario] === after.quantity[scenario];
  if (sameUnknown || (difference === 0 && before && after)) return undefined;
  return {
    address: line.address,
    region: line.region,
    component: line.component,
    change: presenceOf(before, after, difference),
    beforeUsdPerMonth: beforeUsd,
    afterUsdPerMonth: afterUsd,
    differenceUsdPerMonth: difference,
  };
};

const size = ({ differenceUsdPerMonth }: CostChange): number =>
  differenceUsdPerMonth === null ? Infinity : Math.abs(differenceUsdPerMonth);
const name = ({ address, region, component }: CostChange): string => `${address} ${region} ${component}`;

/** The part of a report that two of them are compared by. */
export interface ComparableCosts {
  readonly lines: readonly ReportedLine[];
  readonly totals: { readonly whole: ByScenario };
}

/** What a change of the platform does to its cost, for a pull request. */
export const compareCosts = (
  before: ComparableCosts,
  after: ComparableCosts,
  scenario: Scenario = "steady",
): CostComparison => {
  const old = new Map(before.lines.map((line) => [keyOf(line), line]));
  const now = new Map(after.lines.map((line) => [keyOf(line), line]));
  const changes = [...new Set([...old.keys(), ...now.keys()])]
    .flatMap((key) => changeOf(old.get(key), now.get(key), scenario) ?? [])
    .sort((a, b) => (size(a) === size(b) ? (name(a) < name(b) ? -1 : 1) : size(b) - size(a)));
  const beforeUsdPerMonth = before.totals.whole[scenario];
  const afterUsdPerMonth = after.totals.whole[scenario];
  return {
    scenario,
    beforeUsdPerMonth,
    afterUsdPerMonth,
    differenceUsdPerMonth: afterUsdPerMonth - beforeUsdPerMonth,
    changes,
  };
};
