export { evaluate } from "./evaluate";
export { matchesArn, matchesPattern } from "./patterns";
export type { ApplicablePolicies, Condition, Decision, PermissionRequest, Principal, Statement } from "./types";
