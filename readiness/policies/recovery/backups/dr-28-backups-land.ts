import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { BackupLocation, BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import { equals, holds } from "../../../policy/comparison";
import { change, set, unset, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { inSchedules, notKnownYet, veleroReleases } from "../_velero";

const place = ({ bucket, bucketName, prefix }: BackupLocation): string =>
  `${bucket ? `${bucket.stack}/${bucket.address}` : (bucketName ?? "?")}/${prefix ?? ""}`;

/** A location that a schedule writes to. Velero refuses a backup to a location that is read-only or not there (velero-io/velero d2241adba061, pkg/controller/backup_controller.go, read 2026-11-29). */
function judgeTarget(name: string, location: BackupLocation | undefined, named: string, own: BackupSystem): Verdict[] {
  if (location === undefined)
    return [fail({ expected: `${name} names a location of the release`, actual: `"${named}", which is not there` })];
  const { bucket } = location;
  return [
    holds(!location.readOnly, `${name} may write to ${location.name}`, location.readOnly ? "ReadOnly" : "ReadWrite"),
    equals("aws", location.provider, `provider of ${location.name}`),
    bucket
      ? equals(bucket.region, location.region, `region of ${location.name}, against its bucket`)
      : unknown(`the bucket of ${location.name} is not among the stacks`),
    ...own.locations
      .filter((other) => other.name !== location.name && place(other) === place(location))
      .map((other) => fail({ expected: `${location.name} is a place of its own`, actual: `that of ${other.name}` })),
  ];
}

/** Snapshots of EBS are made in the region of the volume alone. */
function judgeSnapshotLocations(own: BackupSystem, platform: Platform): Verdict[] {
  const release = platform.releases.find(({ resource }) => resource === own.resource);
  const configuration = objectOf(release?.values["configuration"]);
  const used = release?.values["snapshotsEnabled"] !== false;
  return used
    ? objectsOf(configuration["volumeSnapshotLocation"]).map((location) =>
        equals(
          own.region,
          textOf(objectOf(location["config"])["region"]),
          `region of the snapshot location ${textOf(location["name"]) ?? "default"}`,
        ),
      )
    : [];
}

const locations = "values.0.configuration.backupStorageLocation";

export default policy({
  id: "DR-28",
  severity: "error",
  proves: ["CA-10", "FG-09"],
  title: "Each backup goes to a bucket that takes it, the default one in its own region",
  because:
    "Velero refuses a backup to a location that it may only read, and one to a bucket of another region fails: the schedule runs on and keeps nothing",
  remedy:
    "set accessMode ReadWrite and config.region of the bucket for each location that a schedule names; only locations to restore from are ReadOnly",
  subjects: (platform) => platform.backups,
  check: (own, platform): Verdict | readonly Verdict[] => {
    const reason = notKnownYet([own]);
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const [standard, ...more] = own.locations.filter(({ isDefault }) => isDefault);
    const running = own.schedules.filter(({ disabled }) => !disabled);
    return [
      holds(
        standard !== undefined && more.length === 0,
        "one location is the default",
        `${more.length + (standard ? 1 : 0)}`,
      ),
      ...(standard ? [equals(own.region, standard.region, `region of the default location ${standard.name}`)] : []),
      ...running.flatMap(({ name, location, locationName }) => judgeTarget(name, location, locationName, own)),
      ...judgeSnapshotLocations(own, platform),
    ];
  },
  mutants: [
    change("the default location is read-only", veleroReleases, set(`${locations}.0.accessMode`, "ReadOnly")),
    change("the other location is read-only", veleroReleases, set(`${locations}.1.accessMode`, "ReadOnly")),
    change("every location is read-only", veleroReleases, set(`${locations}.accessMode`, "ReadOnly")),
    change("a region that the bucket is not in", veleroReleases, set(`${locations}.0.config.region`, "ap-south-1")),
    change("the default location is the other region's", veleroReleases, (block) => {
      set(`${locations}.0.default`, false)(block);
      set(`${locations}.1.default`, true)(block);
    }),
    change("two defaults", veleroReleases, set(`${locations}.default`, true)),
    change("no default", veleroReleases, unset(`${locations}.0.default`)),
    change("both locations are one place", veleroReleases, (block) => {
      let bucket: Parameters<Parameters<typeof update>[1]>[0];
      update(`${locations}.0.bucket`, (value) => (bucket = value))(block);
      update(`${locations}.1.bucket`, () => bucket)(block);
    }),
    change("another provider", veleroReleases, set(`${locations}.0.provider`, "gcp")),
    change("a location that is not there", veleroReleases, inSchedules(set("template.storageLocation", "offsite"))),
    change("snapshots in another region", veleroReleases, (block) => {
      set("values.0.snapshotsEnabled", true)(block);
      set("values.0.configuration.volumeSnapshotLocation", [
        { name: "default", provider: "aws", config: { region: "ap-south-1" } },
      ])(block);
    }),
  ],
  boundary: {
    holds: change("read-write where nothing is written", veleroReleases, set(`${locations}.2.accessMode`, "ReadWrite")),
    breaks: change(
      "written where it is read-only",
      veleroReleases,
      inSchedules(set("template.storageLocation", "peer")),
    ),
  },
});
