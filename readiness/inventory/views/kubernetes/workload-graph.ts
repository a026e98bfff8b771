import { annotation } from "../../../../contract";
import {
  type Json,
  type JsonObject,
  flagOf,
  isObject,
  numberOf,
  objectOf,
  objectsOf,
  textMapOf,
  textOf,
  textsOf,
} from "../../json";
import { evictions } from "../../kubernetes/evictions";
import type { KubernetesObject, PlacedObject } from "../../kubernetes/object";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import { matches, selectorOf } from "../../kubernetes/selector";
import { perObject } from "../../references";
import type {
  DeclaredAuthentication,
  DeclaredElection,
  DeclaredThroughput,
} from "../../facts/kubernetes/component-facts";
import type {
  Autoscaler,
  DisruptionBudget,
  NetworkPolicy,
  Service,
  Workload,
} from "../../facts/kubernetes/workload-graph";
import { objectItem, together } from "./object-item";
import { containersOf, podSpecOf } from "./pods";
import { scaledObjectOf } from "./scaled-objects";
import { createdPodsOf } from "./created-pods";
import { autoscalerOf, networkRulesOf, serviceOf } from "./single-objects";

const kinds = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] as const;

export interface WorkloadGraph {
  readonly workloads: readonly Workload[];
  readonly autoscalers: readonly Autoscaler[];
  readonly disruptionBudgets: readonly DisruptionBudget[];
  readonly services: readonly Service[];
  readonly networkPolicies: readonly NetworkPolicy[];
}

type Growing<Type> = {
  -readonly [Field in keyof Type]: Type[Field] extends readonly (infer Entry)[] ? Entry[] : Type[Field];
};

/** Workloads and what stands around them, each knowing the others. */
export function workloadGraph(objects: readonly PlacedObject[]): WorkloadGraph {
  const ofKind = (...names: readonly string[]): readonly PlacedObject[] =>
    objects.filter(({ object }) => names.includes(object.kind));
  const workloads = ofKind(...kinds).map(workloadOf);
  const autoscalers = ofKind("HorizontalPodAutoscaler", "ScaledObject").map((placed) =>
    linkAutoscaler(placed, workloads),
  );
  for (const workload of workloads) countReplicas(workload);
  const services = ofKind("Service").map((placed) => linkService(placed, workloads));
  const networkPolicies = ofKind("NetworkPolicy").map((placed) => linkPolicy(placed, workloads));
  const disruptionBudgets = ofKind("PodDisruptionBudget").map((placed) => linkBudget(placed, workloads));
  return { workloads, autoscalers, disruptionBudgets, services, networkPolicies };
}

function workloadOf(placed: PlacedObject): Growing<Workload> {
  const item = objectItem(placed);
  const { scaled, containers, volumeClaimTemplates, ...written } = writtenOf(placed.object);
  return {
    ...item,
    unknowns: [...item.unknowns],
    ...written,
    containers: [...containers],
    volumeClaimTemplates: [...volumeClaimTemplates],
    fixesReplicas: scaled && objectOf(placed.object["spec"])["replicas"] !== undefined && !leavesReplicas(placed),
    autoscaler: undefined,
    minimumReplicas: undefined,
    maximumReplicas: undefined,
    disruptionBudgets: [],
    services: [],
    ingressPolicies: [],
    egressPolicies: [],
  };
}

/** What the object alone says of a workload; most objects are the same in many inventories. */
const writtenOf = perObject((object: KubernetesObject) => {
  const kind = kinds.find((name) => name === object.kind) ?? "Deployment";
  const spec = objectOf(object["spec"]);
  const jobSpec = kind === "CronJob" ? objectOf(objectOf(spec["jobTemplate"])["spec"]) : spec;
  const template = objectOf(jobSpec["template"]);
  const pod = objectOf(template["spec"]);
  const strategy = objectOf(spec["strategy"] ?? spec["updateStrategy"]);
  const rolling = objectOf(strategy["rollingUpdate"]);
  const scaled = kind === "Deployment" || kind === "StatefulSet";
  return {
    kind,
    scaled,
    replicas: scaled
      ? spec["replicas"] === undefined
        ? 1
        : (numberOf(textMapOf(object.metadata.annotations)[annotation.replicasAsWriter]) ?? numberOf(spec["replicas"]))
      : kind === "DaemonSet"
        ? undefined
        : (numberOf(jobSpec["parallelism"]) ?? 1),
    podLabels: textMapOf(objectOf(template["metadata"])["labels"]),
    podAnnotations: textMapOf(objectOf(template["metadata"])["annotations"]),
    selector: selectorOf(spec["selector"]),
    strategy: {
      type: textOf(strategy["type"]),
      maxSurge: countOrPercent(rolling["maxSurge"]),
      maxUnavailable: countOrPercent(rolling["maxUnavailable"]),
    },
    progressDeadlineSeconds: numberOf(spec["progressDeadlineSeconds"]) ?? (kind === "Deployment" ? 600 : undefined),
    minReadySeconds: numberOf(spec["minReadySeconds"]) ?? 0,
    pod: podSpecOf(pod),
    containers: containersOf(pod, "containers"),
    component: componentOf(textMapOf(object.metadata.annotations)[annotation.component]),
    job: kind === "Job" || kind === "CronJob" ? jobOf(kind === "CronJob" ? spec : {}, jobSpec) : undefined,
    volumeClaimTemplates: objectsOf(spec["volumeClaimTemplates"]).map((claim) => ({
      name: textOf(objectOf(claim["metadata"])["name"]) ?? "",
      storageClass: textOf(objectOf(claim["spec"])["storageClassName"]),
      storageMiB: memoryMiB(textMapOf(objectOf(objectOf(claim["spec"])["resources"])["requests"])["storage"]),
    })),
  };
});

