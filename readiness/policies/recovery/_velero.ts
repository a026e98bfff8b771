import type { Platform } from "../../inventory/platform";
import type { BackupSchedule, BackupSystem, Namespace } from "../../inventory/views/kubernetes-types";
import { asObject, type JsonObject } from "../../policy/json";
import type { Edit } from "../../policy/mutation";
import { releaseOf } from "../targets";

export const veleroReleases = releaseOf("velero");

/** Namespaces of the applications: what the platform must not lose. */
export const applicationNamespaces = (platform: Platform): readonly Namespace[] => platform.namespaces.filter((namespace) =>
  platform.stacks.some((stack) => stack.name === namespace.stack && stack.layer === "application"));

export function covers(schedule: BackupSchedule, namespace: string): boolean {
  const { includedNamespaces, excludedNamespaces } = schedule;
  const included = includedNamespaces.length === 0 || includedNamespaces.includes("*") || includedNamespaces.includes(namespace);
  return !schedule.disabled && included && !excludedNamespaces.includes(namespace);
}

export const backupsOf = (platform: Platform, region: string): readonly BackupSystem[] => platform.backups.filter((system) => system.region === region);

/** Schedules of its region's Velero that back the namespace up. */
export const schedulesFor = (platform: Platform, namespace: Namespace): readonly BackupSchedule[] =>
  backupsOf(platform, namespace.region).flatMap((system) => system.schedules).filter((schedule) => covers(schedule, namespace.name));

/** Why what Velero does is not known before deployment. */
export const notKnownYet = (systems: readonly BackupSystem[]): string | undefined =>
  systems.flatMap(({ unknowns }) => unknowns).find(({ path }) => path.startsWith("values"))?.reason;

/** Edits every schedule in the values of a Velero release that `where` chooses. */
export function inSchedules(edit: Edit, where: (schedule: JsonObject, name: string) => boolean = () => true): Edit {
  return (block) => inValues(block, (values) => {
    for (const [name, schedule] of Object.entries(asObject(values["schedules"]))) if (where(asObject(schedule), name)) edit(asObject(schedule));
  });
}

function inValues(block: JsonObject, edit: (values: JsonObject) => void): void {
  const [text] = Array.isArray(block["values"]) ? block["values"] : [];
  if (typeof text !== "string") throw new Error("the release has no values to edit");
  const values = JSON.parse(text) as JsonObject;
  edit(values);
  block["values"] = [JSON.stringify(values)];
}

/** Schedules whose template names that storage location. */
export const storedAt = (location: string) => (schedule: JsonObject): boolean => asObject(schedule["template"])["storageLocation"] === location;
