import { Construct } from "constructs";

/** Where a reader should look: a file of the project, and the path of the value inside its exported literal if known. */
export interface Declaration {
  /** Compiled module and position as V8 reports them; mapped to the TypeScript source only when a finding needs it. */
  readonly frame?: StackFrame;
  /** Source file relative to the project, with `/`. */
  readonly file?: string;
  /** Property path in the exported literal of `file`, for example `regions.primary.pools.general`. */
  readonly path?: string;
}

export interface StackFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const declarations = new WeakMap<Construct, Declaration>();

/**
 * A construct that readiness policies guard and that remembers where it was declared.
 *
 * Each subclass states in its own file which policies judge it (`static readonly guardedBy`); a test holds the list
 * against the catalogue.
 */
export abstract class Guarded extends Construct {
  constructor(scope: Construct, id: string, declaration?: Declaration) {
    super(scope, id);
    declare(this, declaration ?? { frame: callSite(new.target) });
  }
}

export function declare(construct: Construct, declaration: Declaration): void {
  declarations.set(construct, declaration);
}

/** The declaration of the construct itself or of its nearest ancestor that has one. */
export function declarationOf(construct: Construct): Declaration | undefined {
  for (let current: Construct | undefined = construct; current; current = current.node.scope as Construct | undefined) {
    const declaration = declarations.get(current);
    if (declaration) return declaration;
  }
  return undefined;
}

/** The first frame above `below`: structured, because a formatted stack of every construct would double synthesis time. */
export function callSite(below: (...args: never[]) => unknown): StackFrame;
export function callSite(below: abstract new (...args: never[]) => unknown): StackFrame;
export function callSite(below: unknown): StackFrame {
  const holder: { stack?: NodeJS.CallSite[] } = {};
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_error, frames) => frames;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, below as (...args: never[]) => unknown);
  const frame = holder.stack?.[0];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return { file: frame?.getFileName() ?? "", line: frame?.getLineNumber() ?? 0, column: frame?.getColumnNumber() ?? 0 };
}
