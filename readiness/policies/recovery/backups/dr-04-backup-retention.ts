import { atLeast } from "../../../policy/comparison";
import { change, changeEnvironment, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { platformPromises } from "../../../policy-terms/promised";
import { fail, forClaim, unknown, type Verdict } from "../../../policy/verdict";
import type { Platform } from "../../../inventory/platform";
import type { BackupLocation, BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import { inSchedules, notKnownYet, veleroReleases } from "../_velero";

const ttl = (duration: string) => inSchedules(set("template.ttl", duration));

export default policy({
  id: "DR-04",
  severity: "error",
  proves: ["FG-08", "CA-10", "CA-13"],
  title: "Backups are kept for the declared and committed retention",
  because: "corruption is often found weeks later: a backup that is already gone restores nothing",
  remedy: "set backups.retentionDays; the time to live of the daily schedules is made from it",
  equivalents: ["checkov CKV_AWS_133 (RDS only)"],
  subjects: (platform) => platform.backups,
  whenAbsent: () => fail({ expected: "Velero in each region", actual: "no release of it" }),
  check: (system, platform) => {
    const reason = notKnownYet([system]);
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const written = system.locations.filter(({ readOnly }) => !readOnly);
    if (written.length === 0)
      return fail({ expected: "a location that backups are written to", actual: "none", field: "retentionDays" });
    return written.flatMap((location) => kept(location, system, platform));
  },
  mutants: [
    change("a week", veleroReleases, ttl("168h0m0s")),
    change("no time to live that can be read", veleroReleases, ttl("30d")),
    changeEnvironment("a retention of 60 days declared", (environment) => {
      environment.backups.retentionDays = 60;
    }),
    change(
      "only the other region keeps them",
      veleroReleases,
      inSchedules(set("template.ttl", "24h0m0s"), (_, name) => name.endsWith("own-region")),
    ),
  ],
  boundary: {
    holds: change("30 days in hours", veleroReleases, ttl("720h")),
    breaks: change("one minute less", veleroReleases, ttl("719h59m0s")),
  },
});

function kept(location: BackupLocation, system: BackupSystem, platform: Platform): Verdict[] {
  const lives = system.schedules
    .filter((schedule) => !schedule.disabled && schedule.location === location)
    .map(({ ttlHours }) => ttlHours ?? 0);
  const longest = lives.length === 0 ? 0 : Math.max(...lives);
  const promises = platformPromises(platform, "backups.retentionDays");
  const where = `days that backups in ${location.name} live`;
  const shown = {
    field: "retentionDays",
    arithmetic: `${longest} h ÷ 24 h, the longest time to live of ${lives.length} schedules`,
  };
  if (!location.bucket) return [unknown(`the bucket of ${location.name} is not among the stacks`, "retentionDays")];
  return [
    atLeast(platform.environment.backups.retentionDays, longest / 24, where, shown),
    ...promises.map(({ claim, value }) =>
      forClaim(claim, atLeast(Number(value), longest / 24, `${where}, as ${claim} promises`, shown)),
    ),
  ];
}
