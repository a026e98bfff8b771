import { tag } from "../../../../contract";
import { asObject } from "../../../policy/json";
import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { change, manifest, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { deployments, releaseOf } from "../../../policy-terms/targets";
import { consumersOf, refreshed, RESTART, restarted, specOf } from "./_external-secrets";

/** Origins whose value stays as it is. */
const kept = ["identifier", "permanent"];
const ofApplications = manifest("ExternalSecret", (object) => asObject(object["metadata"])["namespace"] !== "velero");

export default policy({
  id: "SC-15",
  severity: "error",
  proves: ["FG-12", "FG-22", "FL-23"],
  title: "A rotated secret reaches its pods before the next rotation",
  because: "a rotated secret that pods do not read locks them out, or leaves them with the value that was to disappear",
  remedy:
    "refresh the ExternalSecret more often than its secrets are rotated, and let Reloader restart every workload that uses it",
  subjects: (platform): readonly PlacedObject[] =>
    platform.objects.filter(({ object }) => object.kind === "ExternalSecret"),
  check: (external, platform) => {
    const names = objectsOf(specOf(external)["data"]).map(
      (entry) => textOf(objectOf(entry["remoteRef"])["key"]) ?? "nothing",
    );
    const changing = platform.secrets.filter(
      ({ name, tags }) => name !== undefined && names.includes(name) && !kept.includes(tags[tag.secretOrigin] ?? ""),
    );
    if (changing.length === 0) return notApplicable("none of its values is ever replaced");
    const days = changing.flatMap(({ tags }) =>
      tags[tag.rotationDays] === undefined ? [] : [Number(tags[tag.rotationDays])],
    );
    return [
      ...refreshed(external, days),
      ...consumersOf(external, platform).flatMap((workload) => restarted(workload, external, platform)),
    ];
  },
  mutants: [
    change("read once", ofApplications, set("spec.refreshInterval", "0")),
    change("read every 31 days", ofApplications, set("spec.refreshInterval", "744h")),
    change("whenever the operator likes", ofApplications, unset("spec.refreshInterval")),
    change("pods keep the old value", deployments, unset(["metadata", "annotations", RESTART])),
    change("restarted for another secret", deployments, set(["metadata", "annotations", RESTART], "other-secrets")),
    remove("no controller restarts", releaseOf("reloader")),
    change("another namespace is watched", releaseOf("reloader"), set("values.0.reloader.namespaces", ["orders"])),
    remove(
      "the right to restart is missing",
      resource("kubernetes_role_binding_v1", (block) => JSON.stringify(block).includes('"reloader-reloader"')),
    ),
  ],
  boundary: {
    holds: change(
      "a second less than the shortest rotation",
      ofApplications,
      set("spec.refreshInterval", "719h59m59s"),
    ),
    breaks: change("as long as the shortest rotation", ofApplications, set("spec.refreshInterval", "720h")),
  },
});
