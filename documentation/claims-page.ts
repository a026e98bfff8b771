import type { Claim, ClaimKind } from "../catalog/claims/claims";
import type { CataloguedPolicy } from "../readiness/policies";
import { markdownTable } from "./markdown";

/** What a claim speaks of, as the reports divide it. */
const kinds: Readonly<Record<ClaimKind, string>> = {
  P: "platform",
  R: "run time",
  D: "documents",
  X: "outside",
};

/** The register of claims by report, with what proves each or why it is open. */
export function claimsPage(claims: readonly Claim[], catalogue: readonly CataloguedPolicy[]): string {
  const provers = new Map<string, string[]>();
  for (const { policy, file } of catalogue)
    for (const claim of policy.proves)
      provers.set(claim, [
        ...(provers.get(claim) ?? []),
        `[${policy.id}](policies/${file.split("/")[0] ?? ""}/${policy.id}.md)`,
      ]);
  const reports = [...new Set(claims.map(({ report }) => report))].sort();
  return [
    "# Claims of the readiness reports",
    "",
    `${claims.length} claims of ${reports.length} reports. What proves a claim is judged in every synthesis; \`npx plimsoll open\` lists those that do not hold now. This page is written by \`make docs\` from \`catalog/claims/claims.json\`.`,
    "",
    ...reports.flatMap((report) => [
      `## ${report}`,
      "",
      ...markdownTable(
        ["claim", "kind", "statement", "proved by", "open"],
        claims
          .filter((claim) => claim.report === report)
          .map((claim) => [
            claim.id,
            kinds[claim.kind],
            claim.statement,
            [...(provers.get(claim.id) ?? []).sort(), ...proofsOf(claim)].join(", ") || "–",
            openText(claim),
          ]),
      ),
      "",
    ]),
  ].join("\n");
}

const proofsOf = ({ proofs = [] }: Claim): string[] => proofs.map(({ kind, ref }) => `${kind} \`${ref}\``);

function openText({ outside, open, missing }: Claim): string {
  if (outside !== undefined) return `outside: ${outside}`;
  const owed = open ?? missing;
  return owed === undefined ? "–" : `waits for ${owed.work}: ${owed.reason}`;
}
