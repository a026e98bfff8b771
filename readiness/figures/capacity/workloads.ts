import {
  type DaemonSet,
  type DisruptionBudget,
  podProblem,
  type PodVolume,
  type Workload,
} from "../../../models/capacity";
import { label } from "../../../contract";
import { objectOf, objectsOf, textOf, textsOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import { type CreatedGroup, createdGroups } from "../../inventory/views/kubernetes/created-pods";
import type * as Kubernetes from "../../inventory/facts/kubernetes/workload-graph";
import { podTemplateOf, selectorOf } from "./pod-template";

/** Classes that every cluster has. Source: Kubernetes, pkg/apis/scheduling, SystemCriticalPriority; read 2026-11-21. */
const builtIn: Readonly<Record<string, number>> = {
  "system-cluster-critical": 2_000_000_000,
  "system-node-critical": 2_000_001_000,
};
/** The cluster autoscaler starts no node for pods below it. Source: its flag expendable-pods-priority-cutoff, default -10. */
const expendableBelow = -10;
/** Kubernetes' defaults of a Deployment's rolling update. */
const defaultSurge = "25%";
const imagePullSeconds = 20;

interface Priority {
  readonly value: number;
  readonly preempts: boolean;
}

/** Name of a workload in the model's sentences. */
export const workloadName = ({ namespace, kind, name }: Kubernetes.Workload): string => `${namespace}/${kind}/${name}`;

/** Priority classes of a region's cluster by name; "" is that of pods without one. */
export function prioritiesIn(platform: Platform, region: string): ReadonlyMap<string, Priority> {
  const classes = platform.objects
    .filter((placed) => placed.region === region && placed.object.kind === "PriorityClass")
    .map(({ object }) => ({
      name: object.metadata.name ?? "",
      value: Number(object["value"] ?? 0),
      preempts: object["preemptionPolicy"] !== "Never",
      isDefault: object["globalDefault"] === true,
    }));
  const standard = classes.find(({ isDefault }) => isDefault) ?? { value: 0, preempts: true };
  return new Map<string, Priority>([
    ["", standard],
    ...Object.entries(builtIn).map(([name, value]): [string, Priority] => [name, { value, preempts: true }]),
    ...classes.map((one): [string, Priority] => [one.name, one]),
  ]);
}

/** Zones in which a claim's storage can be; undefined: in every zone. */
export function storageZones(
  platform: Platform,
  region: string,
  storageClass: string | undefined,
): readonly string[] | undefined {
  const found = platform.storageClasses.find(
    (one) => one.region === region && (storageClass === undefined ? one.isDefault : one.name === storageClass),
  );
  const zones = objectsOf(found?.object["allowedTopologies"])
    .flatMap((term) => objectsOf(term["matchLabelExpressions"]))
    .filter(({ key }) => /^topology\.(kubernetes\.io|ebs\.csi\.aws\.com)\/zone$/.test(textOf(key) ?? ""))
    .flatMap(({ values }) => textsOf(values));
  return zones.length === 0 ? undefined : [...new Set(zones)].sort();
}

/** Claims of a pod: those of its StatefulSet, and those that it names. */
export function claimsOf(
  platform: Platform,
  workload: Kubernetes.Workload,
): readonly { readonly name: string; readonly storageClass: string | undefined }[] {
  const named = workload.pod.volumes
    .filter(({ kind }) => kind === "persistentVolumeClaim")
    .map(({ source }) => {
      const claim = platform.objects.find(
        ({ region, object }) =>
          region === workload.region &&
          object.kind === "PersistentVolumeClaim" &&
          object.metadata.namespace === workload.namespace &&
          object.metadata.name === source,
      );
      return { name: source ?? "", storageClass: textOf(objectOf(claim?.object["spec"])["storageClassName"]) };
    });
  return [...workload.volumeClaimTemplates.map(({ name, storageClass }) => ({ name, storageClass })), ...named];
}

function volumesOf(platform: Platform, workload: Kubernetes.Workload): PodVolume[] {
  return claimsOf(platform, workload).map(({ name, storageClass }) => {
    const zones = storageZones(platform, workload.region, storageClass);
    return { name: `${workloadName(workload)}/${name}`, ...(zones === undefined ? {} : { zones, unbound: true }) };
  });
}

/** Workloads of a region as the model counts them, and what of them is not known. */
export function workloadsOf(
  platform: Platform,
  region: string,
  all: readonly Kubernetes.Workload[],
): { workloads: Workload[]; daemonSets: DaemonSet[]; unknown: string[] } {
  const priorities = prioritiesIn(platform, region);
  const workloads: Workload[] = [];
  const daemonSets: DaemonSet[] = [];
  const unknown: string[] = [];
  const { once, again } = firstOfEach(all.filter((one) => one.region === region));
  unknown.push(...again);
  for (const workload of once) {
    const name = workloadName(workload);
    const priority = priorities.get(workload.pod.priorityClass ?? "");
    if (priority === undefined)
      unknown.push(
        `${name}: priority class ${workload.pod.priorityClass ?? ""} is defined nowhere; the API server refuses the pods`,
      );
    const pod = podTemplateOf(workload.pod, workload.containers, {
      namespace: workload.namespace,
      labels: workload.podLabels,
      priority: priority?.value ?? 0,
      preempts: priority?.preempts ?? true,
      volumes: volumesOf(platform, workload),
    });
    const impossible = podProblem(pod);
    if (impossible !== undefined) unknown.push(`${name}: ${impossible}`);
    else if (workload.kind === "DaemonSet") daemonSets.push({ workload: name, pod });
    else
      workloads.push({
        workload: name,
        pod,
        ...timesOf(workload),
        ...countsOf(workload, unknown),
        ...(pod.priority !== undefined && pod.priority < expendableBelow ? { expendable: true } : {}),
      });
  }
  for (const group of createdGroups(once)) {
    const created = createdWorkload(group, priorities.get(""), unknown);
    if (workloads.every((one) => one.workload !== created.workload)) workloads.push(created);
    else unknown.push(`${created.workload}: two components declare them; give each group of pods a name of its own`);
  }
  return { workloads, daemonSets, unknown };
}

/** Of workloads of one name the first, and what is not known because of the others: a cluster has one, and whose pods run depends on which is applied last. */
function firstOfEach(workloads: readonly Kubernetes.Workload[]): {
  readonly once: readonly Kubernetes.Workload[];
  readonly again: readonly string[];
} {
  const byName = new Map<string, Kubernetes.Workload[]>();
  for (const workload of workloads) {
    const name = workloadName(workload);
    byName.set(name, [...(byName.get(name) ?? []), workload]);
  }
  const groups = [...byName];
  return {
    once: groups.flatMap(([, same]) => same.slice(0, 1)),
    again: groups.flatMap(([name, same]) =>
      same.length < 2
        ? []
        : [
            `${name} comes from ${same.map(({ stack, address }) => `${stack}/${address}`).join(" and ")}: which of them runs is not known; install a chart once in a cluster, and give each workload a name of its own`,
          ],
    ),
  };
}

/** Pods that a program makes: they count where admission places them, up to the declared maximum. */
function createdWorkload(
  { namespace, pods, label: name }: CreatedGroup,
  priority: Priority | undefined,
  unknown: string[],
): Workload {
  const { maximum, cpuRequestMillis, memoryRequestMiB } = pods;
  if (maximum === undefined || cpuRequestMillis === undefined || memoryRequestMiB === undefined)
    unknown.push(`${name}: their number or their requests are not known`);
  return {
    workload: `${namespace}/pods made at run time/${pods.name}`,
    pod: {
      namespace,
      labels: pods.labels,
      containers: [{ requests: { cpuMillis: cpuRequestMillis ?? 0, memoryMiB: memoryRequestMiB ?? 0 } }],
      priority: priority?.value ?? 0,
      nodeSelector: { [label.pool]: pods.pool },
      tolerations: [{ key: label.pool, operator: "Equal", value: pods.pool, effect: "NoSchedule" }],
    },
    minReplicas: pods.usual,
    maxReplicas: maximum ?? 0,
    surge: pods.surge,
  };
}

function timesOf(
  workload: Kubernetes.Workload,
): Pick<Workload, "terminationGraceSeconds" | "readySeconds" | "replacement"> {
  return {
    terminationGraceSeconds: workload.pod.graceSeconds,
    readySeconds: (workload.component?.bootSeconds ?? 10) + imagePullSeconds + workload.minReadySeconds,
    replacement: workload.kind === "StatefulSet" ? "afterTermination" : "atOnce",
  };
}

function countsOf(
  workload: Kubernetes.Workload,
  unknown: string[],
): Pick<Workload, "minReplicas" | "maxReplicas" | "surge"> {
  if (workload.kind === "Job" || workload.kind === "CronJob")
    return { minReplicas: 0, maxReplicas: workload.replicas ?? 1 };
  const { minimumReplicas, maximumReplicas } = workload;
  if (minimumReplicas === undefined || maximumReplicas === undefined)
    unknown.push(`${workloadName(workload)}: the number of replicas is only known after deployment`);
  const surges = workload.kind === "Deployment" && workload.strategy.type !== "Recreate";
  return {
    minReplicas: minimumReplicas ?? 0,
    maxReplicas: maximumReplicas ?? 0,
    ...(surges ? { surge: workload.strategy.maxSurge ?? defaultSurge } : {}),
  };
}

export function budgetOf(budget: Kubernetes.DisruptionBudget): DisruptionBudget {
  const selector = selectorOf(objectOf(budget.object["spec"])["selector"]) ?? {};
  return {
    name: budget.name,
    namespace: budget.namespace,
    selector,
    ...(budget.minAvailable === undefined ? {} : { minAvailable: budget.minAvailable }),
    ...(budget.maxUnavailable === undefined ? {} : { maxUnavailable: budget.maxUnavailable }),
  };
}

/** Labels of namespaces, for affinity terms that select them. */
export const namespaceLabels = (platform: Platform, region: string): Record<string, Record<string, string>> =>
  Object.fromEntries(
    platform.namespaces
      .filter((one) => one.region === region)
      .map(({ name, labels }) => [name, { ...labels, "kubernetes.io/metadata.name": name }]),
  );
