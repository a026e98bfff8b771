import type { BackupSchedule, BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import type { Platform } from "../../../inventory/platform";
import { atMost, holds } from "../../../policy/comparison";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { alertsOf, eachRule, prometheusRules } from "../../observability/_alerts";
import { applicationNamespaces, covers, inSchedules, veleroReleases } from "../_velero";

/** One comparison of the age of a schedule's newest backup: matcher, its text, hours. */
const AGE = /velero_backup_last_successful_timestamp\{schedule(=~|!~|!=|=)"([^"]*)"\}\)?\s*>\s*(\d+) \* 3600/g;

/** Whether PromQL's matcher takes the value; its expressions are anchored on both sides. */
function takes(matcher: string, text: string, value: string): boolean {
  const equal = matcher.endsWith("~") ? new RegExp(`^(?:${text})$`).test(value) : text === value;
  return matcher.startsWith("!") ? !equal : equal;
}

/** Hours after which an alert rings about the age of a schedule's newest backup; undefined: none does. */
function ringsAfter(platform: Platform, region: string | undefined, schedule: BackupSchedule): number | undefined {
  // The chart writes its own name before that of the schedule.
  const value = `velero-${schedule.name}`;
  const hours = alertsOf(platform)
    .filter((alert) => alert.region === region)
    .flatMap(({ expr }) => [...expr.matchAll(AGE)])
    .filter(([, matcher = "", text = ""]) => takes(matcher, text, value))
    .map(([, , , limit]) => Number(limit));
  return hours.length === 0 ? undefined : Math.min(...hours);
}

function judge(system: BackupSystem, platform: Platform): readonly Verdict[] {
  const running = system.schedules.filter(({ disabled }) => !disabled);
  const rings = new Map(running.map((schedule) => [schedule, ringsAfter(platform, system.region, schedule)]));
  return [
    ...running.map((schedule) =>
      holds(rings.get(schedule) !== undefined, `an alert about the age of ${schedule.name}'s backups`, "none"),
    ),
    ...applicationNamespaces(platform)
      .filter(({ region }) => region === system.region)
      .flatMap(({ name, objectives }): Verdict[] => {
        const hours = running.flatMap((one) => (name !== undefined && covers(one, name) ? (rings.get(one) ?? []) : []));
        if (objectives?.rpoHours === undefined || hours.length === 0) return [];
        return [
          atMost(objectives.rpoHours, Math.min(...hours), `hours until an alert about old backups of ${name ?? "?"}`),
        ];
      }),
  ];
}

const stale = (from: string | RegExp, to: string) =>
  eachRule((rule) => {
    if (rule["alert"] === "BackupStale") rule["expr"] = String(rule["expr"]).replace(from, to);
  });

export default policy({
  id: "DR-32",
  severity: "error",
  proves: ["CA-10", "FL-21"],
  title: "Backups that stop ring before the recovery point objective is missed",
  because:
    "a backup that no longer runs reports no failure: only its age shows it, and an alert that comes after the objective's hours finds the work already lost",
  remedy:
    "give every schedule a limit in BackupStale (catalog/alerts/backup.json), above its gap and below the RPO of what it backs up",
  subjects: (platform) => platform.backups,
  whenAbsent: () => notApplicable("nothing is backed up"),
  check: (system, platform): readonly Verdict[] => {
    const verdicts = judge(system, platform);
    return verdicts.length > 0 ? verdicts : [fail({ expected: "a schedule that runs", actual: "none" })];
  },
  mutants: [
    change("after the objective", prometheusRules, stale("> 8 * 3600", "> 25 * 3600")),
    change("the daily ones alone", prometheusRules, stale(/ or .*$/, "")),
    change("no schedule of that name", prometheusRules, stale(/-recovery-/g, "-hourly-")),
    change("not the daily ones", prometheusRules, stale(/^.* or /, "")),
    change("no schedule", veleroReleases, inSchedules(set("disabled", true))),
  ],
  boundary: {
    holds: change("at the objective", prometheusRules, stale("> 8 * 3600", "> 24 * 3600")),
    breaks: change("an hour after it", prometheusRules, stale("> 8 * 3600", "> 25 * 3600")),
  },
});
