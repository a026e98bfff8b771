import data from "./claims.json";

/** P: a policy proves it; R: a synthesised resource provides it; D: a computed figure shows it; X: outside infrastructure. */
export type ClaimKind = "P" | "R" | "D" | "X";

/** Work that is still to be done. */
export interface Owed {
  readonly work:
    | "applications"
    | "databases and caches"
    | "delivery"
    | "documents"
    | "observability"
    | "recovery tests"
    | "run time"
    | "secrets";
  readonly reason: string;
}

/**
 * What shows that a claim holds beside the policies, which say themselves what they prove. `ref` is
 * - `test`: file below `__tests__`, describe and test as written, joined by ` › `; the project's own tests run it,
 * - `figure`: path in `models` of report.json,
 * - `resource`: a Terraform type, `chart <name>`, or `kind <Kind>` of a Kubernetes object.
 */
export interface RegisteredProof {
  readonly kind: "test" | "figure" | "resource";
  readonly ref: string;
}

/** One claim of a readiness report. Ids are stable. A claim is outside, or open, or a policy or a proof shows it. */
export interface Claim {
  readonly id: string;
  /** Application whose report makes the claim. */
  readonly report: string;
  readonly kind: ClaimKind;
  readonly statement: string;
  /** Why nothing here can prove it; all of kind X. */
  readonly outside?: string;
  /** Nothing shows it yet. */
  readonly open?: Owed;
  readonly proofs?: readonly RegisteredProof[];
  /** Part of the claim that the proofs do not reach: until it is there, the claim is open however well they stand. */
  readonly missing?: Owed;
}

/** The file as it stands: the configuration refuses what is no list of claims. */
export const claimsAsWritten: unknown = data;

/** The claims of the five readiness reports, sorted by id. */
export const claims: readonly Claim[] = Array.isArray(claimsAsWritten) ? (claimsAsWritten as readonly Claim[]) : [];

export const claimIds: ReadonlySet<string> = new Set(claims.map((claim) => claim.id));
