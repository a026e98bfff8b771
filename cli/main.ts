import { CommandError, exitCodes } from "./exit-codes";
import { buildProgram } from "./program";

buildProgram()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    const known = error instanceof CommandError;
    const text = known || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack;
    process.stderr.write(`${text}\n`);
    process.exitCode = known ? error.code : exitCodes.failed;
  });
