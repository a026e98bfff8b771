import rendered from "./rendered.json";
import addOns from "./eks-addons.json";

interface CatalogedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly containers: readonly { readonly cpuMillis: number | null; readonly memoryMiB: number | null }[];
}

/** Requests of the pods that run once on every node. */
export interface DaemonPod {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: 1;
}

/** Exact version of an EKS add-on for a minor version of Kubernetes; undefined where the catalogue holds none. */
export function addOnVersion(name: string, kubernetesMinor: string): string | undefined {
  const versions: Record<string, { version: string }> = addOns.addons.find((candidate) => candidate.name === name)?.versions ?? {};
  return versions[kubernetesMinor]?.version;
}

/** What add-ons and charts of the platform put on each node. */
export function daemonPods(): DaemonPod[] {
  const owners: readonly { readonly workloads: readonly CatalogedWorkload[] }[] = [...addOns.addons, ...rendered.charts];
  const workloads = owners.flatMap((owner) => owner.workloads);
  return workloads.filter((workload) => workload.kind === "DaemonSet").map((workload) => ({
    name: workload.name,
    cpuMillis: workload.containers.reduce((sum, container) => sum + (container.cpuMillis ?? 0), 0),
    memoryMiB: workload.containers.reduce((sum, container) => sum + (container.memoryMiB ?? 0), 0),
    count: 1,
  }));
}
