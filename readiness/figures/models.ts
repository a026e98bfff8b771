import { isEmulated } from "../../config/environment";
import type { CapacityJudgement } from "../../models/capacity";
import { type ByScenario, budgetVerdict, type Scenario } from "../../models/cost";
import type { Platform } from "../inventory/platform";
import { alertingSection, type AlertingSection } from "./alerting/alerting";
import { capacityOf, type RegionCapacity, type Takeover, takeoversOf } from "./capacity/capacity";
import { budgetArithmetic } from "./cost/budget-arithmetic";
import { costOf } from "./cost/cost";
import { type CostLineFigures, lineFigures } from "./cost/line-arithmetic";
import { monitoringFigures, type MonitoringFigures } from "./monitoring/monitoring";
import { recoverySection, type RecoverySection } from "./recovery/recovery-section";
import { supportSection, type SupportSection } from "./support/support";
import { throughputFigures, type ThroughputFigures } from "./throughput/throughput";

/** The figures of the models as plain JSON: `models` of report.json. */
export interface Models {
  readonly capacity: CapacitySection;
  readonly recovery: RecoverySection;
  readonly cost: CostSection;
  readonly support: SupportSection;
  readonly slo: AlertingSection;
  readonly monitoring: MonitoringFigures;
}

export interface ScenarioFigures {
  readonly name: string;
  readonly verdict: string;
  readonly because: string;
  readonly leftOver: readonly { readonly workload: string; readonly count: number; readonly reason: string }[];
  readonly pools: readonly {
    readonly pool: string;
    readonly nodes: number;
    readonly cpuMillis: Use;
    readonly memoryMiB: Use;
    readonly pods: Use;
    readonly tightest: { readonly resource: string; readonly share: number };
  }[];
  readonly addresses: readonly { readonly zone: string; readonly needed: number; readonly available: number }[];
}
interface FixFigures {
  readonly change: string;
  readonly extraUsdPerHour: number | null;
}
interface Use {
  readonly requested: number;
  readonly allocatable: number;
  readonly headroom: number;
}

export interface CapacitySection {
  readonly regions: readonly {
    readonly region: string;
    readonly role: string;
    readonly unknown: readonly string[];
    readonly verdict: string;
    readonly because: string;
    readonly tightest: NonNullable<CapacityJudgement["tightest"]> | null;
    readonly scenarios: readonly ScenarioFigures[];
    readonly warnings: readonly string[];
    /** Single changes that fix what does not fit, the cheapest first. */
    readonly fixes: readonly FixFigures[];
    readonly steady: {
      readonly verdict: string;
      readonly nodes: number;
      readonly pools: readonly { readonly pool: string; readonly nodes: number }[];
    };
    readonly drain: { readonly outcome: string; readonly because: string; readonly seconds: number };
  }[];
  readonly takeovers: readonly {
    readonly from: string;
    readonly to: string;
    readonly verdict: string;
    readonly because: string;
    /** Single changes to the region that takes over, the cheapest first. */
    readonly fixes: readonly FixFigures[];
  }[];
  readonly throughput: readonly ThroughputFigures[];
}

interface HeldCost {
  readonly scenario: Scenario;
  /** `notApplicable` in the emulated environment, which has no bill. */
  readonly outcome: string;
  readonly usdPerMonth: number;
  readonly limitUsdPerMonth: number;
  readonly arithmetic: string;
}

export interface CostSection {
  readonly budget: HeldCost;
  readonly ceiling: readonly HeldCost[];
  readonly totals: Readonly<Record<"whole", ByScenario>> &
    Readonly<
      Record<
        "byResource" | "byRegion" | "byApplication" | "byKind" | "byConfidence",
        Readonly<Record<string, ByScenario>>
      >
    >;
  readonly lines: readonly CostLineFigures[];
  /** Lines without a price, as `address (region): component`, and resources outside the price book. */
  readonly unknown: readonly string[];
  readonly assumptions: readonly string[];
}

export const modelsOf = (platform: Platform): Models => ({
  capacity: capacitySection(platform),
  recovery: recoverySection(platform),
  cost: costSection(platform),
  support: supportSection(platform),
  slo: alertingSection(platform),
  monitoring: monitoringFigures(platform),
});

