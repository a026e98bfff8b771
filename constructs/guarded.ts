import { Construct } from "constructs";
import { callSite, type Declaration } from "../config/declaration";

export type { Declaration } from "../config/declaration";

const declarations = new WeakMap<object, Declaration>();

/**
 * A construct that readiness policies guard and that remembers where it was declared.
 *
 * Each subclass states in its own file which policies judge it (`static readonly guardedBy`); a test holds the list
 * against the catalogue. A part of a guarded construct stands where the whole was declared.
 */
export abstract class Guarded extends Construct {
  constructor(scope: Construct, id: string, declaration?: Declaration) {
    super(scope, id);
    if (declaration) declare(this, declaration.inCode ? { ...declaration, frame: callSite(new.target) } : declaration);
    else if (!(scope instanceof Guarded)) declare(this, { frame: callSite(new.target) });
  }
}

export function declare(construct: Construct, declaration: Declaration): void {
  declarations.set(construct, declaration);
}

/** The declaration of the construct itself or of its nearest ancestor that has one. */
export function declarationOf(construct: Construct): Declaration | undefined {
  for (const ancestor of [...construct.node.scopes].reverse()) {
    const declaration = declarations.get(ancestor);
    if (declaration) return declaration;
  }
  return undefined;
}
