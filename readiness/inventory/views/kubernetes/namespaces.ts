import { annotation } from "../../../../contract";
import { registeredClaimsIn } from "../../../../catalog/claims/registered";
import { isObject, numberOf } from "../../json";
import type { PlacedObject } from "../../kubernetes/object";
import type { LimitRange, Namespace, Objectives, Quota } from "../../facts/kubernetes/namespaces";
import type { NetworkPolicy, Workload } from "../../facts/kubernetes/workload-graph";
import { objectItem } from "./object-item";

export interface Inhabitants {
  readonly quotas: readonly Quota[];
  readonly limitRanges: readonly LimitRange[];
  readonly networkPolicies: readonly NetworkPolicy[];
  readonly workloads: readonly Workload[];
}

export function namespaceOf(placed: PlacedObject, all: Inhabitants): Namespace {
  const item = objectItem(placed);
  const inside = (one: { readonly region: string; readonly namespace: string }): boolean =>
    one.region === item.region && one.namespace === item.name;
  const networkPolicies = all.networkPolicies.filter(inside);
  const everyPod = networkPolicies.filter(
    ({ podSelector }) => Object.keys(podSelector.matchLabels).length === 0 && podSelector.matchExpressions.length === 0,
  );
  return {
    ...item,
    ...objectivesOf(item.annotations[annotation.objectives]),
    ...claimsOf(item.annotations[annotation.claims]),
    quotas: all.quotas.filter(inside),
    limitRanges: all.limitRanges.filter(inside),
    networkPolicies,
    workloads: all.workloads.filter(inside),
    deniesIngressByDefault: everyPod.some((policy) => policy.isolatesIngress && policy.ingress.length === 0),
    deniesEgressByDefault: everyPod.some((policy) => policy.isolatesEgress && policy.egress.length === 0),
  };
}

function claimsOf(text: string | undefined): Pick<Namespace, "claims" | "claimsError"> {
  if (text === undefined) return { claims: {}, claimsError: undefined };
  const { claims, problem } = registeredClaimsIn(text);
  return { claims, claimsError: problem && `${annotation.claims} cannot be read: ${problem}` };
}

function objectivesOf(text: string | undefined): {
  objectives: Objectives | undefined;
  objectivesError: string | undefined;
} {
  if (text === undefined) return { objectives: undefined, objectivesError: undefined };
  const wrong = (objectivesError: string): { objectives: undefined; objectivesError: string } => ({
    objectives: undefined,
    objectivesError,
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return wrong(`${annotation.objectives} is not valid JSON: ${text}`);
  }
  if (!isObject(parsed)) return wrong(`${annotation.objectives} is not a JSON object`);
  const tier = numberOf(parsed["tier"]);
  if (tier === undefined) return wrong(`${annotation.objectives} names no tier`);
  const read = (name: keyof Objectives): number | undefined => (isObject(parsed) ? numberOf(parsed[name]) : undefined);
  return {
    objectivesError: undefined,
    objectives: {
      tier,
      availability: read("availability"),
      latencyP99Ms: read("latencyP99Ms"),
      latencyP95Ms: read("latencyP95Ms"),
      latencyMeanMs: read("latencyMeanMs"),
      errorRate: read("errorRate"),
      rtoMinutes: read("rtoMinutes"),
      rpoHours: read("rpoHours"),
      podRecoveryMinutes: read("podRecoveryMinutes"),
    },
  };
}
