import { CommandError, exitCodes } from "./exit-codes";
import { buildProgram } from "./program";

// A reader such as `| head` may have read enough: that is no failure.
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit(process.exitCode ?? exitCodes.done);
  process.stderr.write(`${message}\n`);
  process.exit(exitCodes.failed);
});

buildProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    const known = error instanceof CommandError;
    const text = known || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack;
    process.stderr.write(`${text}\n`);
    process.exitCode = known ? error.code : exitCodes.failed;
  });
