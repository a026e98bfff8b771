import type { Claim } from "../../catalog/claims/claims";

/** A claim without a policy, or a policy that proves no claim. */
export interface CoverageProblem {
  /** Claim or policy. */
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a policy says that it proves. */
interface Proving {
  readonly id: string;
  readonly proves: readonly string[];
}

/** Every claim has a policy or a registered proof, or is declared open or outside with its reason. */
export function coverageProblems(claims: readonly Claim[], policies: readonly Proving[]): CoverageProblem[] {
  const proved = new Set(policies.flatMap(({ proves }) => proves));
  const known = new Set(claims.map(({ id }) => id));
  const uncovered = claims.filter((claim) => !proved.has(claim.id) && !claim.proofs?.length && !reasonOf(claim));
  const unknown = policies.flatMap(({ id, proves }) =>
    proves.filter((claim) => !known.has(claim)).map((claim) => ({ id, claim })),
  );
  return [
    ...uncovered.map(({ id, statement }) => ({
      subject: id,
      expected: `a policy or a proof of "${statement}", or the reason why there is none`,
      actual: "nothing",
    })),
    ...unknown.map(({ id, claim }) => ({
      subject: id,
      expected: "claims of catalog/claims/claims.json",
      actual: claim,
    })),
  ];
}

const reasonOf = ({ outside, open }: Claim): boolean => (outside ?? open?.reason ?? "").trim() !== "";
