/** One thing wrong in a file of `apps/`. */
export interface ApplicationViolation {
  readonly file: string;
  /** Path inside the literal; empty for the file itself. */
  readonly path: string;
  /** Where the path does not lead there. */
  readonly line?: number;
  readonly found: unknown;
  readonly allowed: string;
  readonly because: string;
}
