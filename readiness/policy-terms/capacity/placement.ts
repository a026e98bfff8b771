import { instanceTypes } from "../../../catalog/instance-types";
import { selectsNode, toleratesNode } from "../../../models/capacity/scheduling/selectors";
import type {
  NodeSelectorTerm,
  PodTemplate,
  SelectorRequirement,
  Taint,
  Toleration,
} from "../../../models/capacity/types";
import { objectOf, objectsOf, textOf, textsOf, type JsonObject } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { NodeGroup } from "../../inventory/facts/aws/node-groups";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";

/** Nodes of one group in one of its zones. */
export interface Place {
  readonly group: NodeGroup;
  readonly zone: string;
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] as const;
const effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

function requirementsOf(list: readonly JsonObject[]): SelectorRequirement[] {
  return list.flatMap((entry) => {
    const operator = operators.find((known) => known === entry["operator"]);
    return operator === undefined
      ? []
      : [{ key: textOf(entry["key"]) ?? "", operator, values: [...textsOf(entry["values"])] }];
  });
}

function requiredNodeAffinity(workload: Workload): NodeSelectorTerm[] | undefined {
  const required = objectOf(
    objectOf(workload.pod.affinity?.["nodeAffinity"])["requiredDuringSchedulingIgnoredDuringExecution"],
  );
  if (required["nodeSelectorTerms"] === undefined) return undefined;
  return objectsOf(required["nodeSelectorTerms"]).map((term) => ({
    matchExpressions: requirementsOf(objectsOf(term["matchExpressions"])),
    matchFields: requirementsOf(objectsOf(term["matchFields"])),
  }));
}

function tolerationsOf(workload: Workload): Toleration[] {
  return workload.pod.tolerations.map(({ key, operator, value, effect }) => {
    const known = effects.find((one) => one === effect);
    return {
      ...(key === undefined ? {} : { key }),
      ...(value === undefined ? {} : { value }),
      ...(known === undefined ? {} : { effect: known }),
      operator: operator === "Exists" ? "Exists" : "Equal",
    };
  });
}

function labelsOf({ group, zone }: Place): Record<string, string> {
  const type = group.instanceTypes.map((name) => instanceTypes().get(name)).find((known) => known !== undefined);
  return {
    "kubernetes.io/os": "linux",
    ...(type ? { "kubernetes.io/arch": type.architecture } : {}),
    ...(group.name === undefined ? {} : { "eks.amazonaws.com/nodegroup": group.name }),
    ...(group.capacityType === undefined ? {} : { "eks.amazonaws.com/capacityType": group.capacityType }),
    ...group.labels,
    "topology.kubernetes.io/zone": zone,
  };
}

/** Where nodes of the region can be, for any pod. */
export const placesIn = (platform: Platform, region: string): readonly Place[] =>
  platform.nodeGroups
    .filter((group) => group.region === region)
    .flatMap((group) => group.zones.map((zone) => ({ group, zone })));

/** Places whose labels the workload's node selector and required node affinity accept; taints are another question. */
export function selectedPlaces(workload: Workload, platform: Platform): readonly Place[] {
  const affinity = requiredNodeAffinity(workload);
  const pod: PodTemplate = {
    namespace: workload.namespace,
    labels: workload.podLabels,
    containers: [],
    nodeSelector: workload.pod.nodeSelector,
    ...(affinity === undefined ? {} : { nodeAffinity: affinity }),
  };
  return placesIn(platform, workload.region).filter((place) =>
    selectsNode(pod, labelsOf(place), place.group.name ?? ""),
  );
}

/** Why it is not known yet on which nodes the pods may run; undefined where it is. */
export const undecidedPlacement = (workload: Workload): string | undefined =>
  workload.unknowns.find(({ path }) => /\.(nodeSelector|affinity|tolerations|nodeName)(\.|$)/.test(path))?.reason;

export function toleratesGroup(workload: Workload, group: NodeGroup): boolean {
  const taints: readonly Taint[] = group.taints;
  return toleratesNode(tolerationsOf(workload), taints);
}

/** Places on which the scheduler may put pods of the workload. */
export const placesOf = (workload: Workload, platform: Platform): readonly Place[] =>
  selectedPlaces(workload, platform).filter(({ group }) => toleratesGroup(workload, group));

export const zonesOf = (places: readonly Place[]): string[] => [...new Set(places.map(({ zone }) => zone))].sort();
export const groupsOf = (places: readonly Place[]): NodeGroup[] => [...new Set(places.map(({ group }) => group))];
