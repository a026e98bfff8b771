import { objectOf, textsOf } from "../../json";
import { evictions } from "../../kubernetes/evictions";
import type { PlacedObject } from "../../kubernetes/object";
import { matches } from "../../kubernetes/selector";
import type {
  Autoscaler,
  DisruptionBudget,
  NetworkPolicy,
  Service,
  Workload,
} from "../../facts/kubernetes/workload-graph";
import { objectItem, together } from "./object-item";
import { scaledObjectOf } from "./scaled-objects";
import { autoscalerOf, serviceOf } from "./single-objects";
import { disruptionBudgetObject, networkPolicyObject, workloadKinds, workloadObject } from "./workload-objects";

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
  const workloads = ofKind(...workloadKinds).map(workloadOf);
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
  const { scaled, containers, volumeClaimTemplates, ...written } = workloadObject(placed.object);
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

/** Terraform sets the count once and leaves it alone afterwards. */
function leavesReplicas({ resource }: PlacedObject): boolean {
  const ignored = resource.raw("lifecycle.ignore_changes");
  return ignored === "all" || textsOf(ignored).some((path) => /^spec(\[0\]|\.0)?(\.replicas)?$/.test(path));
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
  const written = networkPolicyObject(placed.object);
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

function linkBudget(placed: PlacedObject, workloads: readonly Growing<Workload>[]): DisruptionBudget {
  const item = objectItem(placed);
  const { selector, selectsNothing, minAvailable, maxUnavailable, unhealthyPods } = disruptionBudgetObject(
    placed.object,
  );
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
