import { asObject, type JsonObject } from "../../policy/json";
import type { Edit } from "../../policy/mutation";
import { releaseOf } from "../../policy-terms/targets";

export const veleroReleases = releaseOf("velero");

export {
  applicationNamespaces,
  backupsOf,
  covers,
  notKnownYet,
  schedulesFor,
} from "../../figures/recovery/backup-coverage";

/** Edits every schedule in the values of a Velero release that `where` chooses. */
export function inSchedules(edit: Edit, where: (schedule: JsonObject, name: string) => boolean = () => true): Edit {
  return (block) =>
    inValues(block, (values) => {
      for (const [name, schedule] of Object.entries(asObject(values["schedules"])))
        if (where(asObject(schedule), name)) edit(asObject(schedule));
    });
}

/** Calls every schedule in the values of a Velero release something else. */
export const renamedSchedules =
  (renamed: (name: string) => string): Edit =>
  (block) =>
    inValues(block, (values) => {
      values["schedules"] = Object.fromEntries(
        Object.entries(asObject(values["schedules"])).map(([name, schedule]) => [renamed(name), schedule]),
      );
    });

function inValues(block: JsonObject, edit: (values: JsonObject) => void): void {
  const [text] = Array.isArray(block["values"]) ? block["values"] : [];
  if (typeof text !== "string") throw new Error("the release has no values to edit");
  const values = JSON.parse(text) as JsonObject;
  edit(values);
  block["values"] = [JSON.stringify(values)];
}

/** Schedules whose template names that storage location. */
export const storedAt =
  (location: string) =>
  (schedule: JsonObject): boolean =>
    asObject(schedule["template"])["storageLocation"] === location;
