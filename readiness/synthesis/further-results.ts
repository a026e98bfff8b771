import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Claim } from "../../catalog/claims/claims";
import { projectRoot } from "../../config/project";
import { escapeHatchRule, openClaimRule } from "../judgement/engine-rules";
import type { RuleResults } from "../judgement/judge";
import { missingClaims, type ReportedClaim } from "../report/claims";
import type { EscapeHatch } from "./escape-hatches";

const REGISTER = "catalog/claims/claims.json";

/** Claims that are open, for GO-09. Failed and unknown claims have the findings of their policies. */
export function openClaimResults(
  reported: readonly ReportedClaim[],
  claims: readonly Claim[],
  root: string = projectRoot,
): RuleResults {
  const lines = linesOfRegister(root);
  const open = missingClaims(reported, claims).filter(({ outcome }) => outcome === "open");
  return {
    rule: openClaimRule,
    results: open.map(({ claim, statement, waitsFor, reason }) => ({
      subject: {
        stack: "platform",
        address: REGISTER,
        constructPath: `claims/${claim}`,
        label: claim,
      },
      expected: statement,
      actual: `${waitsFor}: ${reason}`,
      source: lines.get(claim),
    })),
  };
}

/** Where the register holds each claim: one a line. An application's own claims stand in its file. */
function linesOfRegister(root: string): ReadonlyMap<string, { readonly file: string; readonly line: number }> {
  const path = join(root, REGISTER);
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  return new Map(
    lines.flatMap((text, index) => {
      const id = /"id": "([^"]+)"/.exec(text)?.[1];
      return id === undefined ? [] : [[id, { file: REGISTER, line: index + 1 }] as const];
    }),
  );
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
