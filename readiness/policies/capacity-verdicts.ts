import type { CapacityJudgement, Mend } from "../../models/capacity";
import { pass, fail, unknown, type Verdict } from "../policy/verdict";

type Scenario = CapacityJudgement["scenarios"][number];

/** Facts that are missing make every figure of a cluster unknown. */
export const missingFacts = (facts: readonly string[]): Verdict[] => facts.map((reason) => unknown(reason));

/** Who is left over, most pods first, and why in the scheduler's words: of the first, since those of the others differ in counts alone. */
function leftOver({ packing }: Scenario): string {
  const [first, ...others] = packing.leftOver.filter(({ expendable }) => !expendable).sort((a, b) => b.count - a.count || (a.workload < b.workload ? -1 : 1));
  if (first === undefined) return "none";
  const shown = others.slice(0, OTHERS_SHOWN).map(({ workload, count }) => `${count} of ${workload}`);
  const rest = others.slice(OTHERS_SHOWN);
  const more = rest.length === 0 ? [] : [`${rest.reduce((sum, { count }) => sum + count, 0)} of ${rest.length} others`];
  return [`${first.count} of ${first.workload} (${first.reason})`, ...shown, ...more].join("; ");
}
const OTHERS_SHOWN = 3;

/** Room that is left in the tightest pool of a scenario. */
function room({ packing }: Scenario): string {
  const [tightest] = [...packing.pools].sort((a, b) => b.tightest.share - a.tightest.share || (a.pool < b.pool ? -1 : 1));
  if (tightest === undefined) return "no node";
  const { pool, requested, allocatable, tightest: { resource, share } } = tightest;
  return `tightest: ${resource} of pool ${pool}, ${Math.round(requested[resource])} of ${Math.round(allocatable[resource])} (${Math.round(share * 100)} %)`;
}

/** The first mend keeps what was declared, if one can; a lower maximum costs nothing. */
function cheapest(mends: readonly Mend[]): string {
  const [mend] = mends;
  if (mend === undefined) return "no single change mends it: neither more nodes of a pool, nor a larger type, nor a lower maximum";
  const price = mend.extraUsdPerHour === undefined ? "at a price that is not known" : `${mend.extraUsdPerHour.toFixed(4)} USD an hour more at the maximum`;
  const lower = mends.find(({ kind }) => kind === "lowerMaximum");
  if (mend === lower) return `the cheapest change that mends it: ${mend.change} (${price})`;
  return `the cheapest change that mends it: ${mend.change} (${price})${lower === undefined ? "" : `, or ${lower.change}`}`;
}

/** One verdict a scenario; `field` names the setting that most often mends it, `mends` is asked for the reader of one that does not fit. */
export function fits(scenarios: readonly Scenario[], expected: string, field: string, mends: () => readonly Mend[]): Verdict[] {
  const mend = (): string => cheapest(mends());
  return scenarios.map((scenario) => {
    const name = `${expected}, ${scenario.name}`;
    if (scenario.verdict === "fits") return pass(`${name}: ${scenario.packing.because}; ${room(scenario)}`);
    if (scenario.verdict === "unknown") return { ...unknown(`${name}: ${scenario.because}`, field), mend };
    return fail({ expected: name, actual: `${scenario.because}; left over: ${leftOver(scenario)}; ${room(scenario)}`, field, mend });
  });
}

/** The verdict of a judgement that could not look at any scenario. */
export const undecided = ({ scenarios, because }: CapacityJudgement): Verdict[] => (scenarios.length === 0 ? [unknown(because)] : []);
