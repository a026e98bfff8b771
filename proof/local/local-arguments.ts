/**
 * Words of ARGS, each of which the command takes on the emulators.
 * @throws Error that names every other word: left out silently, it would seem to have had its effect
 */
export function localArguments(command: string, words: readonly string[], taken: readonly string[]): readonly string[] {
  const others = words.filter((word) => !taken.includes(word));
  if (others.length === 0) return words;
  const allowed = taken.length > 0 ? `${taken.join(", ")} or nothing` : "nothing";
  throw new Error(
    `ARGS  found ${others.map((word) => JSON.stringify(word)).join(", ")}, allowed: ${allowed}, because make ${command} ENV=local does all its stages in one go: leave it out`,
  );
}
