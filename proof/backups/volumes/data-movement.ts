import { constants, copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../../readiness/inventory/facts/kubernetes/releases";
import { objectOf, textOf } from "../../../readiness/inventory/json";
import { awsEnvironment, type Emulator } from "../../emulated-aws/emulators";
import type { Engines } from "../../engine-builds/obtain";
import type { ControlPlane } from "../../kubernetes/control-plane";
import { definitionsFor, definitionsInFolder, install } from "../../kubernetes/definitions";
import type { KubernetesApi } from "../../kubernetes/kubernetes-api";
import type { Ledger } from "../../run/ledger";
import type { RunFolder } from "../../run/run-folder";
import { CsiDriver, reference, SNAPSHOTS, volumeOf } from "./csi-driver";
import { type Tree, treeOf } from "./file-trees";
import { Looks } from "./looks";
import { NodeAgents } from "./node-agents";
import { Nodes } from "./nodes";
import { dataMovementObjects, repositoryPassword } from "./velero-objects";
import { VolumeFolders } from "./volume-folders";

const KINDS = ["VolumeSnapshot", "VolumeSnapshotContent"].map((kind) => `${SNAPSHOTS} ${kind}`);

/** Nothing of this machine's own environment reaches a container: only the emulator's account. */
const injected = (emulator: Emulator): NodeJS.ProcessEnv => {
  const all = awsEnvironment(emulator);
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL"];
  return { AWS_EC2_METADATA_DISABLED: "true", ...Object.fromEntries(names.map((name) => [name, all[name]])) };
};

/** A claim and its volume; its files are in `folder`. */
export interface ClaimedVolume {
  readonly namespace: string;
  readonly claim: string;
  readonly folder: string;
}

interface Started {
  readonly run: RunFolder;
  readonly engines: Engines;
  readonly emulator: Emulator;
  readonly ledger: Ledger;
}

/** What Velero's data movement needs of a region's cluster: the driver of the volumes, the nodes, and its own objects. */
export class DataMovement {
  private constructor(
    private readonly api: KubernetesApi,
    private readonly driver: CsiDriver,
    private readonly agents: NodeAgents,
    private readonly nodes: Nodes,
    private readonly looks: readonly Looks[],
  ) {}

  /** Makes the snapshots' kinds known, if their definitions are at hand. @returns whether they are */
  static async define(api: KubernetesApi): Promise<boolean> {
    const definitions = definitionsFor(
      new Set(KINDS),
      definitionsInFolder(undefined, new Set([SNAPSHOTS.split("/")[0] ?? ""])),
    );
    await install(api, definitions);
    return definitions.length === KINDS.length;
  }

  /** Objects that the server reads when it starts. */
  static async prepare(api: KubernetesApi, release: Release, password: string): Promise<void> {
    for (const object of [...dataMovementObjects(release), repositoryPassword(password)]) await api.apply(object);
  }

  static start({ run, engines, emulator, ledger }: Started, plane: ControlPlane): DataMovement {
    const { hostname, port } = new URL(plane.endpoint.url);
    const velero = join(run.path, "velero");
    copyFileSync(engines["velero"] ?? "", velero, constants.COPYFILE_FICLONE);
    const environment = {
      ...injected(emulator),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    };
    const folders = new VolumeFolders(join(run.path, "disks"));
    const driver = new CsiDriver(plane.api, folders);
    const agents = new NodeAgents(run, velero, plane, emulator);
    const nodes = new Nodes(run, plane, agents, folders, { velero, environment });
    const failed = (what: string) => (error: Error) =>
      ledger.failed(`${what} of ${run.path}`, error.stack ?? error.message);
    const looks = [
      new Looks(() => driver.look(), failed("the stand-in for the CSI driver")),
      new Looks(() => nodes.look(), failed("the stand-in for kubelets")),
    ];
    return new DataMovement(plane.api, driver, agents, nodes, looks);
  }

  /** The first agent: it takes what is to be moved, and makes the pod that moves it. */
  async startAgent(): Promise<void> {
    const [node] = await this.api.list("v1", "Node");
    if (node) await this.agents.on(node.metadata.name);
  }

  /** Claims of the namespaces with their volumes, when all of them have one. */
  async volumes(namespaces: readonly string[]): Promise<readonly ClaimedVolume[]> {
    const found: ClaimedVolume[] = [];
    for (const namespace of namespaces)
      for (const claim of await this.api.list("v1", "PersistentVolumeClaim", namespace)) {
        const bound = await this.api.waitFor(claim, "bound", ({ status }) => objectOf(status)["phase"] === "Bound");
        const name = textOf(objectOf(bound["spec"])["volumeName"]) ?? "";
        const volume = volumeOf(await this.api.get(reference("PersistentVolume", name))) ?? "";
        this.driver.folders.provision(volume);
        found.push({ namespace, claim: claim.metadata.name, folder: this.driver.folders.folderOf(volume) });
      }
    return found;
  }

  async trees(namespaces: readonly string[]): Promise<ReadonlyMap<string, Tree>> {
    const volumes = await this.volumes(namespaces);
    return new Map(volumes.map(({ claim, folder }) => [claim, treeOf(folder)]));
  }

  /** No pod starts and no volume is made, as where no node agent and no driver works. */
  pause(): void {
    for (const looks of this.looks) looks.pause();
  }

  resume(): void {
    for (const looks of this.looks) looks.resume();
  }

  /** @throws when the driver, the nodes or an agent ended */
  async check(): Promise<void> {
    for (const looks of this.looks) looks.check();
    await this.agents.check();
  }

  get counts(): string {
    return `${this.nodes.podCount} pods of Velero ran on ${this.agents.count} nodes`;
  }

  /** Logs of the newest pods that ran. */
  get logs(): readonly string[] {
    return this.nodes.logs.slice(-3);
  }

  async stop(): Promise<void> {
    await Promise.all(this.looks.map((looks) => looks.stop()));
  }
}
