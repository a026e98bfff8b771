import data from "./claims.json";

/** P: a policy proves it; R: a synthesised resource provides it; D: a computed figure shows it; X: outside infrastructure. */
export type ClaimKind = "P" | "R" | "D" | "X";

/** One claim of a readiness report. Ids are stable. */
export interface Claim {
  readonly id: string;
  /** Application whose report makes the claim. */
  readonly report: string;
  readonly kind: ClaimKind;
  readonly statement: string;
  /** Why nothing here can prove it; only of kind X. */
  readonly outside?: string;
}

/** The claims of the five readiness reports, sorted by id. */
export const claims: readonly Claim[] = data as readonly Claim[];

export const claimIds: ReadonlySet<string> = new Set(claims.map((claim) => claim.id));
