import { type Duration, sample } from "./duration";
import { randomNumbers } from "./random";

/** One step on the way from a failure to full service. */
export interface RecoveryStep extends Duration {
  readonly name: string;
  /** How the worst case came about. */
  readonly arithmetic: string;
}

/** Steps one after another, then branches that run at the same time: the slowest decides. */
export interface RecoverySteps {
  readonly first: readonly RecoveryStep[];
  readonly branches: readonly (readonly RecoveryStep[])[];
}

/** Seconds until full service. Percentiles are of the runs, `limitSeconds` is the sum when every step takes its worst. */
export interface Simulated {
  /** 5th percentile. */
  readonly bestSeconds: number;
  /** Mean. */
  readonly expectedSeconds: number;
  /** 95th percentile. */
  readonly worstSeconds: number;
  readonly limitSeconds: number;
}

export const RUNS = 1000;
export const SEED = 20_270_101;

const total = (steps: readonly RecoveryStep[], secondsOf: (step: RecoveryStep) => number): number =>
  steps.reduce((seconds, step) => seconds + secondsOf(step), 0);

function elapsed({ first, branches }: RecoverySteps, secondsOf: (step: RecoveryStep) => number): number {
  const slowest = Math.max(0, ...branches.map((branch) => total(branch, secondsOf)));
  return total(first, secondsOf) + slowest;
}

/** The slowest branch when every step takes its worst, after the first steps: together they are `limitSeconds`. */
export function criticalPath({ first, branches }: RecoverySteps): readonly RecoveryStep[] {
  const worst = (steps: readonly RecoveryStep[]): number => total(steps, ({ worstSeconds }) => worstSeconds);
  return [
    ...first,
    ...branches.reduce<readonly RecoveryStep[]>(
      (slowest, branch) => (worst(branch) > worst(slowest) ? branch : slowest),
      [],
    ),
  ];
}

/** Monte Carlo with a fixed seed: the same steps give the same figures. */
export function simulate(steps: RecoverySteps, runs = RUNS, seed = SEED): Simulated {
  const limitSeconds = elapsed(steps, ({ worstSeconds }) => worstSeconds);
  if (!Number.isFinite(limitSeconds))
    return { bestSeconds: Infinity, expectedSeconds: Infinity, worstSeconds: Infinity, limitSeconds };
  const random = randomNumbers(seed);
  const taken = Array.from({ length: runs }, () => elapsed(steps, (step) => sample(step, random())));
  const sorted = [...taken].sort((a, b) => a - b);
  const percentile = (share: number): number => sorted[Math.ceil(share * runs) - 1] ?? limitSeconds;
  return {
    bestSeconds: percentile(0.05),
    expectedSeconds: taken.reduce((sum, seconds) => sum + seconds, 0) / runs,
    worstSeconds: percentile(0.95),
    limitSeconds,
  };
}
