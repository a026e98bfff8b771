import { objectOf, objectsOf, textMapOf, textOf, textsOf, type Json } from "../json";
import type { LabelSelector } from "../facts/kubernetes/label-selector";

export function selectorOf(value: Json | undefined): LabelSelector {
  const selector = objectOf(value);
  return {
    matchLabels: textMapOf(selector["matchLabels"]),
    matchExpressions: objectsOf(selector["matchExpressions"]).map((expression) => ({
      key: textOf(expression["key"]) ?? "",
      operator: textOf(expression["operator"]) ?? "",
      values: textsOf(expression["values"]),
    })),
  };
}

/** Kubernetes' rule: every label and every expression matches; an empty selector matches everything. */
export function matches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
