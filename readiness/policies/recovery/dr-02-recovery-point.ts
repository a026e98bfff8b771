import { worstGapHours } from "../../../models/recovery/schedule";
import { change, changeEnvironment, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { atMost } from "../../policy/comparison";
import { fail, unknown, type Verdict } from "../../policy/verdict";
import type { BackupSchedule } from "../../inventory/views/kubernetes-types";
import { applicationNamespaces, backupsOf, inSchedules, notKnownYet, schedulesFor, storedAt, veleroReleases } from "./_velero";

const applications = resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith("ci-failure-agent"));
const rpoHours = (hours: number) => set(["metadata", "annotations", "plimsoll.dev/objectives", "rpoHours"], hours);

export default policy({
  id: "DR-02", severity: "error", proves: ["CA-12"],
  title: "The oldest recovery point that a failure can meet is younger than the application's RPO",
  because: "a backup each 24 hours is 25 hours old when the next one, which takes an hour, fails in its last minute",
  remedy: "let a schedule run more often (backups.recoverySchedule), or declare the RPO that the schedule keeps (objectives.rpoHours)",
  equivalents: ["kyverno: literal schedules only"],
  subjects: applicationNamespaces,
  check: (namespace, platform) => {
    const reason = notKnownYet(backupsOf(platform, namespace.region));
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const rpo = namespace.objectives?.rpoHours;
    if (rpo === undefined) return unknown("the application declares no RPO", "objectives.rpoHours");
    const schedules = schedulesFor(platform, namespace);
    const duration = platform.environment.backups.durationMinutes;
    return [
      oldest(schedules, "hours of work that a loss inside the region costs", rpo, duration),
      // Velero writes to the other region itself: no copy delay comes on top.
      oldest(schedules.filter(({ location }) => location?.region !== undefined && location.region !== namespace.region), "hours of work that the loss of the region costs", rpo, duration),
    ];
  },
  mutants: [
    change("once a day", veleroReleases, inSchedules(set("schedule", "0 2 * * *"))),
    change("not at the weekend", veleroReleases, inSchedules(set("schedule", "0 */6 * * 1-5"))),
    change("to the other region each week", veleroReleases, inSchedules(set("schedule", "0 2 * * 0"), storedAt("other-region"))),
    change("nothing to the other region", veleroReleases, inSchedules(set("disabled", true), storedAt("other-region"))),
    changeEnvironment("backups that take 19 hours", (environment) => { environment.backups.durationMinutes = 19 * 60; }),
    change("no cron expression", veleroReleases, inSchedules(set("schedule", "@sometimes"))),
  ],
  boundary: {
    holds: change("an RPO of 7 hours", applications, rpoHours(7)),
    breaks: change("an RPO of 6.99 hours", applications, rpoHours(6.99)),
  },
});

/** The best schedule decides: what it has stored is there, whatever the others do. */
function oldest(schedules: readonly BackupSchedule[], what: string, rpoHours: number, durationMinutes: number): Verdict {
  const gaps = schedules.flatMap(({ name, cron }) => { const hours = gapOf(cron); return hours === undefined ? [] : [{ name, cron, hours }]; });
  const best = gaps.sort((a, b) => a.hours - b.hours)[0];
  if (!best) return fail({ expected: `${what}: ≤ ${rpoHours}`, actual: "no schedule that runs covers it", field: "objectives.rpoHours" });
  return atMost(rpoHours, best.hours + durationMinutes / 60, what, {
    field: "objectives.rpoHours", arithmetic: `${best.hours} h longest gap of ${best.name} (${best.cron}) + ${durationMinutes} min backup + 0 min copy, written directly`,
  });
}

/** Undefined for an expression that never runs twice, or that is none. */
function gapOf(cron: string | undefined): number | undefined {
  try {
    return cron === undefined ? undefined : worstGapHours(cron);
  } catch {
    return undefined;
  }
}
