import data from "./web-rule-groups.json";

/** A group of AWS' managed rules that lets callers of an API pass while these rules of it only count. */
export interface WebRuleGroup {
  readonly name: string;
  readonly counted: readonly { readonly rule: string; readonly reason: string }[];
  /** Rules that read the body of a request, with the label that each puts on what it finds. */
  readonly bodyRules: readonly { readonly rule: string; readonly label: string }[];
}

export const webRuleGroups: readonly WebRuleGroup[] = data.groups;
