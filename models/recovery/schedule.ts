import { Cron } from "croner";

/** An offset of none: for a time zone by name croner formats and reads each date anew, twenty times slower. */
const utc = { utcOffset: 0 };
const start = new Date("2027-01-01T00:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Days looked at when not every day is one: three years of weekdays, eleven of weeks, decades of months. */
const daysLookedAt = 600;

/**
 * Longest time between two runs that follow one another, in hours.
 *
 * Days and times of day are independent of one another in a cron expression, so they are looked at one after the other.
 *
 * @param cron five fields, read in UTC
 * @throws if the expression is malformed, or never runs twice
 */
export function worstGapHours(cron: string): number {
  const known = gaps.get(cron);
  if (known !== undefined) return known;
  const gap = computedGap(cron);
  gaps.set(cron, gap);
  return gap;
}

/** A pure figure of its text: the same few schedules are asked for again and again. */
const gaps = new Map<string, number>();

function computedGap(cron: string): number {
  const [minute, hour, dayOfMonth, month, dayOfWeek, ...more] = cron.trim().split(/\s+/);
  if (dayOfWeek === undefined || more.length > 0)
    throw new Error(
      `schedule "${cron}" has not five fields (minute hour day month weekday); write it as in crontab, in UTC`,
    );
  const minutes = runs(`${minute} * * * *`, 60, hourMs, cron);
  const hours = runs(`0 ${hour} * * *`, 24, dayMs, cron);
  const times = hours.flatMap((at) => minutes.map((past) => at + past));
  const everyDay = [dayOfMonth, month, dayOfWeek].every((field) => field === "*");
  const days = everyDay ? [0, dayMs] : runs(`0 0 ${dayOfMonth} ${month} ${dayOfWeek}`, daysLookedAt, Infinity, cron);
  if (days.length < 2)
    throw new Error(`schedule "${cron}" never runs twice; a data store without a next backup has no recovery point`);
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? 0;
  return Math.max(worst(times), worst(days) - last + first) / hourMs;
}

/** Runs from `start` on, in milliseconds after it. */
function runs(expression: string, atMost: number, within: number, cron: string): number[] {
  try {
    const schedule = new Cron(expression, { ...utc, paused: true });
    const moments: number[] = [];
    // One by one: a run beyond the span ends the search, and most expressions have few within it.
    for (
      let run = schedule.nextRun(new Date(start.getTime() - 1));
      run && moments.length < atMost;
      run = schedule.nextRun(run)
    ) {
      const after = run.getTime() - start.getTime();
      if (after >= within) break;
      moments.push(after);
    }
    return moments;
  } catch (error) {
    throw new Error(
      `schedule "${cron}" is no cron expression: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function worst(moments: readonly number[]): number {
  return moments.slice(1).reduce((longest, moment, index) => Math.max(longest, moment - (moments[index] ?? moment)), 0);
}
