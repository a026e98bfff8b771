import { goSeconds } from "../../../../models/duration";
import { type Json, type JsonObject, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { below, contains, holds } from "../../../policy/comparison";
import { fail, type Verdict } from "../../../policy/verdict";

/** Annotation by which a workload is restarted when a Secret of that name changes. */
export const RESTART = "secret.reloader.stakater.com/reload";

export const specOf = ({ object }: PlacedObject): JsonObject => objectOf(object["spec"]);

/** Against rotations of `days`, the shortest of which counts. */
export function refreshed(external: PlacedObject, days: readonly number[]): Verdict[] {
  const written = textOf(specOf(external)["refreshInterval"]);
  const seconds = goSeconds(written);
  if (seconds === undefined || seconds === 0)
    return [fail({ expected: "refreshInterval of more than 0, such as 1h", actual: written ?? "nothing" })];
  return days.length === 0
    ? []
    : [below(Math.min(...days) * 24, seconds / 3600, "hours between refreshes, against the shortest rotation")];
}

/** Workloads that run on; a Job reads the values of its own time. */
export function consumersOf(external: PlacedObject, platform: Platform): readonly Workload[] {
  const secret = targetOf(external);
  return platform.workloads.filter(
    ({ kind, namespace, region, pod, containers }) =>
      kind !== "Job" &&
      kind !== "CronJob" &&
      region === external.region &&
      namespace === external.object.metadata.namespace &&
      (pod.volumes.some(({ kind: source, source: name }) => source === "secret" && name === secret) ||
        [...pod.initContainers, ...containers].some(({ environment, environmentFrom }) =>
          [...environment, ...environmentFrom].some((one) => one.secret === secret),
        )),
  );
}

const targetOf = (external: PlacedObject): string =>
  textOf(objectOf(specOf(external)["target"])["name"]) ?? external.object.metadata.name ?? "";

/** Something starts the pods of the workload again when the Secret has changed. */
export function restarted(workload: Workload, external: PlacedObject, platform: Platform): Verdict[] {
  const release = platform.releases.find(({ chart, region }) => chart === "reloader" && region === workload.region);
  const watched = objectOf(release?.values["reloader"])["namespaces"];
  const may = platform.objects.some(
    ({ region, object }) =>
      object.kind === "RoleBinding" &&
      region === workload.region &&
      object.metadata.namespace === workload.namespace &&
      objectsOf(object["subjects"]).some(
        (subject) => subject["name"] === "reloader-reloader" && subject["namespace"] === release?.namespace,
      ),
  );
  return [
    contains(
      targetOf(external),
      (workload.annotations[RESTART] ?? "").split(","),
      `secrets whose change restarts ${workload.label}`,
    ),
    holds(release !== undefined, `a release of reloader in ${workload.region}`, release?.label ?? "none"),
    contains(workload.namespace, textList(watched), "namespaces that reloader watches"),
    holds(may, `a role of ${workload.namespace} bound to reloader`, may ? "one" : "none"),
  ];
}

const textList = (value: Json | undefined): string[] =>
  Array.isArray(value) ? (value as readonly Json[]).flatMap((one) => textOf(one) ?? []) : [];
