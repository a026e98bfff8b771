/** One statement of an IAM policy document; texts are ARNs, actions and patterns with `*` and `?`. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** `AWS:arn…`, `AWS:<account>`, `Service:eks.amazonaws.com` or `*`; empty in an identity policy. */
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface Condition {
  /** For example `StringEquals`, `ArnLikeIfExists` or `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** Condition key, for example `kms:ViaService`; keys are compared without case. */
  readonly key: string;
  readonly values: readonly string[];
}

export type Principal =
  | { readonly kind: "role"; readonly arn: string; readonly account: string }
  | { readonly kind: "service"; readonly name: string };

/** One call of an AWS API. */
export interface PermissionRequest {
  readonly principal: Principal;
  /** `s3:PutObject`; compared without case. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource. */
  readonly resource: string;
  /** Account that owns the resource: 12 digits. */
  readonly resourceAccount: string;
  /** Condition keys of the call with their values. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** The policies that decide one call. */
export interface ApplicablePolicies {
  /** Of the role; empty for a service. */
  readonly identity: readonly Statement[];
  /** Permissions boundary of the role. @default none - the role has no boundary */
  readonly boundary?: readonly Statement[];
  /** Of the resource itself: key, bucket, topic or trust policy. @default none - the resource has no policy */
  readonly resource?: readonly Statement[];
  /** Each VPC endpoint that the call passes. @default none - the call passes no endpoint with a policy */
  readonly endpoints?: readonly (readonly Statement[])[];
  /**
   * `either`: identity or resource policy of one account suffices (S3, SNS, SQS). `resource`: the resource policy must allow,
   * by naming the role or by giving the account to IAM (KMS keys, trust policies).
   */
  readonly resourceDecides: "either" | "resource";
}

export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** Which policy refuses, in words. */
      readonly reason: string;
    };
