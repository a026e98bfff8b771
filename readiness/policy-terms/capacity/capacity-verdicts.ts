import type { CapacityJudgement, Fix } from "../../../models/capacity";
import { workloadName } from "../../figures/capacity/workloads";
import type { Cluster } from "../../inventory/facts/aws/clusters";
import type { Platform } from "../../inventory/platform";
import { pass, fail, unknown, type FindFix, type Place, type Verdict } from "../../policy/verdict";

type Scenario = CapacityJudgement["scenarios"][number];

/** Facts that are missing make every figure of a cluster unknown. */
export const missingFacts = (facts: readonly string[]): Verdict[] => facts.map((reason) => unknown(reason));

/** Who is left over, most pods first, and why in the scheduler's words: of the first, since those of the others differ in counts alone. */
function leftOver({ packing }: Scenario): string {
  const [first, ...others] = packing.leftOver
    .filter(({ expendable }) => !expendable)
    .sort((a, b) => b.count - a.count || (a.workload < b.workload ? -1 : 1));
  if (first === undefined) return "none";
  const shown = others.slice(0, OTHERS_SHOWN).map(({ workload, count }) => `${count} of ${workload}`);
  const rest = others.slice(OTHERS_SHOWN);
  const more = rest.length === 0 ? [] : [`${rest.reduce((sum, { count }) => sum + count, 0)} of ${rest.length} others`];
  // What evicting others would not help with says nothing that the refusals before it do not.
  const [refusals = first.reason] = first.reason.split(". no new claims");
  return [`${first.count} of ${first.workload} (${refusals})`, ...shown, ...more].join("; ");
}
const OTHERS_SHOWN = 3;

const tightestOf = ({ packing }: Scenario, among: (pool: string) => boolean = () => true) =>
  packing.pools
    .filter(({ pool }) => among(pool))
    .sort((a, b) => b.tightest.share - a.tightest.share || (a.pool < b.pool ? -1 : 1))[0];

/** Room that is left in the tightest pool of a scenario. */
function room(scenario: Scenario): string {
  const tightest = tightestOf(scenario);
  if (tightest === undefined) return "no node";
  const {
    pool,
    requested,
    allocatable,
    tightest: { resource, share },
  } = tightest;
  return `tightest: ${resource} of pool ${pool}, ${Math.round(requested[resource])} of ${Math.round(allocatable[resource])} (${Math.round(share * 100)} %)`;
}

/** Where the maximum is set of the tightest pool that may take the first of those left over; else of the tightest. */
function poolPlace(scenario: Scenario, { nodeGroups }: Cluster, { workloads }: Platform): Place | undefined {
  const leftOver = scenario.packing.leftOver.filter(({ expendable }) => !expendable).map(({ workload }) => workload);
  const selector = workloads.find((one) => leftOver.includes(workloadName(one)))?.pod.nodeSelector ?? {};
  const takes = nodeGroups.filter(({ labels }) =>
    Object.entries(selector).every(([name, value]) => labels[name] === value),
  );
  const name = (tightestOf(scenario, (pool) => takes.some((group) => group.name === pool)) ?? tightestOf(scenario))
    ?.pool;
  const group = nodeGroups.find((one) => one.name === name);
  return (
    group && { constructPath: group.constructPath, field: group.capacityType === "SPOT" ? "spot.max" : "onDemand.max" }
  );
}

type LineOf = Parameters<FindFix>[0];

/** The first fix keeps what was declared, if one can; a lower maximum costs nothing. */
function cheapest(fixes: readonly Fix[], platform: Platform, lineOf: LineOf): string {
  const [fix] = fixes;
  if (fix === undefined)
    return "no single change fixes it: neither more nodes of a pool, nor a larger type, nor a lower maximum";
  const price =
    fix.extraUsdPerHour === undefined
      ? "at a price that is not known"
      : `${fix.extraUsdPerHour.toFixed(4)} USD an hour more at the maximum`;
  const lower = fixes.find(({ kind }) => kind === "lowerMaximum");
  const lowering = lower === undefined ? "" : `${lower.change}${maximumLine(lower, platform, lineOf)}`;
  if (fix === lower) return `the cheapest change that fixes it: ${lowering} (${price})`;
  return `the cheapest change that fixes it: ${fix.change} (${price})${lower === undefined ? "" : `, or ${lowering}`}`;
}

/** Line of the workload's maximum, which is the same in both regions. */
function maximumLine(fix: Fix, platform: Platform, lineOf: LineOf): string {
  const workload =
    fix.kind === "lowerMaximum" ? platform.workloads.find((one) => workloadName(one) === fix.workload) : undefined;
  return workload ? lineOf({ constructPath: workload.constructPath, field: "scale.max" }) : "";
}

/** What the scenarios are about: `fixes` is asked for the reader of one that does not fit. */
export interface Judged {
  readonly platform: Platform;
  readonly cluster: Cluster;
  readonly fixes: () => readonly Fix[];
}

/** One verdict a scenario. */
export function fits(
  scenarios: readonly Scenario[],
  expected: string,
  { platform, cluster, fixes }: Judged,
): Verdict[] {
  const fix: FindFix = (lineOf) => cheapest(fixes(), platform, lineOf);
  return scenarios.map((scenario) => {
    const name = `${expected}, ${scenario.name}`;
    if (scenario.verdict === "fits") return pass(`${name}: ${scenario.packing.because}; ${room(scenario)}`);
    const place = poolPlace(scenario, cluster, platform);
    if (scenario.verdict === "unknown")
      return { ...unknown(`${name}: ${scenario.because}`), ...(place ? { place } : {}), fix };
    return fail({
      expected: name,
      actual: `${scenario.because}; left over: ${leftOver(scenario)}; ${room(scenario)}`,
      place,
      fix,
    });
  });
}

/** The verdict of a judgement that could not look at any scenario. */
export const undecided = ({ scenarios, because }: CapacityJudgement): Verdict[] =>
  scenarios.length === 0 ? [unknown(because)] : [];