/** Terraform sets the count once and leaves it alone afterwards. */
function leavesReplicas({ resource }: PlacedObject): boolean {
  const ignored = resource.raw("lifecycle.ignore_changes");
  return ignored === "all" || textsOf(ignored).some((path) => /^spec(\[0\]|\.0)?(\.replicas)?$/.test(path));
}

function jobOf(cron: JsonObject, job: JsonObject): NonNullable<Workload["job"]> {
  return {
    suspended: flagOf(cron["suspend"]) === true,
    schedule: textOf(cron["schedule"]),
    concurrencyPolicy: textOf(cron["concurrencyPolicy"]),
    timeZone: textOf(cron["timeZone"]),
    startingDeadlineSeconds: numberOf(cron["startingDeadlineSeconds"]),
    successfulHistory: numberOf(cron["successfulJobsHistoryLimit"]),
    failedHistory: numberOf(cron["failedJobsHistoryLimit"]),
    activeDeadlineSeconds: numberOf(job["activeDeadlineSeconds"]),
    ttlSeconds: numberOf(job["ttlSecondsAfterFinished"]),
    backoffLimit: numberOf(job["backoffLimit"]),
  };
}

function componentOf(annotation: string | undefined): Workload["component"] {
  if (annotation === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(annotation);
    if (!isObject(parsed)) return undefined;
    const talksTo = parsed["talksTo"];
    const reachedFrom = objectsOf(parsed["reachedFrom"]).map(({ namespace, port }) => ({
      namespace: textOf(namespace) ?? "",
      port: textOf(port) ?? "",
    }));
    return {
      reachedFrom,
      creates: createdPodsOf(parsed["creates"]),
      logFormat: textOf(objectOf(parsed["logs"])["format"]),
      bootSeconds: numberOf(parsed["bootSeconds"]),
      distroless: parsed["distroless"] === true,
      drainSeconds: numberOf(parsed["drainSeconds"]),
      talksTo: Array.isArray(talksTo) ? (talksTo as readonly unknown[]) : [],
      leaderElection: electionOf(parsed["leaderElection"]),
      throughput: throughputOf(parsed["throughput"]),
      authentication: authenticationOf(parsed["authentication"]),
      uninspectedBodies: textsOf(parsed["uninspectedBodies"]),
      awsPermissions: objectsOf(parsed["awsPermissions"]).map(({ actions, resources }) => ({
        actions: textsOf(actions),
        resources: textsOf(resources),
      })),
    };
  } catch {
    return undefined;
  }
}

function electionOf(declared: Json | undefined): DeclaredElection | undefined {
  if (!isObject(declared)) return undefined;
  const [leaseSeconds, renewSeconds, retrySeconds] = ["leaseSeconds", "renewSeconds", "retrySeconds"].map((name) =>
    numberOf(declared[name]),
  );
  return { leaseSeconds, renewSeconds, retrySeconds };
}

function authenticationOf(declared: Json | undefined): DeclaredAuthentication | undefined {
  if (!isObject(declared)) return undefined;
  const open = declared["open"];
  return {
    checkedAt: textOf(declared["checkedAt"]),
    public: textOf(declared["public"]),
    networks: textOf(declared["networks"]),
    open: isObject(open)
      ? { paths: textsOf(open["paths"]), secret: textOf(open["secret"]), checkedAt: textOf(open["checkedAt"]) }
      : undefined,
    secret: textOf(declared["secret"]),
    switchedOnBy: textOf(declared["switchedOnBy"]),
    accountsIn: textOf(declared["accountsIn"]),
    delegatedTo: textOf(declared["delegatedTo"]),
  };
}

