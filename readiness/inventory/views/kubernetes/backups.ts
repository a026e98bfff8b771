import { goSeconds } from "../../../../models/duration";
import { type JsonObject, flagOf, isObject, objectOf, objectsOf, textOf, textsOf, type Json } from "../../json";
import type { Resource } from "../../resource";
import type { State } from "../../state";
import type { BackupLocation, BackupSchedule, BackupSystem } from "../../facts/kubernetes/backups";
import type { Release } from "../../facts/kubernetes/releases";

/** Velero releases and what their values make them do. */
export function backupsOf(state: State, releases: readonly Release[]): readonly BackupSystem[] {
  return releases
    .filter((release) => release.chart?.endsWith("velero"))
    .map((release) => {
      const configuration = objectOf(release.values["configuration"]);
      const locations = listOrMap(configuration["backupStorageLocation"]).map((location) =>
        locationOf(location, release, state),
      );
      const movesByDefault = flagOf(configuration["defaultSnapshotMoveData"]) === true;
      return {
        stack: release.stack,
        address: release.address,
        constructPath: release.constructPath,
        label: `Velero ${release.region ?? ""}`.trim(),
        resource: release.resource,
        unknowns: release.valuesUnknown ? [...release.unknowns, release.valuesUnknown] : release.unknowns,
        region: release.region,
        locations,
        usesNodeAgent: release.values["deployNodeAgent"] === true,
        movesSnapshotData: movesByDefault,
        schedules: Object.entries(objectOf(release.values["schedules"])).map(([name, schedule]) =>
          scheduleOf(name, objectOf(schedule), locations, movesByDefault),
        ),
      };
    });
}

function listOrMap(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value)
    ? objectsOf(value)
    : isObject(value) && value["name"] === undefined
      ? Object.values(value).filter(isObject)
      : objectsOf(value);
}

function locationOf(location: JsonObject, release: Release, state: State): BackupLocation {
  const bucketName = textOf(location["bucket"]);
  const bucket = bucketName === undefined ? undefined : bucketOf(bucketName, release, state);
  return {
    name: textOf(location["name"]) ?? "default",
    isDefault: location["default"] === true,
    readOnly: location["accessMode"] === "ReadOnly",
    provider: textOf(location["provider"]),
    bucketName,
    prefix: textOf(location["prefix"]),
    bucket,
    region: textOf(objectOf(location["config"])["region"]) ?? bucket?.region,
  };
}

/** The bucket by its reference, or by its literal name. */
function bucketOf(name: string, release: Release, state: State): Resource | undefined {
  const buckets = state.ofType("aws_s3_bucket");
  const [, address] = /^\$\{(aws_s3_bucket\.[\w-]+)\./.exec(name) ?? [];
  if (address === undefined) return buckets.find((bucket) => bucket.text("bucket") === name);
  const mentioned = state.dependencies(release.resource).filter((one) => one.address === address);
  return mentioned.length === 1 ? mentioned[0] : undefined;
}

/** Fields of a backup that leave objects of an included namespace out (velero.io/v1 BackupSpec, read 2026-11-28). */
const selecting = [
  "labelSelector",
  "orLabelSelectors",
  "includedResources",
  "excludedResources",
  "includedNamespaceScopedResources",
  "excludedNamespaceScopedResources",
] as const;

/** A selector, or a list of resources that is not all of them. */
const narrows = (value: Json | undefined): boolean =>
  Array.isArray(value)
    ? value.length > 0 && !textsOf(value).includes("*")
    : isObject(value) && Object.keys(value).length > 0;

function scheduleOf(
  name: string,
  schedule: JsonObject,
  locations: readonly BackupLocation[],
  movesByDefault: boolean,
): BackupSchedule {
  const template = objectOf(schedule["template"]);
  const named = textOf(template["storageLocation"]);
  const ttl = goSeconds(textOf(template["ttl"]));
  const location =
    named === undefined
      ? (locations.find((one) => one.isDefault) ?? locations.find((one) => one.name === "default"))
      : locations.find((one) => one.name === named);
  return {
    name,
    cron: textOf(schedule["schedule"]),
    // A paused Schedule object is there and starts nothing, as a disabled one is not there at all.
    disabled: flagOf(schedule["disabled"]) === true || flagOf(schedule["paused"]) === true,
    selects: selecting.filter((field) => narrows(template[field])),
    includedNamespaces: textsOf(template["includedNamespaces"]),
    excludedNamespaces: textsOf(template["excludedNamespaces"]),
    ttlHours: ttl === undefined ? undefined : ttl / 3600,
    location,
    locationName: named ?? location?.name ?? "default",
    movesSnapshotData:
      flagOf(template["snapshotVolumes"]) !== false && (flagOf(template["snapshotMoveData"]) ?? movesByDefault),
  };
}
