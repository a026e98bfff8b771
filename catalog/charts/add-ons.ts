import rendered from "./rendered.json";
import addOns from "./eks-addons.json";

/** Requests of the pods that run once on every node. */
export interface DaemonPod {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly count: 1;
}

/**
 * Exact version of an EKS add-on for a minor version of Kubernetes.
 * @throws Error for an add-on or a version that catalog/charts/eks-addons.json does not hold
 */
export function addOnVersion(name: string, kubernetesMinor: string): string {
  const addOn = addOns.addons.find((candidate) => candidate.name === name);
  const versions: Record<string, { version: string }> = addOn?.versions ?? {};
  const known = versions[kubernetesMinor];
  if (!known) throw new Error(`catalog/charts/eks-addons.json knows no version of ${name} for Kubernetes ${kubernetesMinor}; it knows ${Object.keys(versions).join(", ") || "none"}`);
  return known.version;
}

/** Whether the catalogue holds the versions of the add-ons for a minor version of Kubernetes. */
export const supportedMinors = (): string[] => [...new Set(addOns.addons.flatMap((addOn) => Object.keys(addOn.versions)))].sort();

/** What add-ons and charts of the platform put on each node. */
export function daemonPods(): DaemonPod[] {
  const workloads = [...addOns.addons.flatMap((addOn) => addOn.workloads), ...rendered.charts.flatMap((chart) => chart.workloads)];
  return workloads.filter((workload) => workload.kind === "DaemonSet").map((workload) => ({
    name: workload.name,
    cpuMillis: workload.containers.reduce((sum, container) => sum + (container.cpuMillis ?? 0), 0),
    memoryMiB: workload.containers.reduce((sum, container) => sum + (container.memoryMiB ?? 0), 0),
    count: 1,
  }));
}
