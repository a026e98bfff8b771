import type { CapacityJudgement, Mend } from "../../models/capacity";
import { pass, fail, unknown, type Verdict } from "../policy/verdict";

type Scenario = CapacityJudgement["scenarios"][number];

/** Facts that are missing make every figure of a cluster unknown. */
export const missingFacts = (facts: readonly string[]): Verdict[] => facts.map((reason) => unknown(reason));

/** Who is left over and why, in the scheduler's words. */
const leftOver = ({ packing }: Scenario): string =>
  packing.leftOver.filter(({ expendable }) => !expendable).map(({ workload, count, reason }) => `${count} of ${workload} (${reason})`).join("; ");

/** Room that is left in the tightest pool of a scenario. */
function room({ packing }: Scenario): string {
  const [tightest] = [...packing.pools].sort((a, b) => b.tightest.share - a.tightest.share || (a.pool < b.pool ? -1 : 1));
  if (tightest === undefined) return "no node";
  const { pool, requested, allocatable, tightest: { resource, share } } = tightest;
  return `tightest: ${resource} of pool ${pool}, ${Math.round(requested[resource])} of ${Math.round(allocatable[resource])} (${Math.round(share * 100)} %)`;
}

/** The first mend keeps what was declared, if one can. */
function cheapest([mend]: readonly Mend[]): string {
  if (mend === undefined) return "no single change mends it: neither more nodes of a pool, nor a larger type, nor a lower maximum";
  const price = mend.extraUsdPerHour === undefined ? "at a price that is not known" : `${mend.extraUsdPerHour.toFixed(4)} USD an hour more at the maximum`;
  return `the cheapest change that mends it: ${mend.change} (${price})`;
}

/** One verdict a scenario; `field` names the setting that most often mends it, `mends` is asked for the reader of one that does not fit. */
export function fits(scenarios: readonly Scenario[], expected: string, field: string, mends: () => readonly Mend[]): Verdict[] {
  const mend = (): string => cheapest(mends());
  return scenarios.map((scenario) => {
    const name = `${expected}, ${scenario.name}`;
    if (scenario.verdict === "fits") return pass(`${name}: ${scenario.packing.because}; ${room(scenario)}`);
    if (scenario.verdict === "unknown") return { ...unknown(`${name}: ${scenario.because}`, field), mend };
    return fail({ expected: name, actual: `${scenario.because}; left over: ${leftOver(scenario) || "none"}; ${room(scenario)}`, field, mend });
  });
}

/** The verdict of a judgement that could not look at any scenario. */
export const undecided = ({ scenarios, because }: CapacityJudgement): Verdict[] => (scenarios.length === 0 ? [unknown(because)] : []);
