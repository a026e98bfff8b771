import { label } from "../../contract";
/** Who an object belongs to; becomes labels of every object and pod. */
export interface Ownership {
  readonly application: string;
  readonly owner: string;
  /** 1 is the most critical. The platform's own parts are tier 1. */
  readonly tier: number;
  readonly costCentre: string;
}

export function ownershipLabels(ownership: Ownership): Record<string, string> {
  return {
    "app.kubernetes.io/part-of": ownership.application,
    "app.kubernetes.io/managed-by": "plimsoll",
    [label.owner]: ownership.owner,
    [label.tier]: String(ownership.tier),
    [label.costCentre]: ownership.costCentre,
  };
}

/** Labels that select the pods of one component and of no other. */
export function selectorLabels(application: string, component: string): Record<string, string> {
  return { "app.kubernetes.io/name": application, "app.kubernetes.io/component": component };
}
