/**
 * cdktf records a whole stack trace with each token and prints none of them: formatting them is a tenth of a synthesis.
 * Errors keep their traces.
 */
export function withoutTokenTraces(run: () => void): void {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (holder: unknown, frames) => (holder instanceof Error ? `${String(holder)}\n    at ${frames.join("\n    at ")}` : "");
  try {
    run();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
