import { readFileSync } from "node:fs";
import { join } from "node:path";
import { awsEnvironment, type Emulator } from "../../emulated-aws/emulators";
import type { ControlPlane } from "../../kubernetes/control-plane";
import { type Server, startServer, stillRunning } from "../../run/processes";
import type { RunFolder } from "../../run/run-folder";
import { configMaps, namespace } from "./velero-objects";

/** The real agents of a cluster's nodes: one process for each node that runs a pod of theirs, as the DaemonSet would have one on all. */
export class NodeAgents {
  private readonly servers = new Map<string, Promise<Server>>();

  constructor(
    private readonly run: RunFolder,
    private readonly velero: string,
    private readonly plane: ControlPlane,
    private readonly emulator: Emulator,
  ) {}

  /** Ready when its controllers work: they act on changes of a pod, not on what it is when they begin. */
  on(node: string): Promise<Server> {
    const known = this.servers.get(node);
    if (known !== undefined) return known;
    const started = this.start(node);
    this.servers.set(node, started);
    return started;
  }

  get count(): number {
    return this.servers.size;
  }

  private start(node: string): Promise<Server> {
    const name = `node-agent-${node}`;
    const { run, plane, emulator } = this;
    return startServer(run, {
      name,
      command: this.velero,
      portCount: 1,
      arguments: ([metrics]) => [
        "node-agent",
        "server",
        `--kubeconfig=${plane.kubeconfig}`,
        `--namespace=${namespace}`,
        `--metrics-address=127.0.0.1:${metrics}`,
        `--node-agent-configmap=${configMaps.nodeAgent}`,
      ],
      environment: () => ({
        ...awsEnvironment(emulator),
        NODE_NAME: node,
        VELERO_NAMESPACE: namespace,
        HOME: run.path,
        TMPDIR: run.path,
      }),
      ready: async ([metrics]) =>
        (await fetch(`http://127.0.0.1:${metrics}/metrics`)).ok && works(join(run.path, `${name}.log`)),
    });
  }

  /** @throws ServerFailure when one of them died */
  async check(): Promise<void> {
    stillRunning(await Promise.all(this.servers.values()));
  }
}

const CONTROLLERS = ["dataupload", "datadownload"];

/** Each of its controllers for data movement says when its workers start. */
const works = (log: string): boolean => {
  const lines = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.includes("Starting workers"));
  return CONTROLLERS.every((name) => lines.some((line) => line.includes(name)));
};
