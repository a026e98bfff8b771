import { asObject, type JsonValue } from "../../../policy/json";
import { type Edit, update } from "../../../policy/mutation";

/** Removes an action, or all that begin with `service:`, from the statements of an IAM policy. */
export const without = (action: string): Edit =>
  update("policy.Statement", (statements) =>
    (Array.isArray(statements) ? statements : []).flatMap((one): JsonValue[] => {
      const statement = asObject(one);
      const listed = statement["Action"];
      const kept = (Array.isArray(listed) ? listed : [listed]).filter((name) => !matches(String(name), action));
      return kept.length === 0 ? [] : [{ ...statement, Action: kept as JsonValue[] }];
    }),
  );

const matches = (name: string, action: string): boolean =>
  action.endsWith(":") ? name.startsWith(action) : name === action;
