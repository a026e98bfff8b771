import { claims as register } from "../../../catalog/claims/claims";
import { claimsOfThroughput, type Commitments } from "../../../catalog/claims/commitments";
import { platformFigures } from "../../../catalog/claims/registered";
import { entriesOf, listed, type Draft, type Refusal } from "./draft";

type DraftClaim = NonNullable<NonNullable<Draft["claims"]>[string]>;
type DraftCommitment = NonNullable<NonNullable<DraftClaim["commitments"]>[number]>;

/** Claims that the application registers, and those that its components say they carry. */
export function claimRefusals(draft: Draft, commitments: Commitments): Refusal[] {
  return [
    ...carriedClaims(draft, commitments),
    ...entriesOf(draft.claims).flatMap(([claim, { commitments: said }]) => [
      ...registered(claim),
      ...(said ?? []).flatMap((one, index) =>
        one === undefined
          ? []
          : missingSubject(one, draft).map(({ path, ...refusal }) => ({
              ...refusal,
              path: ["claims", claim, "commitments", index, ...path],
            })),
      ),
    ]),
  ];
}

function registered(id: string): Refusal[] {
  const owner = register.find((claim) => claim.id === id);
  return owner === undefined
    ? []
    : [
        {
          path: ["claims", id],
          found: id,
          allowed: `an id that no claim of catalog/claims/claims.json has: this one is of ${owner.report}`,
          because: "one id with two meanings cannot be reported",
        },
      ];
}

/** What the commitment is about must be declared, and its value of the type that is compared. */
function missingSubject(said: DraftCommitment, { components, secrets, jobs }: Draft): Refusal[] {
  const unknownName = (field: string, name: string | undefined, names: readonly string[], what: string): Refusal[] =>
    name === undefined || names.includes(name)
      ? []
      : [
          {
            path: [field],
            found: name,
            allowed: `${what} of the application: ${listed(names, "it has none")}`,
            because: "a commitment about something that is not there cannot be judged",
          },
        ];
  switch (said.kind) {
    case "component":
    case "feature":
      return unknownName("component", said.component, Object.keys(components ?? {}), "a component");
    case "secret":
      return unknownName("secret", said.secret, Object.keys(secrets ?? {}), "a secret");
    case "step":
      return unknownName("step", said.step, [...new Set(entriesOf(jobs).map(([, { kind }]) => String(kind)))], "a job");
    case "platform": {
      const type = said.figure && platformFigures[said.figure];
      return type === undefined || said.value === undefined || typeof said.value === type
        ? []
        : [
            {
              path: ["value"],
              found: said.value,
              allowed: `a ${type === "string" ? "text" : type} for ${said.figure ?? "the figure"}`,
              because: "a value of another type never equals what is synthesised",
            },
          ];
    }
    default:
      return [];
  }
}

/** A component carries what a claim of its own application promises. */
function carriedClaims({ name, components, claims }: Draft, commitments: Commitments): Refusal[] {
  if (name === undefined) return [];
  const own = [
    ...claimsOfThroughput(commitments, name),
    ...entriesOf(claims).flatMap(([claim, { commitments: said }]) =>
      (said ?? []).some((one) => one?.kind === "throughput") ? [claim] : [],
    ),
  ];
  return entriesOf(components).flatMap(([component, { throughput }]) =>
    (throughput?.carries ?? []).flatMap((carried, index): Refusal[] =>
      carried?.claim === undefined || own.includes(carried.claim)
        ? []
        : [
            {
              path: ["components", component, "throughput", "carries", String(index), "claim"],
              found: carried.claim,
              allowed: listed(own, "no claim: leave it out, or register it in claims with a commitment of throughput"),
              because:
                own.length === 0
                  ? "no readiness report and no claim of the file promises a throughput of this application"
                  : "its report and its claims promise no other throughput",
            },
          ],
    ),
  );
}
