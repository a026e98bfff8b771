import { Cron } from "croner";

/** Any day: whether a schedule ever runs does not depend on it, and a clock would make the answer change. */
const someDay = new Date("2026-01-01T00:00:00Z");

/** Whether cron finds a next run: 31 February is written correctly and never comes. */
export function fires(schedule: string): boolean {
  try {
    return (
      /^\S+( \S+){4}$/.test(schedule) && new Cron(schedule, { utcOffset: 0, paused: true }).nextRun(someDay) !== null
    );
  } catch {
    return false;
  }
}
