import data from "./web-rule-groups.json";

/** A group of AWS' managed rules that lets callers of an API pass while these rules of it only count. */
export interface WebRuleGroup {
  readonly name: string;
  readonly counted: readonly { readonly rule: string; readonly reason: string }[];
}

export const webRuleGroups: readonly WebRuleGroup[] = data.groups;
