import { Cron } from "croner";

/** Runs that are looked at: more than a leap cycle of monthly runs, and two weeks of runs every five minutes. */
const runsLookedAt = 4000;
const start = new Date("2027-01-01T00:00:00Z");

/**
 * Longest time between two runs that follow one another, in hours.
 *
 * @param cron five fields, read in UTC
 * @throws if the expression is malformed, or never runs twice
 */
export function worstGapHours(cron: string): number {
  if (cron.trim().split(/\s+/).length !== 5) throw new Error(`schedule "${cron}" has not five fields (minute hour day month weekday); write it as in crontab, in UTC`);
  const runs = new Cron(cron, { timezone: "UTC", paused: true }).nextRuns(runsLookedAt, start);
  if (runs.length < 2) throw new Error(`schedule "${cron}" never runs twice; a data store without a next backup has no recovery point`);
  return runs.slice(1).reduce((worst, run, index) => Math.max(worst, run.getTime() - (runs[index]?.getTime() ?? 0)), 0) / 3_600_000;
}
