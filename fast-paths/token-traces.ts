import { takes } from "./switches";

/**
 * cdktf takes a whole stack trace for each token and prints none of them: that is a tenth of a synthesis. Errors keep
 * their traces, which V8 takes by itself.
 */
export function withoutTokenTraces<Made>(run: () => Made): Made {
  if (!takes("token-traces")) return run();
  const { captureStackTrace } = Error;
  Error.captureStackTrace = () => undefined;
  try {
    return run();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}
