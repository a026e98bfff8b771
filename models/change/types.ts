/** What a change of an argument means, where the schema alone does not say it. */
export interface ChangeRule {
  readonly on: string;
  readonly when:
    "changes" | "disappears" | "becomes" | "shrinks" | "falls" | "majorRises" | "skipsMinor" | "exceeds" | "undercuts";
  readonly equals?: string | undefined;
  /** Of `becomes`: applies where this is the former value. */
  readonly from?: string | undefined;
  readonly than?: string | undefined;
  readonly where?:
    | {
        readonly argument: string;
        readonly is: "above" | "notTrue" | "otherThan";
        readonly value?: string | undefined;
      }
    | undefined;
  /** Applies where the newer configuration ignores changes of this argument. */
  readonly ifIgnored?: string | undefined;
  readonly effect: "replaced" | "rejected" | "mayBeRejected" | "ignored";
  readonly says: string;
  readonly source: string;
}

/** What happens to the data of a resource that is destroyed, by one of its arguments. */
export interface DestroyNote {
  readonly argument: string;
  readonly equals?: string | boolean | undefined;
  readonly says: string;
  /** The data stays. */
  readonly keeps?: true | undefined;
}

export interface TypeTraits {
  readonly source: string;
  readonly holds?:
    { readonly what: string; readonly protected: boolean; readonly where?: string | undefined } | undefined;
  /** Argument with the name that two objects cannot have at the same time. */
  readonly identity?: string | undefined;
  /** Empty: no change replaces it. Absent: not looked up. */
  readonly forcesReplacement?: readonly string[] | undefined;
  /** Arguments that are sets: another order is no change. */
  readonly unordered?: readonly string[] | undefined;
  readonly rules?: readonly ChangeRule[] | undefined;
  readonly onDestroy?: readonly DestroyNote[] | undefined;
  readonly nameStaysTaken?: { readonly says: string; readonly source: string } | undefined;
  /** What it means for what runs that the resource is made anew. */
  readonly replacing?: { readonly says: string; readonly source: string } | undefined;
  /** Arguments of other types: while one of them names the resource, AWS refuses to delete it. */
  readonly heldBy?:
    | {
        readonly by: readonly { readonly type: string; readonly argument: string }[];
        readonly says: string;
        readonly source: string;
      }
    | undefined;
}

export type ProviderTraits = Readonly<Record<string, TypeTraits>>;

/** A resource as a configuration declares it. */
export interface Declared {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly region?: string | undefined;
  /**
   * Leaf values by path without indices (`scaling_config.min_size`), those of a list in its order. What another
   * resource computes is `${<stack>/<address>.<attribute>}`, with the address before it was moved.
   */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly preventsDestroy: boolean;
  readonly createsBeforeDestroying: boolean;
  /** Paths whose changes Terraform ignores; `all` for each. */
  readonly ignored: readonly string[] | "all";
}

export interface Declaration {
  readonly resources: readonly Declared[];
  /** `moved` blocks, by `<stack>/<new address>` the former one. */
  readonly moved: ReadonlyMap<string, string>;
  /** `<stack>/<address>` of `removed` blocks that keep the object. */
  readonly forgotten: ReadonlySet<string>;
}

export interface Change {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  /** `undetermined`: in place or replaced; the catalogue does not have the type. */
  readonly kind: "added" | "removed" | "forgotten" | "in place" | "replaced" | "undetermined";
  /** Arguments that differ. */
  readonly differs: readonly string[];
  /** Why it is replaced. */
  readonly because: readonly string[];
  /** What its replacement means for what runs. */
  readonly means?: string;
}

export interface Loss {
  readonly subject: string;
  readonly kind: "removed" | "replaced";
  readonly what: string;
  /** The older configuration had prevent_destroy, which went with its block or was removed. */
  readonly wasProtected: boolean;
  readonly onDestroy: readonly string[];
  /** An added resource of the same type and name: it was probably renamed. */
  readonly nowAt?: string;
}

export interface Remark {
  readonly subject: string;
  readonly argument: string;
  readonly before: string;
  readonly after: string;
  readonly says: string;
  readonly source: string;
}

export interface ChangeReport {
  readonly changes: readonly Change[];
  readonly losses: readonly Loss[];
  readonly rejected: readonly Remark[];
  readonly mayBeRejected: readonly Remark[];
  readonly ignored: readonly Remark[];
}
