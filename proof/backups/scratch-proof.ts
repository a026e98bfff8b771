import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { absentKinds, restoredKinds, restoreTestNames } from "../../catalog/kubernetes/restored-kinds";
import { type RestoreTest, restoreTests } from "../../readiness/figures/recovery/restore-tests";
import type { Json, JsonObject } from "../../readiness/inventory/json";
import { objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { Emulator } from "../emulated-aws/emulators";
import type { ControlPlane } from "../kubernetes/control-plane";
import type { RegionContent } from "../kubernetes/region-content";
import type { Ledger } from "../run/ledger";
import { objectIn, VELERO } from "./velero";
import type { DataMovement } from "./volumes/data-movement";
import type { Tree } from "./volumes/file-trees";
import { countVolumes, type Trees, volumeProblems } from "./volumes/volume-proof";

/** The functions as they are deployed, beside this file's folder in the output of the build. */
const FUNCTIONS = join(__dirname, "../../constructs/aws/functions");
const ENDED = ["Completed", "PartiallyFailed", "Failed", "FailedValidation"];
const SECONDS = 120;

interface Started {
  readonly backup: string;
  readonly point: string;
}
interface Steps {
  sweep(all: readonly object[], world: object): Promise<{ readonly deleted: readonly string[] }>;
  restore(one: object, world: object): Promise<Started>;
  progress(one: object, started: object, world: object): Promise<{ readonly phase: string; readonly done: boolean }>;
  check(one: object, started: object, world: object): Promise<Checked>;
  remove(one: object, world: object): Promise<object>;
}
interface Checked {
  readonly counts: Readonly<Record<string, number>>;
  readonly veleroSeconds: number;
}
type Call = (method: string, path: string, body?: object) => Promise<JsonObject>;

/** Input of a region's function for each namespace, as its state machine passes it. */
function tested(content: RegionContent): readonly JsonObject[] {
  const test = restoreTests(content.platform).find(
    (one): one is RestoreTest => one.region === content.region && one.stores.some(({ kind }) => kind === "namespace"),
  );
  const definition = objectOf(JSON.parse(test?.machine.expanded("definition") ?? "{}") as Json);
  return Object.values(objectOf(definition["States"]))
    .flatMap((state) => objectsOf(objectOf(state)["Result"]))
    .map((item) => objectOf(item["store"]));
}

/** What moves the region's volumes, if anything does, and what each backup holds of them. */
interface Volumes {
  readonly movement: DataMovement | undefined;
  readonly taken: readonly { readonly name: string; readonly trees: Trees }[];
}

/** The function of the weekly restore, with its own rights, on the real API server and the real Velero of a region. */
export async function proveScratch(
  ledger: Ledger,
  plane: ControlPlane,
  emulator: Emulator,
  content: RegionContent,
  volumes: Volumes,
): Promise<void> {
  const steps = (await import(pathToFileURL(join(FUNCTIONS, "namespace-restore/index.mjs")).href)) as Steps;
  const { apiOf } = (await import(pathToFileURL(join(FUNCTIONS, "shared/kubernetes.mjs")).href)) as {
    apiOf(settings: object): Call;
  };
  const { url, certificateAuthority, token } = plane.restoreTest;
  const call = apiOf({ endpoint: url, certificateAuthority, token });
  const world = {
    call,
    now: () => Date.now(),
    sleep: (seconds: number) => sleep(seconds * 100),
    kinds: { restored: restoredKinds, absent: absentKinds },
    resourceList: async ({ prefix }: { readonly prefix: string }, backup: string) =>
      JSON.parse(
        gunzipSync(
          await objectIn(emulator, content.region, `${prefix}/backups/${backup}/${backup}-resource-list.json.gz`),
        ).toString(),
      ) as object,
  };
  const all = tested(content);
  await steps.sweep(all, world);
  for (const one of all) {
    const name = `${content.region}: restore test of ${textOf(one["name"]) ?? ""}`;
    try {
      await proveOne({ ledger, steps, world, volumes }, one, name);
    } catch (error) {
      ledger.failed(name, error instanceof Error ? error.message : String(error));
      await steps.remove(one, world);
    }
  }
  await proveRefusals(ledger, call, content.region, textOf(all[0]?.["namespace"]) ?? "");
}

interface Proof {
  readonly ledger: Ledger;
  readonly steps: Steps;
  readonly world: object;
  readonly volumes: Volumes;
}

async function proveOne({ ledger, steps, world, volumes }: Proof, one: JsonObject, name: string): Promise<void> {
  const began = performance.now();
  const started = await steps.restore(one, world);
  const end = performance.now() + SECONDS * 1000;
  const finished = ({ phase, done }: { readonly phase: string; readonly done: boolean }): boolean =>
    volumes.movement === undefined ? ENDED.includes(phase) : done;
  for (;;) {
    const state = await steps.progress(one, { ...started, startedAt: new Date().toISOString() }, world);
    if (finished(state)) break;
    if (performance.now() > end) throw new Error(`Velero has not ended within ${SECONDS} s: ${state.phase}`);
    await sleep(500);
  }
  const restored = { ...started, restoreSeconds: Math.round((performance.now() - began) / 1000) };
  const problems = await problemsOf(() => steps.check(one, restored, world), ledger, name);
  const differing = await differingFiles(ledger, volumes, started.backup, textOf(one["scratch"]) ?? "");
  await steps.remove(one, world);
  // Where no node agent fills a volume and no kubelet mounts one, that the test says so is what can be shown.
  const aboutVolumes = problems.filter(
    (problem) => volumes.movement === undefined && /^(not filled|not mounted|not bound): /.test(problem),
  );
  const others = [...problems.filter((problem) => !aboutVolumes.includes(problem)), ...differing];
  if (others.length > 0) throw new Error(others.join("; "));
  ledger.proved("namespaces restored into the scratch, compared and deleted");
  if (aboutVolumes.length > 0)
    ledger.cannot(`${name}: the data of its volumes`, "the kinds of snapshots are not at hand", {
      detail: `the test itself refuses: ${aboutVolumes.join("; ")}`,
    });
}

/** The volumes of the scratch, compared with what the backup holds of them. */
async function differingFiles(
  ledger: Ledger,
  { movement, taken }: Volumes,
  backup: string,
  scratch: string,
): Promise<readonly string[]> {
  const found = (await movement?.trees([scratch])) ?? new Map<string, Tree>();
  if (found.size === 0) return [];
  const trees = taken.find(({ name }) => name === backup)?.trees;
  if (trees === undefined) return [`the backup ${backup} is none of this proof`];
  const problems = volumeProblems(trees, found);
  if (problems.length === 0) countVolumes(ledger, trees, "restored into the scratch and equal");
  return problems;
}

async function problemsOf(check: () => Promise<Checked>, ledger: Ledger, name: string): Promise<readonly string[]> {
  try {
    const { counts, veleroSeconds } = await check();
    const objects = Object.values(counts).reduce((sum, count) => sum + count, 0);
    ledger.note(`${name}: ${objects} objects, ${veleroSeconds} s of Velero`);
    return [];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return words.replace(/^[\w-]+: /, "").split("; ");
  }
}

/** What the function may not do: the guard and RBAC of the API server refuse it. */
async function proveRefusals(ledger: Ledger, call: Call, region: string, application: string): Promise<void> {
  const restores = `/apis/velero.io/v1/namespaces/${VELERO}/restores`;
  const { scratch, guard } = restoreTestNames;
  const spec = {
    backupName: "any",
    includedNamespaces: [application],
    namespaceMapping: { [application]: scratch },
    includedResources: ["configmaps"],
    resourceModifier: { kind: "ConfigMap", name: guard },
  };
  const restore = (more: object): object => ({
    apiVersion: "velero.io/v1",
    kind: "Restore",
    metadata: { name: "refused", namespace: VELERO },
    spec: { ...spec, ...more },
  });
  // JSON leaves out what is undefined.
  const unmapped = { namespaceMapping: undefined };
  const running = { resourceModifier: undefined };
  const tried: readonly (readonly [what: string, expected: RegExp, () => Promise<unknown>])[] = [
    [
      "into the application",
      /into restore-test only/,
      () => call("POST", restores, restore({ namespaceMapping: { [application]: application } })),
    ],
    ["without a mapping", /into restore-test only/, () => call("POST", restores, restore(unmapped))],
    [
      "of another namespace too",
      /maps it/,
      () => call("POST", restores, restore({ includedNamespaces: [application, "kube-system"] })),
    ],
    ["of pods", /restores only/, () => call("POST", restores, restore({ includedResources: ["pods"] }))],
    ["of every kind", /restores only/, () => call("POST", restores, restore({ includedResources: ["*"] }))],
    ["that runs workloads", /keeps workloads idle/, () => call("POST", restores, restore(running))],
    [
      "that changes what is there",
      /changes no object/,
      () => call("POST", restores, restore({ existingResourcePolicy: "update" })),
    ],
    ["a deletion in the application", /403/, () => call("DELETE", `/api/v1/namespaces/${application}/configmaps/any`)],
    ["a deletion of another Restore", /403/, () => call("DELETE", `${restores}/of-an-operator`)],
    ["a deletion of a backup", /403/, () => call("DELETE", `/apis/velero.io/v1/namespaces/${VELERO}/backups/any`)],
    ["passwords of the scratch", /403/, () => call("GET", `/api/v1/namespaces/${scratch}/secrets`)],
  ];
  for (const [what, expected, attempt] of tried) {
    const words = await attempt().then(
      () => "it is allowed",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (expected.test(words)) ledger.proved("attempts of the restore test refused");
    else ledger.failed(`${region}: the restore test tries ${what}, and is to be refused`, words);
  }
}
