import { platformCharts } from ".";
import addOns from "./eks-addons.json";

interface CatalogedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly replicas: number | null;
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
  const versions: Record<string, { version: string }> =
    addOns.addons.find((candidate) => candidate.name === name)?.versions ?? {};
  return versions[kubernetesMinor]?.version;
}

const cataloged = (): readonly CatalogedWorkload[] => {
  const owners: readonly { readonly workloads: readonly CatalogedWorkload[] }[] = [
    ...addOns.addons,
    ...platformCharts.map(({ lock }) => ({ workloads: lock.rendered?.workloads ?? [] })),
  ];
  return owners.flatMap((owner) => owner.workloads);
};

const requestsOf = ({ name, containers }: CatalogedWorkload): Omit<DaemonPod, "count"> => ({
  name,
  cpuMillis: containers.reduce((sum, container) => sum + (container.cpuMillis ?? 0), 0),
  memoryMiB: containers.reduce((sum, container) => sum + (container.memoryMiB ?? 0), 0),
});

/** What add-ons and charts of the platform put on each node. */
export function daemonPods(): DaemonPod[] {
  return cataloged()
    .filter((workload) => workload.kind === "DaemonSet")
    .map((workload) => ({ ...requestsOf(workload), count: 1 }));
}

/** What they run besides, while each of their Deployments is rolled out with one pod more. */
export function platformPods(): (Omit<DaemonPod, "count"> & { readonly count: number })[] {
  return cataloged()
    .filter((workload) => workload.kind === "Deployment")
    .map((workload) => ({ ...requestsOf(workload), count: (workload.replicas ?? 1) + 1 }));
}
