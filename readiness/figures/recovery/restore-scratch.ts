import { type Json, type JsonObject, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { RestoreTest } from "./restore-tests";

/** A kind of workload, and what of its spec keeps it from running. */
const stopped: Readonly<Record<string, JsonObject>> = {
  "deployments.apps": { replicas: 0 },
  "statefulsets.apps": { replicas: 0 },
  "cronjobs.batch": { suspend: true },
};

/** Whether the resource modifiers of every tested namespace stop each kind of workload before it is made. */
export function isIdle(
  tests: readonly RestoreTest[],
  region: string | undefined,
  platform: Platform,
): readonly { readonly kind: string; readonly is: boolean }[] {
  const names = tests.flatMap(({ stores }) =>
    stores.filter(({ kind }) => kind === "namespace").map(({ modifiers }) => modifiers),
  );
  const rules = [...new Set(names)].map((name) => rulesOf(name, region, platform));
  return Object.entries(stopped).map(([kind, spec]) => ({
    kind,
    is: rules.length > 0 && rules.every((all) => all.some((rule) => stops(rule, kind, spec))),
  }));
}

function rulesOf(name: string | undefined, region: string | undefined, platform: Platform): readonly JsonObject[] {
  const found = platform.objects.find(
    (one) =>
      one.region === region &&
      one.object.kind === "ConfigMap" &&
      one.object.metadata.namespace === "velero" &&
      one.object.metadata.name === name,
  );
  const [text] = Object.values(objectOf(found?.object["data"]));
  return objectsOf(parsed(textOf(text))["resourceModifierRules"]);
}

/** Velero takes the rule for every object of the kind, and merges the whole spec. */
function stops(rule: JsonObject, kind: string, spec: JsonObject): boolean {
  const conditions = objectOf(rule["conditions"]);
  const everyOne = conditions["groupResource"] === kind && conditions["resourceNameRegex"] === ".*";
  const narrowed = ["namespaces", "labelSelector", "matches"].some((field) => conditions[field] !== undefined);
  const patches = objectsOf(rule["mergePatches"]).map((patch) => objectOf(parsed(textOf(patch["patchData"]))["spec"]));
  return (
    everyOne &&
    !narrowed &&
    patches.some((patch) => Object.entries(spec).every(([field, value]) => patch[field] === value))
  );
}

function parsed(text: string | undefined): JsonObject {
  try {
    return text === undefined ? {} : objectOf(JSON.parse(text) as Json);
  } catch {
    return {};
  }
}
