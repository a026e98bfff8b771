import data from "./unique-names.json";

/** Where AWS takes a name once: in the whole account, or in each of its regions. */
export interface NameRule {
  /** Argument that holds the name. */
  readonly argument: string;
  readonly scope: "account" | "region";
}

const rules = new Map<string, NameRule>(
  (["account", "region"] as const).flatMap((scope) =>
    Object.entries(data[scope] as Readonly<Record<string, string>>).map(
      ([type, argument]) => [type, { argument, scope }] as const,
    ),
  ),
);

/** Resource types whose names are taken once, such as `aws_iam_role`. */
export const namedTypes: readonly string[] = [...rules.keys()].sort();

export const nameRule = (type: string): NameRule | undefined => rules.get(type);
