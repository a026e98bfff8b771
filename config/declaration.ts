/** Where a reader should look: a frame of the program, or a file of the project with the path of a value inside its literal. */
export interface Declaration {
  /** Compiled module and position as V8 reports them; mapped to the TypeScript source only when a finding needs it. */
  readonly frame?: StackFrame;
  /** Source file relative to the project, with `/`. */
  readonly file?: string;
  /** Property path in the exported literal of the file, for example `regions.primary.pools.general`. */
  readonly path?: string;
  /** Where the same settings may be overridden, tried first: `environments.staging.components.api`. A setting stands there by its last name. */
  readonly override?: string;
  /** The file holds settings that code reads: a finding that names none of them stands at the frame, in that code. */
  readonly inCode?: boolean;
  /** Looked at next where the file does not have the setting. */
  readonly otherwise?: Declaration;
}

export interface StackFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Kept from the start: a synthesis replaces it while it builds. */
const { captureStackTrace } = Error;

/** The first frame above `below`: structured, because a formatted stack of every construct would double synthesis time. */
export function callSite(below: unknown): StackFrame {
  const holder: { stack?: NodeJS.CallSite[] } = {};
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_error, frames) => frames;
  Error.stackTraceLimit = 1;
  captureStackTrace(holder, below as (...args: never[]) => unknown);
  const frame = holder.stack?.[0];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return { file: frame?.getFileName() ?? "", line: frame?.getLineNumber() ?? 0, column: frame?.getColumnNumber() ?? 0 };
}
