import { createInterface } from "node:readline/promises";
import { CommandError } from "./exit-codes";

/**
 * Asks for a word before something starts that costs money or destroys.
 *
 * @param flag the option that answers beforehand
 * @throws CommandError for any other answer, and without a terminal
 */
export async function confirm(question: string, word: string, flag: string): Promise<void> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new CommandError(`${question}\nNobody can be asked here: add ${flag} to go on.`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${question}\nType ${word} to go on: `);
    if (answer.trim() !== word) throw new CommandError("Nothing was done.");
  } finally {
    reader.close();
  }
}