function capacitySection(platform: Platform): CapacitySection {
  return {
    regions: capacityOf(platform).map(regionFigures),
    takeovers: takeoversOf(platform).map(takeoverFigures),
    throughput: throughputFigures(platform),
  };
}

export function takeoverFigures(takeover: Takeover): CapacitySection["takeovers"][number] {
  const { primary, secondary, judgement, unknown } = takeover;
  const { verdict, because } = judgement();
  return {
    from: primary.region,
    to: secondary.region,
    verdict: unknown.length > 0 ? "unknown" : verdict,
    because: [...unknown, because].join("; "),
    fixes: fixFigures(takeover),
  };
}

function regionFigures(capacity: RegionCapacity): CapacitySection["regions"][number] {
  const [judgement, steady, drain] = [capacity.judgement(), capacity.steady(), capacity.drain()];
  return {
    region: capacity.region,
    role: capacity.role ?? "unknown",
    unknown: capacity.unknown,
    verdict: capacity.unknown.length > 0 ? "unknown" : judgement.verdict,
    because: judgement.because,
    tightest: judgement.tightest ?? null,
    scenarios: judgement.scenarios.map(scenarioFigures),
    warnings: judgement.warnings,
    fixes: fixFigures(capacity),
    steady: {
      verdict: steady.verdict,
      nodes: steady.pools.reduce((sum, { nodes }) => sum + nodes, 0),
      pools: steady.pools,
    },
    drain: { outcome: drain.outcome, because: drain.because, seconds: drain.seconds },
  };
}

/** Where facts are missing nothing can be said to fix it. */
function fixFigures({
  judgement,
  fixes,
  unknown,
}: Pick<RegionCapacity, "judgement" | "fixes" | "unknown">): FixFigures[] {
  if (judgement().verdict === "fits" || unknown.length > 0) return [];
  return fixes().map(({ change, extraUsdPerHour }) => ({ change, extraUsdPerHour: extraUsdPerHour ?? null }));
}

function scenarioFigures({
  name,
  verdict,
  because,
  packing,
  addresses,
}: CapacityJudgement["scenarios"][number]): ScenarioFigures {
  return {
    name,
    verdict,
    because,
    leftOver: packing.leftOver.map(({ workload, count, reason }) => ({ workload, count, reason })),
    pools: packing.pools.map(({ pool, nodes, requested, allocatable, headroom, tightest }) => {
      const use = (amount: "cpuMillis" | "memoryMiB" | "pods"): Use => ({
        requested: requested[amount],
        allocatable: allocatable[amount],
        headroom: headroom[amount],
      });
      return { pool, nodes, cpuMillis: use("cpuMillis"), memoryMiB: use("memoryMiB"), pods: use("pods"), tightest };
    }),
    addresses: addresses.map(({ zone, needed, available }) => ({ zone, needed, available })),
  };
}

function costSection(platform: Platform): CostSection {
  const { report, outsidePriceBook, assumptions } = costOf(platform);
  const { usdPerMonth: budget, ceilingUsdPerMonth: ceiling } = platform.environment.budget;
  const held = (scenario: Scenario, limitUsdPerMonth: number) => {
    const verdict = budgetVerdict(report, limitUsdPerMonth, scenario);
    const { outcome, usdPerMonth } = verdict;
    if (isEmulated(platform.environment))
      return {
        scenario,
        outcome: "notApplicable",
        usdPerMonth,
        limitUsdPerMonth,
        arithmetic: `${scenario}: no bill, the environment is emulated; an account would pay ${usdPerMonth.toFixed(2)} USD a month`,
      };
    return {
      scenario,
      outcome: outcome === "pass" && outsidePriceBook.length > 0 ? "unknown" : outcome,
      usdPerMonth,
      limitUsdPerMonth,
      arithmetic: budgetArithmetic(verdict),
    };
  };
  const { whole, byResource, byRegion, byApplication, byKind, byConfidence } = report.totals;
  return {
    budget: held("steady", budget),
    ceiling: [held("peak", ceiling), held("failover", ceiling)],
    totals: { whole, byResource, byRegion, byApplication, byKind, byConfidence },
    lines: report.lines.map(lineFigures),
    unknown: [
      ...report.unknown.map(({ address, region, component }) => `${address} (${region}): ${component}`),
      ...outsidePriceBook,
    ].sort(),
    assumptions: [...assumptions, ...report.assumptions].sort(),
  };
}
