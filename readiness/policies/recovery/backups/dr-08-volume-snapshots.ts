import { objectOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { StorageClass } from "../../../inventory/facts/kubernetes/storage-classes";
import { equals, holds } from "../../../policy/comparison";
import { add, change, manifest, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { backupsOf, inSchedules, notKnownYet, veleroReleases } from "../_velero";

/** By it Velero finds the class of a driver. Source: Velero 1.18, CSI support, "Choosing VolumeSnapshotClass". */
const VELERO_LABEL = "velero.io/csi-volumesnapshot-class";
const snapshots = manifest("VolumeSnapshotClass");
const controller = resource("aws_eks_addon", (block) => block["addon_name"] === "snapshot-controller");

export default policy({
  id: "DR-08",
  severity: "error",
  proves: ["FL-21", "FF-17"],
  title: "Each volume driver has a snapshot class, and backups move the data out",
  because:
    "without a class Velero skips the volume and the backup still completes; a snapshot that is not moved is lost with its region",
  remedy:
    "keep the VolumeSnapshotClass of the ServicesStack for each driver, the snapshot-controller add-on, and snapshotMoveData with the node agent in Velero",
  subjects: (platform) => platform.storageClasses,
  check: (storage, platform) => [...snapshotClass(storage, platform), ...moved(storage, platform)],
  mutants: [
    change("no class for the driver", snapshots, set("driver", "efs.csi.aws.com")),
    change("a class that Velero does not find", snapshots, unset("metadata.labels")),
    change("snapshots that stay behind", snapshots, set("deletionPolicy", "Retain")),
    remove("no snapshot controller", controller),
    change("no CSI in Velero", veleroReleases, set("values.0.configuration.features", "")),
    change("not moved", veleroReleases, inSchedules(set("template.snapshotMoveData", false))),
    change("no volumes", veleroReleases, inSchedules(set("template.snapshotVolumes", false))),
    change("no agent that moves", veleroReleases, set("values.0.deployNodeAgent", false)),
    add("a second driver", /^platform-/, "kubernetes_storage_class_v1", "shared", {
      metadata: { name: "shared" },
      storage_provisioner: "efs.csi.aws.com",
    }),
  ],
  boundary: {
    holds: change("a class of another name", snapshots, set("metadata.name", "volumes")),
    breaks: change("the label says false", snapshots, set(["metadata", "labels", VELERO_LABEL], "false")),
  },
});

function snapshotClass({ provisioner, region }: StorageClass, platform: Platform): Verdict[] {
  const classes = platform.objects.filter(
    (one) => one.region === region && one.object.kind === "VolumeSnapshotClass" && one.object["driver"] === provisioner,
  );
  const [found] = classes;
  const driver = provisioner ?? "its driver";
  if (found === undefined)
    return [fail({ expected: `a VolumeSnapshotClass of ${driver} in ${region ?? "the region"}`, actual: "none" })];
  const chosen = classes.filter(({ object }) => object.metadata.labels?.[VELERO_LABEL] === "true");
  return [
    equals(1, chosen.length, `classes of ${driver} that Velero chooses by the label ${VELERO_LABEL}`),
    equals(
      "Delete",
      textOf(found.object["deletionPolicy"]) ?? "not set",
      "deletionPolicy: moved snapshots are deleted",
    ),
    holds(
      platform.addOns.some(({ name, resource: one }) => name === "snapshot-controller" && one.region === region),
      "the snapshot-controller add-on",
      "none",
    ),
  ];
}

function moved({ region }: StorageClass, platform: Platform): Verdict[] {
  const systems = backupsOf(platform, region ?? "");
  const reason = notKnownYet(systems);
  if (reason !== undefined) return [unknown(`Velero's values: ${reason}`)];
  const schedules = systems.flatMap(({ schedules: all }) => all).filter(({ disabled }) => !disabled);
  const features = systems.map(({ resource: one }) =>
    textOf(
      objectOf(platform.releases.find((release) => release.resource === one)?.values["configuration"])["features"],
    ),
  );
  const unmoved = schedules.filter(({ movesSnapshotData }) => movesSnapshotData !== true);
  return [
    holds(
      systems.length > 0 && features.every((text) => text?.split(",").includes("EnableCSI") === true),
      "Velero takes CSI snapshots (configuration.features: EnableCSI)",
      features.join(", ") || "no Velero",
    ),
    holds(
      schedules.length > 0 && unmoved.length === 0,
      "every schedule snapshots volumes and moves their data",
      unmoved.map(({ name }) => name).join(", ") || "no schedule",
    ),
    holds(
      systems.every(({ usesNodeAgent }) => usesNodeAgent),
      "the node agent that moves it (deployNodeAgent)",
      "none",
    ),
  ];
}
