/** Exit codes of `plimsoll`. Those of a synthesis are the same as of `make synth`. */
export const exitCodes = {
  done: 0,
  /** Wrong arguments, a configuration that is not valid, or a program error. */
  failed: 1,
  /** Policies refuse the platform, or a comparison found a regression. */
  refused: 2,
  /** Something that the command needs is missing: it lists everything at once. */
  missing: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One sentence for the caller: what is wrong, what is allowed, how to go on. Printed without a stack trace. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly code: ExitCode = exitCodes.failed,
  ) {
    super(message);
  }
}
