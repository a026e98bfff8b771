import type { Claim } from "../../catalog/claims/claims";
import { escapeHatchRule, openClaimRule } from "../judgement/engine-rules";
import type { RuleResults } from "../judgement/judge";
import { missingClaims, type ReportedClaim } from "../report/claims";
import type { EscapeHatch } from "./escape-hatches";

/** Claims that are open, for GO-09. Failed and unknown claims have the findings of their policies. */
export function openClaimResults(reported: readonly ReportedClaim[], claims: readonly Claim[]): RuleResults {
  const open = missingClaims(reported, claims).filter(({ outcome }) => outcome === "open");
  return {
    rule: openClaimRule,
    results: open.map(({ claim, statement, waitsFor, reason }) => ({
      subject: {
        stack: "platform",
        address: "catalog/claims/claims.json",
        constructPath: `claims/${claim}`,
        label: claim,
      },
      expected: statement,
      actual: `${waitsFor}: ${reason}`,
    })),
  };
}

export interface LocatedHatch extends EscapeHatch {
  readonly source: { readonly file: string; readonly line: number } | undefined;
}

/** Escape hatches without a declared reason, for GO-14. */
export function escapeHatchResults(hatches: readonly LocatedHatch[]): RuleResults {
  return {
    rule: escapeHatchRule,
    results: hatches.map(({ kind, path, stack, address, constructPath, source }) => ({
      subject: { stack, address, constructPath, label: address },
      ...said[kind](path ?? ""),
      source,
    })),
  };
}

const said: Readonly<Record<EscapeHatch["kind"], (path: string) => { expected: string; actual: string }>> = {
  override: (path) => ({ expected: "no raw override without a declared reason", actual: `override of ${path}` }),
  resource: () => ({ expected: "a resource made by a construct that names its policies", actual: "a raw resource" }),
  aspect: () => ({ expected: "no aspect, which changes resources after they are built", actual: "an aspect" }),
};
