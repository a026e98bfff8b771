import type {
  LabelSelector,
  Labels,
  NodeSelectorTerm,
  PodTemplate,
  SelectorRequirement,
  Taint,
  Toleration,
} from "../types";

function satisfies(requirement: SelectorRequirement, labels: Labels): boolean {
  const value = labels[requirement.key];
  const values = requirement.values ?? [];
  switch (requirement.operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return compareIntegers(value, values[0], (a, b) => a > b);
    case "Lt":
      return compareIntegers(value, values[0], (a, b) => a < b);
  }
}

function compareIntegers(
  a: string | undefined,
  b: string | undefined,
  holds: (a: number, b: number) => boolean,
): boolean {
  const integer = /^-?\d+$/;
  return a !== undefined && b !== undefined && integer.test(a) && integer.test(b) && holds(Number(a), Number(b));
}

/** An absent selector matches nothing, an empty one everything: the rule of metav1.LabelSelectorAsSelector. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const key in selector.matchLabels) if (labels[key] !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every((requirement) => satisfies(requirement, labels));
}

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  selector !== undefined &&
  Object.keys(selector.matchLabels ?? {}).length === 0 &&
  (selector.matchExpressions ?? []).length === 0;

function termMatches(term: NodeSelectorTerm, labels: Labels, nodeName: string): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => satisfies(requirement, labels)) &&
    fields.every((requirement) => satisfies(requirement, { "metadata.name": nodeName }))
  );
}

/** nodeSelector and required node affinity together. An empty list of terms matches no node, as in the API. */
export function selectsNode(pod: PodTemplate, labels: Labels, nodeName: string): boolean {
  for (const key in pod.nodeSelector) if (labels[key] !== pod.nodeSelector[key]) return false;
  return pod.nodeAffinity === undefined || pod.nodeAffinity.some((term) => termMatches(term, labels, nodeName));
}

/**
 * The nodes to which the pod's required node affinity confines it by name: the scheduler then looks at no other. undefined:
 * at least one term names none. Source: PreFilter of plugins/nodeaffinity/node_affinity.go, Kubernetes 1.36.
 */
export function namedNodes(pod: PodTemplate): ReadonlySet<string> | undefined {
  if (pod.nodeAffinity === undefined || pod.nodeAffinity.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of pod.nodeAffinity) {
    const lists = matchFields
      .filter(({ key, operator }) => key === "metadata.name" && operator === "In")
      .map(({ values = [] }) => values);
    if (lists.length === 0) return undefined;
    for (const name of lists[0] ?? []) if (lists.every((list) => list.includes(name))) names.add(name);
  }
  return names;
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.key !== undefined && toleration.key !== "" && toleration.key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  return (toleration.key ?? "") !== "" && (toleration.value ?? "") === (taint.value ?? "");
}

/** Whether no NoSchedule or NoExecute taint is left untolerated. */
export const toleratesNode = (tolerations: readonly Toleration[], taints: readonly Taint[]): boolean =>
  taints.every(
    (taint) => taint.effect === "PreferNoSchedule" || tolerations.some((toleration) => tolerates(toleration, taint)),
  );

/** How many PreferNoSchedule taints are left untolerated. */
export const untoleratedPreferences = (tolerations: readonly Toleration[], taints: readonly Taint[]): number =>
  taints.reduce(
    (sum, taint) =>
      sum +
      (taint.effect === "PreferNoSchedule" && !tolerations.some((toleration) => tolerates(toleration, taint)) ? 1 : 0),
    0,
  );
