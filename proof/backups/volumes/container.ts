import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, linkSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../../readiness/inventory/json";
import type { KubernetesObject } from "../../kubernetes/kubernetes-api";
import { onPath, ToolMissing } from "../../engine-builds/obtain";
import { identify, type ProcessIdentity } from "../../run/process-identity";
import type { RunFolder } from "../../run/run-folder";
import type { VolumeFolders } from "./volume-folders";

const ACCOUNT = "var/run/secrets/kubernetes.io/serviceaccount";
/** What the kubelet keeps of a message (kubernetes.io, "Determine the Reason for Pod Failure", read 2026-11-29). */
const MESSAGE_BYTES = 4096;

/** What a container of a pod has from its node. */
export interface Surroundings {
  /** Velero's binary, on the same file system as the run's folder. */
  readonly velero: string;
  readonly folders: VolumeFolders;
  /** Volume handle by the name of a claim in the pod's namespace. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Files of the pod's service account. */
  readonly account: Readonly<Record<"token" | "ca.crt" | "namespace", string>>;
  /** What the node and the admission webhook of the Pod Identity agent add. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly exitCode: number;
  readonly message: string;
}

/** Environment of a container: values, and fields of its pod. @throws on another kind of source */
export function environmentOf(container: JsonObject, pod: KubernetesObject): Record<string, string> {
  const fields: Readonly<Record<string, string | undefined>> = {
    "spec.nodeName": textOf(objectOf(pod["spec"])["nodeName"]),
    "metadata.namespace": pod.metadata.namespace,
    "metadata.name": pod.metadata.name,
  };
  return Object.fromEntries(
    objectsOf(container["env"]).map((variable): [string, string] => {
      const name = textOf(variable["name"]) ?? "";
      const path = textOf(objectOf(objectOf(variable["valueFrom"])["fieldRef"])["fieldPath"]);
      const value = variable["valueFrom"] === undefined ? (textOf(variable["value"]) ?? "") : fields[path ?? ""];
      if (value === undefined) throw new Error(`${pod.metadata.name}: no value here for the variable ${name}`);
      return [name, value];
    }),
  );
}

/** Claims that a pod mounts, by the name of its volume. */
export const claimsOf = (pod: KubernetesObject): ReadonlyMap<string, string> =>
  new Map(
    objectsOf(objectOf(pod["spec"])["volumes"]).flatMap((volume): [string, string][] => {
      const claim = textOf(objectOf(volume["persistentVolumeClaim"])["claimName"]);
      return claim === undefined ? [] : [[textOf(volume["name"]) ?? "", claim]];
    }),
  );

/** The command that gives a process a root folder of its own; without root's rights in a user namespace. @throws ToolMissing */
export function rootChanger(): readonly string[] {
  const unshare = onPath("unshare");
  if (unshare === undefined)
    throw new ToolMissing("unshare", "no container's root folder can be given", "install util-linux 2.34 or newer");
  return [unshare, ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];
}

/** The container of a pod as a process of this machine: its own command, arguments and environment, in a root folder of its own. */
export class Container {
  private constructor(
    private readonly root: string,
    private readonly child: ChildProcess,
    readonly identity: ProcessIdentity,
    readonly log: string,
    private readonly unmount: () => void,
  ) {}

  static async start(run: RunFolder, pod: KubernetesObject, from: Surroundings): Promise<Container> {
    const [container = {}] = objectsOf(objectOf(pod["spec"])["containers"]);
    const root = join(run.path, "pods", pod.metadata.uid ?? pod.metadata.name);
    const unmount = furnish(root, container, pod, from);
    const log = `${root}.log`;
    const output = openSync(log, "a");
    const words = [...textsOf(container["command"]), ...textsOf(container["args"])];
    const [changer = "", ...options] = rootChanger();
    const child = spawn(changer, [...options, `--root=${root}`, "--wd=/", "--", ...words], {
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...from.environment, ...environmentOf(container, pod) },
    });
    closeSync(output);
    const pid = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => resolve(child.pid ?? 0));
    });
    child.unref();
    const identity = identify(pid);
    run.remember(`pod-${pod.metadata.name}`, identity);
    return new Container(root, child, identity, log, unmount);
  }

  /** Waits for the process, and gives its volumes back. */
  async ended(): Promise<Ended> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null)
      await new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.unmount();
    const message = join(this.root, "dev/termination-log");
    return {
      exitCode: child.exitCode ?? 137,
      message: existsSync(message) ? readFileSync(message).subarray(0, MESSAGE_BYTES).toString() : "",
    };
  }
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** The image's one binary, the folders that every container has, the service account's files, and the mounts. @returns how to unmount */
function furnish(root: string, container: JsonObject, pod: KubernetesObject, from: Surroundings): () => void {
  for (const folder of ["dev", "tmp", ACCOUNT]) mkdirSync(join(root, folder), { recursive: true });
  linkSync(from.velero, join(root, "velero"));
  for (const [name, text] of Object.entries(from.account)) writeFileSync(join(root, ACCOUNT, name), text);
  const claims = claimsOf(pod);
  const mounted: string[] = [];
  for (const mount of objectsOf(container["volumeMounts"])) {
    const at = join(root, textOf(mount["mountPath"]) ?? "");
    const claim = claims.get(textOf(mount["name"]) ?? "");
    const volume = claim === undefined ? undefined : from.volumes.get(claim);
    if (volume === undefined) mkdirSync(at, { recursive: true });
    else {
      mkdirSync(dirname(at), { recursive: true });
      from.folders.mount(volume, at);
      mounted.push(volume);
    }
  }
  return () => mounted.forEach((volume) => from.folders.unmount(volume));
}
