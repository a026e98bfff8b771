import { Cron } from "croner";

/** An offset of none: for a time zone by name croner formats and reads each date anew, twenty times slower. */
const utc = { utcOffset: 0 };
const start = new Date("2027-01-01T00:00:00Z");
const hourMs = 3_600_000;
const hoursOfMonth = 730;
const dayMs = 24 * hourMs;
/** Days looked at when not every day is one: three years of weekdays, eleven of weeks, decades of months. */
const daysLookedAt = 600;
/** In a time zone each run is looked at: both changes of the clock, every month's end, and the turn of the year. */
const daysInZone = 400;
const minutesPerUnit = { minute: 1, hour: 60, day: 1440 } as const;

/**
 * Longest time between two runs that follow one another, in hours.
 *
 * Days and times of day are independent of one another in a cron expression, so they are looked at one after the other.
 *
 * @param cron five fields, read in UTC; with `CRON_TZ=Europe/Berlin ` or `TZ=…` before them in that zone, as Velero reads it
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

/**
 * The same of a schedule of EventBridge: `rate(30 minutes)`, or `cron(…)` of six fields in UTC.
 *
 * @throws if it is neither, or never runs twice
 */
export const worstGapHoursOfSchedule = (expression: string): number =>
  rateHours(expression) ?? worstGapHours(crontabOf(expression));

/** Runs of such a schedule in an average month of 730 hours. */
export function runsPerMonthOfSchedule(expression: string): number {
  const hours = rateHours(expression);
  if (hours !== undefined) return hoursOfMonth / hours;
  const days = 4 * 365 + 1;
  const crontab = crontabOf(expression);
  return (runs(crontab, Infinity, days * dayMs, crontab).length * hoursOfMonth) / (days * 24);
}

function rateHours(expression: string): number | undefined {
  const [, amount, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return unit === undefined ? undefined : (Number(amount) * minutesPerUnit[unit as keyof typeof minutesPerUnit]) / 60;
}

/** The five fields of crontab for the six of EventBridge. */
function crontabOf(expression: string): string {
  const [, text] = /^cron\((.+)\)$/.exec(expression) ?? [];
  const [minute, hour, dayOfMonth, month, dayOfWeek, year, ...more] = (text ?? "").trim().split(/\s+/);
  if (year !== "*" || more.length > 0)
    throw new Error(`schedule "${expression}" is neither rate(<n> <unit>) nor cron(<six fields, the year is *>)`);
  const any = (field: string | undefined): string => (field === undefined || field === "?" ? "*" : field);
  // Days of the week are 1 to 7 from Sunday on in EventBridge, 0 to 6 in crontab.
  const weekday = any(dayOfWeek).replaceAll(/\d+/g, (day) => String(Number(day) - 1));
  return [minute, hour, any(dayOfMonth), month, weekday].join(" ");
}

function computedGap(cron: string): number {
  const [, zone, fields] = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/.exec(cron.trim()) ?? [];
  return zone !== undefined && fields !== undefined ? gapInZone(fields, zone, cron) : gapInUtc(cron);
}

/** A day of a change of the clock has 23 or 25 hours. */
function gapInZone(fields: string, timeZone: string, cron: string): number {
  const moments = runs(fields, Infinity, daysInZone * dayMs, cron, { timezone: timeZone });
  // A schedule of few runs a year is followed until it has run twice.
  const seen = moments.length >= 2 ? moments : runs(fields, 2, Infinity, cron, { timezone: timeZone });
  if (seen.length < 2) throw neverTwice(cron);
  return worst(seen) / hourMs;
}

const neverTwice = (cron: string): Error =>
  new Error(`schedule "${cron}" never runs twice; a data store without a next backup has no recovery point`);

function gapInUtc(cron: string): number {
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
  if (days.length < 2) throw neverTwice(cron);
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? 0;
  return Math.max(worst(times), worst(days) - last + first) / hourMs;
}

/** Runs from `start` on, in milliseconds after it. */
function runs(
  expression: string,
  atMost: number,
  within: number,
  cron: string,
  zone: { utcOffset: number } | { timezone: string } = utc,
): number[] {
  try {
    const schedule = new Cron(expression, { ...zone, paused: true });
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
