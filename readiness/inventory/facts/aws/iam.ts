import type { Item } from "../../item";
import type { Reference } from "../../resource";

export interface IamStatement extends Item {
  /** Which argument holds the document: `policy`, `assume_role_policy`, `inline_policy[0].policy`, `statement[1]` … */
  readonly document: string;
  readonly trust: boolean;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Literal ARNs; a part that is computed stays as `${aws_s3_bucket.x.arn}`. */
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly resourceReferences: readonly Reference[];
  /** `AWS:arn…`, `Service:eks.amazonaws.com`, `*`. */
  readonly principals: readonly string[];
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}
