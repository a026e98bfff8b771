import { z } from "zod";
import { claims as register, claimsAsWritten } from "../catalog/claims/claims";
import { features, reportCommitments } from "../catalog/claims/commitments";
import { componentFigures, objectiveFigures, platformFigures } from "../catalog/claims/registered";
import { allow, settings } from "./allowed";
import type { ConfigurationViolation } from "./configuration-error";
import { schemaViolations } from "./validation/schema-violations";

const named = allow(z.string().min(1), "a text", "findings name it");
const number = allow(z.number(), "a number", "it is compared with what is synthesised");
const plain = allow(
  z.union([z.number(), z.string(), z.boolean()]),
  "a number, text or boolean",
  "it is compared with what is synthesised",
);
const oneOf = (names: readonly string[], because: string) =>
  allow(z.enum(names as [string, ...string[]]), names.join(", "), because);

const note = named.optional();
const whose = { claim: named, application: named, note };
const figures = (names: readonly string[]) =>
  z.array(settings({ claim: named, figure: oneOf(names, "policies compare no other figure"), value: plain, note }));

/** commitments.json as policies read it. */
const commitmentsSchema = settings({
  note,
  platform: z.array(
    settings({
      ...whose,
      figure: oneOf(Object.keys(platformFigures), "policies compare no other figure"),
      value: plain,
    }),
  ),
  applications: z.array(settings({ application: named, figures: figures(["usdPerMonth"]) })),
  workloads: z.array(settings({ application: named, component: named, figures: figures(componentFigures) })),
  features: z.array(
    settings({
      ...whose,
      component: named,
      feature: oneOf(features, "policies look for no other feature"),
      needs: z.array(named),
    }),
  ),
  declarations: z.array(settings({ ...whose, path: named, value: plain })),
  objectives: z.array(settings({ application: named, figures: figures(objectiveFigures) })),
  throughput: z.array(settings({ ...whose, unit: named, total: number, perReplica: z.number().nullable() })),
  secrets: z.array(settings({ ...whose, secret: named, minimumLength: number })),
  steps: z.array(
    settings({ ...whose, step: oneOf(["migration", "seed"], "no other step runs before the pods of a release") }),
  ),
  alerts: z.array(
    settings({
      ...whose,
      alert: named,
      above: number.optional(),
      below: number.optional(),
      for: named.optional(),
      window: named.optional(),
    }),
  ),
  probes: z.array(settings({ ...whose, path: named })),
  monitoring: z.array(settings({ ...whose, parts: z.array(named) })),
});

/** Of claims.json what every reader needs; its proofs are checked by the tests. */
const claimsSchema = z
  .array(
    z.looseObject({
      id: named,
      report: named,
      kind: allow(z.enum(["P", "R", "D", "X"]), "P, R, D or X", "it says what proves the claim"),
      statement: named,
    }),
  )
  .min(1);

const claimsFile = "catalog/claims/claims.json";
const commitmentsFile = "catalog/claims/commitments.json";

/** What the register of claims and the commitments of the reports hold that nothing could read. */
export function registerViolations(
  claims: unknown = claimsAsWritten,
  commitments: unknown = reportCommitments,
): ConfigurationViolation[] {
  const ids = new Set(register.map(({ id }) => id));
  return [
    ...schemaViolations(claimsFile, claimsSchema, claims),
    ...schemaViolations(commitmentsFile, commitmentsSchema, commitments),
    ...namedClaims(commitments)
      .filter(({ claim }) => claims === claimsAsWritten && !ids.has(claim))
      .map(({ path, claim }) => ({
        file: commitmentsFile,
        path,
        found: claim,
        allowed: `a claim of ${claimsFile}`,
        because: "a promise of no claim is judged and reported nowhere",
      })),
  ];
}

/** Every claim that the commitments name, with the way to it. */
function namedClaims(value: unknown, path: readonly string[] = []): { path: string; claim: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    key === "claim" && typeof one === "string"
      ? [{ path: [...path, key].join("."), claim: one }]
      : namedClaims(one, [...path, key]),
  );
}
