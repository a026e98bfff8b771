import { platformCharts } from "../../../../catalog/charts";
import { isObject, type Json, type JsonObject, objectsOf, textOf } from "../../../inventory/json";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { change, type Mutation, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { resource } from "../../../policy/target";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { deployments, ownWorkloads } from "../_own";
import { releaseOf } from "../../../policy-terms/targets";

/** Lists of init containers in a chart's values, by path. */
function listsIn(values: JsonObject, at: readonly string[] = []): readonly (readonly [string, Json])[] {
  return Object.entries(values).flatMap(([name, value]): readonly (readonly [string, Json])[] => {
    if (value === undefined) return [];
    const path = [...at, name];
    if (/initcontainers?$/i.test(name)) return [[path.join("."), value]];
    return isObject(value) ? listsIn(value, path) : [];
  });
}

/** What runs, without the image: its registry is the environment's, and SU-01 to SU-03 judge it. */
const runs = (container: JsonObject): string =>
  JSON.stringify(
    Object.entries(container)
      .filter(([name]) => name !== "image")
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

function judgeRelease(release: Release): Verdict[] {
  const own = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  if (!own) return [unknown(`which init containers ${release.label} runs: its chart is not in the catalogue`)];
  const recorded = new Set(
    listsIn(own.exampleValues() as JsonObject).flatMap(([path, list]) =>
      objectsOf(list).map((one) => path + runs(one)),
    ),
  );
  return listsIn(release.values).flatMap(([path, list]) =>
    objectsOf(list)
      .filter((one) => !recorded.has(path + runs(one)))
      .map((one) => refused(`${release.label} in ${release.region ?? ""}`, textOf(one["name"]), path)),
  );
}

const judgeWorkload = ({ label, region, pod }: Workload): Verdict[] =>
  pod.initContainers.map(({ name }) => refused(`${label} in ${region}`, name, "initContainers"));

const refused = (subject: string, name: string | undefined, path: string): Verdict =>
  fail({
    expected: "no init container that nothing declares",
    actual: `${path}: ${name ?? "without a name"}`,
    message: `${subject} has init container ${name ?? "without a name"} (${path}): no container of its pods starts before this one ends, and no declaration says that it does`,
  });

const WAITS = { name: "wait", image: "busybox", command: ["sleep", "infinity"] };
const added = (name: string, target: Parameters<typeof change>[1]): Mutation =>
  change(name, target, set("spec.template.spec.init_container", [WAITS]));
const velero = releaseOf("velero");

export default policy({
  id: "WL-46",
  severity: "error",
  title: "Pods have only the init containers that a chart of the catalogue records",
  because:
    "the pod waits for each of them before its first container: one that does not end stops every rollout, and after a lost node the pods that should replace the others, too; its time is in no boot budget",
  remedy:
    "take the init container away: waiting belongs into the program's start, work before a release into a migration or seed job; for a chart record the values first",
  proves: [],
  beyond: "the reports name programs, and no step that each pod takes before them",
  subjects: (platform): readonly (Workload | Release)[] => [
    ...ownWorkloads(platform),
    ...platform.releases.filter(({ rendered }) => !rendered),
  ],
  check: (item): Verdict | readonly Verdict[] => {
    const found = "pod" in item ? judgeWorkload(item) : judgeRelease(item);
    return found.length === 0 ? pass("none beside the recorded ones") : found;
  },
  mutants: [
    added("one that sleeps", deployments),
    added(
      "one in the secondary",
      resource("kubernetes_deployment_v1", (_, __, stack) => stack === "ledger-eu-west-1"),
    ),
    added("one of a StatefulSet", resource("kubernetes_stateful_set_v1")),
    added("one of a job", resource("kubernetes_job_v1")),
    change("a recorded one with another command", velero, set("values.0.initContainers.0.command", WAITS.command)),
    change("a second one of a chart", velero, set("values.0.initContainers.1", WAITS)),
    change("one of a chart that has none", releaseOf("keda"), set("values.0.extraInitContainers", [WAITS])),
  ],
  boundary: {
    holds: change(
      "the recorded one from another mirror",
      velero,
      set("values.0.initContainers.0.image", "mirror.example.com/velero/velero-plugin-for-aws:v1.14.2"),
    ),
    breaks: change("the recorded one by another name", velero, set("values.0.initContainers.0.name", "plugin")),
  },
});
