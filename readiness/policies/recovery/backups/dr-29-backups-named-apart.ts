import type { BackupLocation, BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import type { JsonObject } from "../../../policy/json";
import { change, type Edit, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown, type Verdict } from "../../../policy/verdict";
import { inSchedules, notKnownYet, renamedSchedules, veleroReleases } from "../_velero";

/** A folder in a bucket; undefined: its bucket is not known. */
const placeOf = ({ bucket, bucketName, prefix }: BackupLocation): string | undefined => {
  const name = bucket ? `${bucket.stack}/${bucket.address}` : bucketName;
  return name === undefined ? undefined : `${name}/${prefix ?? ""}`;
};

/** Schedules of other clusters whose backups this one takes from a location that it shares with them. */
function seenBy(own: BackupSystem, platform: Platform): { readonly name: string; readonly region: string }[] {
  const places = new Set(own.locations.map(placeOf).filter((place) => place !== undefined));
  return platform.backups
    .filter(({ region }) => region !== own.region)
    .flatMap(({ region, schedules }) =>
      schedules
        .filter(({ disabled, location }) => !disabled && location !== undefined && places.has(placeOf(location) ?? ""))
        .map(({ name }) => ({ name, region: region ?? "?" })),
    );
}

/** The same names in every region, as a chart's values have them when no region is part of them. */
const withoutRegion: Edit = renamedSchedules((name) => name.replace(/^[a-z]{2}-[a-z]+-\d-/, ""));
const all = (_: JsonObject, name: string): boolean => name.endsWith("-recovery-other-region");

export default policy({
  id: "DR-29",
  severity: "error",
  proves: ["CA-10", "FG-09"],
  title: "No two clusters give backups that one of them reads the same name",
  because:
    "a backup is called by its schedule and second: a cluster that has one of this name takes no other from its peer's location, and a restore from the schedule may take the wrong cluster's",
  remedy: "make the region a part of the names of Velero's schedules, as backupSchedules of its chart does",
  subjects: (platform) => platform.backups,
  check: (own, platform): Verdict | readonly Verdict[] => {
    const reason = notKnownYet(platform.backups);
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const running = own.schedules.filter(({ disabled }) => !disabled).map(({ name }) => name);
    const seen = seenBy(own, platform);
    return running.map((name) => {
      const same = seen.filter((other) => other.name === name);
      return holds(
        same.length === 0,
        `${name} names backups that no peer's backups are called`,
        same.length === 0
          ? `${seen.length} schedules of peers have other names`
          : `${same.map(({ region }) => region).join(", ")} has a schedule of this name, and writes where ${own.region ?? "?"} reads`,
      );
    });
  },
  mutants: [
    change("the names have no region", veleroReleases, withoutRegion),
    change(
      "one schedule is called alike",
      veleroReleases,
      renamedSchedules((name) => (name.endsWith("-daily-other-region") ? "daily" : name)),
    ),
  ],
  boundary: {
    holds: change("alike, and not run", veleroReleases, (block) => {
      inSchedules(set("disabled", true), all)(block);
      renamedSchedules((name) => (name.endsWith("-recovery-other-region") ? "recovery" : name))(block);
    }),
    breaks: change(
      "alike, and run",
      veleroReleases,
      renamedSchedules((name) => (name.endsWith("-recovery-other-region") ? "recovery" : name)),
    ),
  },
});
