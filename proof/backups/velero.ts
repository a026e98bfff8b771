import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { repositoryPasswordSecret } from "../../catalog/charts/velero/access";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../readiness/inventory/json";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";
import { objectsIn } from "../charts/charts";
import { awsEnvironment, type Emulator } from "../emulated-aws/emulators";
import type { Engines } from "../engine-builds/obtain";
import type { ControlPlane } from "../kubernetes/control-plane";
import { install } from "../kubernetes/definitions";
import type { KubernetesApi, KubernetesObject, Reference } from "../kubernetes/kubernetes-api";
import { lastWords, type Server, startServer } from "../run/processes";
import type { RunFolder } from "../run/run-folder";
import { configMaps } from "./volumes/velero-objects";

export const VELERO = repositoryPasswordSecret.namespace;
const API_VERSION = "velero.io/v1";

/** A bucket of the emulator for each region: the platform's own name is known after its deployment only. */
export const bucketOf = (region: string): string => `backups-${region}`;

export async function makeBucket({ url }: Emulator, region: string): Promise<void> {
  const answer = await fetch(`${url}/${bucketOf(region)}`, { method: "PUT" });
  if (!answer.ok) throw new Error(`the emulator makes no bucket ${bucketOf(region)}: ${answer.status}`);
}

/** The emulator asks whether a call is signed, and believes every signature. */
export const SIGNED =
  "AWS4-HMAC-SHA256 Credential=emulated/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=emulated";

/** An object of a bucket. @throws when it is not there */
export async function objectIn({ url }: Emulator, region: string, key: string): Promise<Buffer> {
  const answer = await fetch(`${url}/${bucketOf(region)}/${key}`, { headers: { authorization: SIGNED } });
  if (!answer.ok) throw new Error(`${bucketOf(region)} has no object ${key}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

export const veleroObject = (kind: string, name: string, spec: JsonObject): KubernetesObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, namespace: VELERO },
  spec,
});

export const veleroReference = (kind: string, name: string): Reference => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, namespace: VELERO },
});

/** Velero's own definitions, as its binary writes them. */
export async function installVelero(engines: Engines, api: KubernetesApi): Promise<void> {
  const { stdout, status, stderr } = spawnSync(
    engines["velero"] ?? "",
    ["install", "--crds-only", "--dry-run", "--output", "yaml"],
    { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error(`velero install --crds-only --dry-run ended with ${status}: ${stderr}`);
  await install(
    api,
    objectsIn(stdout).filter(({ kind }) => kind === "CustomResourceDefinition"),
  );
}

/** The locations of the release's values, with the emulator in the place of S3. */
export async function applyLocations(api: KubernetesApi, release: Release, { url }: Emulator): Promise<void> {
  const configuration = objectOf(release.values["configuration"]);
  for (const location of objectsOf(configuration["backupStorageLocation"])) {
    const region = textOf(objectOf(location["config"])["region"]) ?? "";
    await api.apply(
      veleroObject("BackupStorageLocation", textOf(location["name"]) ?? "", {
        provider: "aws",
        default: location["default"] === true,
        accessMode: textOf(location["accessMode"]) ?? "ReadWrite",
        objectStorage: { bucket: bucketOf(region), prefix: textOf(location["prefix"]) ?? "" },
        config: { region, s3Url: url, s3ForcePathStyle: "true", checksumAlgorithm: "" },
      }),
    );
  }
}

/**
 * Starts the real server with the plugin for S3; it works when its locations are available.
 *
 * Beside the metrics of its own it would serve controller-runtime's at port 8080 of every address, and no flag says
 * another: engines/families.json links it without, or the second server of the machine would not start.
 */
export async function startVelero(
  run: RunFolder,
  engines: Engines,
  plane: ControlPlane,
  emulator: Emulator,
): Promise<Server> {
  const plugins = join(run.path, "velero-plugins");
  mkdirSync(plugins);
  copyFileSync(engines["velero-plugin-for-aws"] ?? "", join(plugins, "velero-plugin-for-aws"));
  return startServer(run, {
    name: "velero",
    command: engines["velero"] ?? "",
    portCount: 2,
    arguments: ([metrics, profiler]) => [
      "server",
      `--kubeconfig=${plane.kubeconfig}`,
      `--namespace=${VELERO}`,
      `--plugin-dir=${plugins}`,
      `--metrics-address=127.0.0.1:${metrics}`,
      `--profiler-address=127.0.0.1:${profiler}`,
      // As the chart's values say.
      "--features=EnableCSI",
      "--default-snapshot-move-data",
      `--backup-repository-configmap=${configMaps.repository}`,
      `--repo-maintenance-job-configmap=${configMaps.maintenance}`,
      // As fast as the proof asks: nothing of what is proved depends on them.
      "--backup-sync-period=2s",
      "--store-validation-frequency=2s",
      "--item-operation-sync-frequency=1s",
      "--garbage-collection-frequency=5s",
      "--client-qps=200",
      "--client-burst=400",
    ],
    environment: () => ({
      ...awsEnvironment(emulator),
      HOME: run.path,
      TMPDIR: run.path,
      // Looks for a snapshot's handle each second at first, not each five.
      CSI_SNAPSHOT_EARLY_FREQUENT_POLLING: "true",
    }),
    ready: async ([metrics]) => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).ok,
  });
}

export const phaseOf = (object: KubernetesObject): string => textOf(objectOf(object["status"])["phase"]) ?? "New";

const ENDED = ["Completed", "PartiallyFailed", "Failed", "FailedValidation"];

/** A Backup or Restore when it has ended, however it did. */
export const ended = (api: KubernetesApi, object: KubernetesObject): Promise<KubernetesObject> =>
  api.waitFor(object, "an end", (one) => ENDED.includes(phaseOf(one)), 180);

/** Creates a Backup or Restore and waits for its end. @throws with Velero's words unless it completes without an error */
export async function completed(
  api: KubernetesApi,
  object: KubernetesObject,
  server: Server,
): Promise<KubernetesObject> {
  await api.create(object);
  const last = await ended(api, object);
  if (phaseOf(last) !== "Completed")
    throw new Error(
      `${object.kind} ${object.metadata.name}: ${JSON.stringify(last["status"])}; ${await movements(api)}; Velero said:\n${lastWords(server.log, 40)}`,
    );
  return last;
}

/** What data movement says of itself. */
async function movements(api: KubernetesApi): Promise<string> {
  const all = await Promise.all(
    ["DataUpload", "DataDownload"].map((kind) => api.list("velero.io/v2alpha1", kind, VELERO)),
  );
  return all
    .flat()
    .map((one) => `${one.kind} ${one.metadata.name}: ${JSON.stringify(one["status"])}`)
    .join("\n");
}
