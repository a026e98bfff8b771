import type { Statement } from "../../../../models/permissions";
import type { Item } from "../../item";

/** A policy document of an AWS resource, with the ARNs that its references will have. */
export interface PolicyDocument extends Item {
  /** Argument that holds it: `policy`, `assume_role_policy`, `inline_policy.0.policy` … */
  readonly argument: string;
  readonly statements: readonly Statement[];
  /** Why its statements are not known. @default none - all are read */
  readonly unreadable?: string;
}
