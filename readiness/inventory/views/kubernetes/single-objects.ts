import { numberOf, objectOf, objectsOf, textMapOf, textOf, textsOf, type Json } from "../../json";
import { count, cpuMillis, memoryMiB } from "../../../../models/quantity";
import { selectorOf } from "../../kubernetes/selector";
import type { PlacedObject } from "../../kubernetes/object";
import type { LimitRange, Quota } from "../../facts/kubernetes/namespaces";
import type { Role } from "../../facts/kubernetes/roles";
import type { StorageClass } from "../../facts/kubernetes/storage-classes";
import type { Autoscaler, NetworkRule, ScalingRules, Service } from "../../facts/kubernetes/workload-graph";
import { objectItem } from "./object-item";

// Views that need nothing but one object; what they are in relation to others is in workload-graph.ts.

export function storageClassOf(placed: PlacedObject): StorageClass {
  const item = objectItem(placed);
  const { object } = placed;
  return {
    ...item,
    isDefault: item.annotations["storageclass.kubernetes.io/is-default-class"] === "true",
    provisioner: textOf(object["provisioner"]),
    parameters: textMapOf(object["parameters"]),
    reclaimPolicy: textOf(object["reclaimPolicy"]) ?? "Delete",
    bindingMode: textOf(object["volumeBindingMode"]) ?? "Immediate",
    expandable: object["allowVolumeExpansion"] === true,
  };
}

export function roleOf(placed: PlacedObject): Role {
  return {
    ...objectItem(placed),
    clusterWide: placed.object.kind === "ClusterRole",
    rules: objectsOf(placed.object["rules"]).map((rule) => ({
      apiGroups: textsOf(rule["apiGroups"]),
      resources: textsOf(rule["resources"]),
      resourceNames: textsOf(rule["resourceNames"]),
      nonResourceUrls: textsOf(rule["nonResourceURLs"]),
      verbs: textsOf(rule["verbs"]),
    })),
  };
}

export function quotaOf(placed: PlacedObject): Quota {
  const hard = textMapOf(objectOf(placed.object["spec"])["hard"]);
  return {
    ...objectItem(placed),
    hard,
    cpuRequestMillis: cpuMillis(hard["requests.cpu"] ?? hard["cpu"]),
    memoryRequestMiB: memoryMiB(hard["requests.memory"] ?? hard["memory"]),
    cpuLimitMillis: cpuMillis(hard["limits.cpu"]),
    memoryLimitMiB: memoryMiB(hard["limits.memory"]),
    pods: count(hard["pods"] ?? hard["count/pods"]),
  };
}

export function limitRangeOf(placed: PlacedObject): LimitRange {
  return {
    ...objectItem(placed),
    limits: objectsOf(objectOf(placed.object["spec"])["limits"]).map((limit) => ({
      type: textOf(limit["type"]) ?? "",
      default: textMapOf(limit["default"]),
      defaultRequest: textMapOf(limit["defaultRequest"]),
      max: textMapOf(limit["max"]),
      min: textMapOf(limit["min"]),
    })),
  };
}

export function serviceOf(placed: PlacedObject): Omit<Service, "workloads"> {
  const spec = objectOf(placed.object["spec"]);
  return {
    ...objectItem(placed),
    type: textOf(spec["type"]) ?? "ClusterIP",
    headless: spec["clusterIP"] === "None",
    selector: textMapOf(spec["selector"]),
    ports: objectsOf(spec["ports"]).map((port) => {
      const number = numberOf(port["port"]) ?? 0;
      return {
        name: textOf(port["name"]),
        port: number,
        targetPort: numberOf(port["targetPort"]) ?? textOf(port["targetPort"]) ?? number,
        protocol: textOf(port["protocol"]) ?? "TCP",
      };
    }),
  };
}

/** An autoscaler before the workload that it aims at is looked up. */
export type AimedAutoscaler = Omit<Autoscaler, "target"> & { readonly aim: { kind: string; name: string } };

export function autoscalerOf(placed: PlacedObject): AimedAutoscaler {
  const spec = objectOf(placed.object["spec"]);
  const behavior = objectOf(spec["behavior"]);
  const aim = objectOf(spec["scaleTargetRef"]);
  return {
    ...objectItem(placed),
    aim: { kind: textOf(aim["kind"]) ?? "", name: textOf(aim["name"]) ?? "" },
    min: spec["minReplicas"] === undefined ? 1 : numberOf(spec["minReplicas"]),
    max: numberOf(spec["maxReplicas"]),
    metrics: objectsOf(spec["metrics"]).map((metric) => {
      const type = textOf(metric["type"]) ?? "";
      const source = objectOf(metric[`${type.charAt(0).toLowerCase()}${type.slice(1)}`]);
      const target = objectOf(source["target"]);
      return {
        type,
        name: textOf(source["name"]) ?? textOf(objectOf(source["metric"])["name"]),
        container: textOf(source["container"]),
        utilizationPercent: numberOf(target["averageUtilization"]),
        averageValue: textOf(target["averageValue"]),
        value: textOf(target["value"]),
      };
    }),
    scaleUp: scalingRulesOf(behavior["scaleUp"]),
    scaleDown: scalingRulesOf(behavior["scaleDown"]),
  };
}

export function scalingRulesOf(value: Json | undefined): ScalingRules {
  const rules = objectOf(value);
  return {
    windowSeconds: numberOf(rules["stabilizationWindowSeconds"]),
    selectPolicy: textOf(rules["selectPolicy"]),
    policies: objectsOf(rules["policies"]).map((policy) => ({
      type: textOf(policy["type"]) ?? "",
      value: numberOf(policy["value"]) ?? 0,
      periodSeconds: numberOf(policy["periodSeconds"]) ?? 0,
    })),
  };
}

export function networkRulesOf(rules: Json | undefined, peersField: "from" | "to"): readonly NetworkRule[] {
  return objectsOf(rules).map((rule) => ({
    ports: objectsOf(rule["ports"]).map((port) => ({
      port: numberOf(port["port"]) ?? textOf(port["port"]),
      endPort: numberOf(port["endPort"]),
      protocol: textOf(port["protocol"]) ?? "TCP",
    })),
    peers: objectsOf(rule[peersField]).map((peer) => ({
      podSelector: peer["podSelector"] === undefined ? undefined : selectorOf(peer["podSelector"]),
      namespaceSelector: peer["namespaceSelector"] === undefined ? undefined : selectorOf(peer["namespaceSelector"]),
      cidr: textOf(objectOf(peer["ipBlock"])["cidr"]),
      except: textsOf(objectOf(peer["ipBlock"])["except"]),
    })),
  }));
}
