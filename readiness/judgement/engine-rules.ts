import type { Severity } from "../policy/policy";

/** Rule about the judgement itself, applied by the engine. Open claims and escape hatches accept waivers. */
export interface EngineRule {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly because: string;
  readonly remedy: string;
}

export const waiverRule: EngineRule = {
  id: "GO-03",
  severity: "error",
  title: "Waivers are well-formed, unexpired and used",
  because: "a waiver that outlives its reason hides the next failure",
  remedy: "remove the waiver from waivers.yaml, or fix the setting named",
};

export const unknownRule: EngineRule = {
  id: "GO-04",
  severity: "error",
  title: "No policy of severity error ends unknown in production",
  because: "what could not be judged is not ready",
  remedy: "set the value explicitly, so that it is known before the deployment, or waive the result with its reason",
};

export const coverageRule: EngineRule = {
  id: "GO-07",
  severity: "error",
  title: "Every claim of the readiness reports is proved, or declared open or outside with its reason",
  because: "a claim without a policy reads like one that holds",
  remedy: "restore the policy that proved the claim, or say in catalog/claims/claims.json why it is open or outside",
};

export const openClaimRule: EngineRule = {
  id: "GO-09",
  severity: "warning",
  title: "Every claim of a deployed application holds in production",
  because: "an open claim is a promise that nothing deployed keeps yet",
  remedy: "deploy what the claim asks for, or waive it in waivers.yaml with owner, reason, ticket and expiry date",
};

export const escapeHatchRule: EngineRule = {
  id: "GO-14",
  severity: "error",
  title: "Raw overrides, aspects and unguarded resources are declared with a reason",
  because:
    "an override bypasses the construct that the policies know, and the next change of the construct is lost with it",
  remedy:
    "use a property of the construct, declare the override with declaredOverride and its reason, or waive the finding",
};

export const engineRules: readonly EngineRule[] = [
  waiverRule,
  unknownRule,
  coverageRule,
  openClaimRule,
  escapeHatchRule,
];
