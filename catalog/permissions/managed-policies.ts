import type { Condition, Statement } from "../../models/permissions";
import catalogue from "./managed-policies.json";

interface WrittenStatement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === "string" ? [value] : value);

/** Statements of the AWS managed policies that roles of the platform may have, by ARN. */
export const managedPolicies: ReadonlyMap<string, readonly Statement[]> = new Map(
  Object.entries(
    (catalogue as { policies: Readonly<Record<string, { Statement: readonly WrittenStatement[] }>> }).policies,
  ).map(([arn, { Statement: written }]) => [arn, written.map(statementOf)]),
);

function statementOf({ Effect, Action, Resource, Condition: conditions = {} }: WrittenStatement): Statement {
  return {
    effect: Effect === "Deny" ? "Deny" : "Allow",
    actions: Action,
    notActions: [],
    resources: list(Resource),
    notResources: [],
    principals: [],
    notPrincipals: [],
    conditions: Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]): Condition => ({ operator, key, values: list(values) })),
    ),
  };
}
