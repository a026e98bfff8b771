import { equals, holds } from "../../../policy/comparison";
import { change, remove, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown } from "../../../policy/verdict";
import {
  applicationNamespaces,
  backupsOf,
  inSchedules,
  notKnownYet,
  schedulesFor,
  storedAt,
  veleroReleases,
} from "../_velero";

const elsewhere = "values.0.configuration.backupStorageLocation.1";

export default policy({
  id: "DR-06",
  severity: "error",
  proves: ["CA-10", "FG-09", "FL-21"],
  title: "A copy of each backup is written directly to another region",
  because:
    "S3 replication does not keep the order of objects, so a replicated backup repository can be unreadable on the day the region is lost",
  remedy:
    "keep a schedule for the storage location of the other region, with snapshotMoveData on: snapshots themselves stay in their region",
  equivalents: ["checkov CKV_AWS_144 (replication only)"],
  subjects: applicationNamespaces,
  check: (namespace, platform) => {
    const reason = notKnownYet(backupsOf(platform, namespace.region));
    if (reason !== undefined) return unknown(`Velero's values: ${reason}`);
    const away = schedulesFor(platform, namespace).filter(
      ({ location }) => location?.region !== undefined && location.region !== namespace.region,
    );
    if (away.length === 0)
      return fail({ expected: `a schedule that writes ${namespace.name} out of ${namespace.region}`, actual: "none" });
    return away.flatMap(({ name, location, movesSnapshotData }) => [
      holds(
        location?.readOnly === false,
        `${name} writes to its location`,
        location?.readOnly === false ? "ReadWrite" : "ReadOnly",
      ),
      holds(
        movesSnapshotData === true,
        `${name} moves the data of snapshots`,
        movesSnapshotData === true ? "moved" : "snapshots stay in their region",
      ),
      location?.bucket
        ? equals(location.region, location.bucket.region, `region of the bucket that ${name} writes to`)
        : unknown(`the bucket of ${name} is not among the stacks`),
    ]);
  },
  mutants: [
    remove("no Velero", veleroReleases),
    change("the location is read only", veleroReleases, set(`${elsewhere}.accessMode`, "ReadOnly")),
    change("snapshots stay", veleroReleases, inSchedules(set("template.snapshotMoveData", false))),
    change("a region that the bucket is not in", veleroReleases, set(`${elsewhere}.config.region`, "ap-south-1")),
    change("all to the own region", veleroReleases, inSchedules(set("template.storageLocation", "default"))),
  ],
  boundary: {
    holds: change("nothing to the own region", veleroReleases, inSchedules(set("disabled", true), storedAt("default"))),
    breaks: change(
      "nothing to the other region",
      veleroReleases,
      inSchedules(set("disabled", true), storedAt("other-region")),
    ),
  },
});
