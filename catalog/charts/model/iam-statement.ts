/** One statement of an IAM policy document. */
export interface IamStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Record<string, Record<string, string | readonly string[]>>;
}

/** Describe calls take no resource: `*` with a read-only action that is named in full. */
export const everyResource: readonly string[] = ["*"];