function throughputOf(declared: Json | undefined): DeclaredThroughput | undefined {
  if (!isObject(declared)) return undefined;
  return {
    carries: objectsOf(declared["carries"]).map((one) => ({
      claim: textOf(one["claim"]),
      unit: textOf(one["unit"]) ?? "",
      total: numberOf(one["total"]),
      perReplica: numberOf(one["perReplica"]),
    })),
    cpuMillis: cpuMillis(textOf(declared["cpu"])),
    megabytesPerSecond: numberOf(declared["megabytesPerSecond"]),
  };
}

function countOrPercent(value: unknown): number | string | undefined {
  return typeof value === "number" ? value : typeof value === "string" ? (numberOf(value) ?? value) : undefined;
}

function countReplicas(workload: Growing<Workload>): void {
  if (workload.kind === "DaemonSet") return;
  workload.minimumReplicas = workload.autoscaler ? workload.autoscaler.min : workload.replicas;
  workload.maximumReplicas = workload.autoscaler ? workload.autoscaler.max : workload.replicas;
}

function linkAutoscaler(placed: PlacedObject, workloads: readonly Growing<Workload>[]): Autoscaler {
  const { aim, ...rest } = placed.object.kind === "ScaledObject" ? scaledObjectOf(placed) : autoscalerOf(placed);
  const workload = workloads.find(
    (candidate) => together(candidate, rest) && candidate.kind === aim.kind && candidate.name === aim.name,
  );
  const autoscaler: Autoscaler = { ...rest, target: { ...aim, workload } };
  if (workload) workload.autoscaler = autoscaler;
  return autoscaler;
}

function linkService(placed: PlacedObject, workloads: readonly Growing<Workload>[]): Service {
  const rest = serviceOf(placed);
  // A Service without a selector selects nothing, other than a NetworkPolicy.
  const selected =
    Object.keys(rest.selector).length === 0
      ? []
      : workloads.filter(
          (workload) =>
            together(workload, rest) &&
            matches({ matchLabels: rest.selector, matchExpressions: [] }, workload.podLabels),
        );
  const service: Service = { ...rest, workloads: selected };
  for (const workload of selected) workload.services.push(service);
  return service;
}

function linkPolicy(placed: PlacedObject, workloads: readonly Growing<Workload>[]): NetworkPolicy {
  const item = objectItem(placed);
  const written = policyOf(placed.object);
  const selected = workloads.filter(
    (workload) =>
      together(workload, item) && !workload.pod.hostNetwork && matches(written.podSelector, workload.podLabels),
  );
  const policy: NetworkPolicy = { ...item, ...written, workloads: selected };
  for (const workload of selected) {
    if (policy.isolatesIngress) workload.ingressPolicies.push(policy);
    if (policy.isolatesEgress) workload.egressPolicies.push(policy);
  }
  return policy;
}

const policyOf = perObject((object: KubernetesObject) => {
  const spec = objectOf(object["spec"]);
  const types = textsOf(spec["policyTypes"]);
  return {
    podSelector: selectorOf(spec["podSelector"]),
    isolatesIngress: types.length === 0 || types.includes("Ingress"),
    isolatesEgress: types.length === 0 ? spec["egress"] !== undefined : types.includes("Egress"),
    ingress: networkRulesOf(spec["ingress"], "from"),
    egress: networkRulesOf(spec["egress"], "to"),
  };
});

function linkBudget(placed: PlacedObject, workloads: readonly Growing<Workload>[]): DisruptionBudget {
  const item = objectItem(placed);
  const { selector, selectsNothing, minAvailable, maxUnavailable, unhealthyPods } = budgetOf(placed.object);
  const selected = selectsNothing
    ? []
    : workloads.filter((workload) => together(workload, item) && matches(selector, workload.podLabels));
  const minimums = selected.map((workload) => workload.minimumReplicas);
  const replicasAtMinimum =
    minimums.length === 0
      ? undefined
      : minimums.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
  const budget: DisruptionBudget = {
    ...item,
    selector,
    minAvailable,
    maxUnavailable,
    unhealthyPods,
    workloads: selected,
    replicasAtMinimum,
    evictionsAtMinimum:
      replicasAtMinimum === undefined ? undefined : evictions(replicasAtMinimum, minAvailable, maxUnavailable),
  };
  for (const workload of selected) workload.disruptionBudgets.push(budget);
  return budget;
}

const budgetOf = perObject((object: KubernetesObject) => {
  const spec = objectOf(object["spec"]);
  return {
    selector: selectorOf(spec["selector"]),
    selectsNothing: spec["selector"] === undefined,
    minAvailable: countOrPercent(spec["minAvailable"]),
    maxUnavailable: countOrPercent(spec["maxUnavailable"]),
    unhealthyPods: textOf(spec["unhealthyPodEvictionPolicy"]) ?? "IfHealthyBudget",
  };
});
