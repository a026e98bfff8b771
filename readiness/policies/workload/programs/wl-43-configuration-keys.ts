import { parseDocument } from "yaml";

import { type Json, objectOf } from "../../../inventory/json";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Platform } from "../../../inventory/platform";
import { contains } from "../../../policy/comparison";
import { change, changeRecords, manifest, set, unset, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, unknown, type Verdict } from "../../../policy/verdict";
import { renderedFor } from "../../../policy-terms/delivered-secrets";
import { flagsOf, recordedWorkloads, runningIn } from "../../../policy-terms/program";
import { CONTAINER, ofApplication } from "../../../policy-terms/targets";

const worker = ofApplication("storefront", "kubernetes_deployment_v1", "worker");
const rendered = manifest("ExternalSecret", ({ metadata }) => objectOf(metadata)["name"] === "worker-secrets");
const FILE = ["spec", "target", "template", "data", "worker.yaml"];
const written = (name: string, text: string): Mutation => change(name, rendered, set(FILE, text));
const recorded = (name: string, keys: readonly string[]): Mutation =>
  changeRecords(name, (records) => {
    const program = records.find(({ application }) => application === "storefront")?.programs["worker"];
    if (program)
      program.configuration = {
        flag: "--config",
        keys: Object.fromEntries(keys.map((key) => [key, "main.go:1"])),
      };
  });

/** Keys with their parents before them, such as `server.port`; a list is a value. */
const keysOf = (value: Json | undefined, parents: readonly string[] = []): string[] =>
  Object.entries(objectOf(value)).flatMap(([name, inner]) =>
    Object.keys(objectOf(inner)).length > 0 ? keysOf(inner, [...parents, name]) : [[...parents, name].join(".")],
  );

/** Workloads whose recorded program is given its configuration file. */
const configured = (platform: Platform): readonly Workload[] =>
  recordedWorkloads(platform).filter((workload) => {
    const running = runningIn(workload, platform);
    return (
      running?.program.configuration !== undefined && running.program.configuration.flag in flagsOf(running.container)
    );
  });

function judgeFile(path: string, known: readonly string[], workload: Workload, platform: Platform): Verdict[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const file = renderedFor(workload, platform).find((one) => one.kind === "file" && one.name === name);
  const field = `secretFiles.${name}`;
  if (file === undefined) return [fail({ expected: `a file at ${path}`, actual: "none that is rendered", field })];
  // In a quoted text an action of the template is text for YAML, too; elsewhere it decides what YAML there is.
  const document = parseDocument(file.template);
  if (document.errors.length > 0) return [unknown(`${name} is YAML only after its template was executed`)];
  return keysOf(document.toJS() as Json).map((key) =>
    contains(key, known, "keys that the program reads from its file", { field }),
  );
}

export default policy({
  id: "WL-43",
  severity: "error",
  proves: ["FL-26"],
  title: "The keys of a configuration file are ones that its program reads",
  because:
    "a program passes over a key that it does not know: the file looks right, and the default is in force, such as fewer workers, or callers that nothing checks",
  remedy:
    "use the keys that catalog/applications/<application>.json records under configuration; after a change of the program, record its new commit first",
  subjects: configured,
  check: (workload, platform) => {
    const running = runningIn(workload, platform);
    const configuration = running?.program.configuration;
    const path = running && configuration && flagsOf(running.container)[configuration.flag];
    return path === undefined ? [] : judgeFile(path, Object.keys(configuration?.keys ?? {}), workload, platform);
  },
  mutants: [
    written("a letter is missing", '{"tasks":{"batc":100}}'),
    written("a key at another place", '{"batch":100}'),
    written("a group for a value", '{"tasks":{"batch":{"size":100}}}'),
    change("no such file", rendered, unset(FILE)),
    change(
      "a file of another name",
      worker,
      set(`${CONTAINER}.args.0`, "--config=/var/run/secrets/application/tasks.yaml"),
    ),
    recorded("code that renamed its key", ["tasks.batchSize", "tasks.token"]),
  ],
  boundary: {
    holds: recorded("one key more in the code", ["tasks.batch", "tasks.token", "tasks.delay"]),
    breaks: written("one key more in the file", '{"tasks":{"batch":100,"delay":"1s"}}'),
  },
});
