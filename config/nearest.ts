/** Most edits between a word and the one that was probably meant. */
const mostEdits = 3;
/** Fewer letters begin too many words. */
const shortestAbbreviation = 3;

/**
 * The candidate with the fewest edits from the word, whatever its capitals, or the one that it abbreviates; undefined where
 * none is within three edits, or within half of a short word: three edits make any word of three letters of any other.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const longer = candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));
  if (word.length >= shortestAbbreviation && longer.length === 1) return longer[0];
  const measured = candidates.map((candidate) => ({
    candidate,
    edits: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const [best] = measured.sort((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.min(mostEdits, Math.max(1, Math.floor(word.length / 2)))
    ? best.candidate
    : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries())
      next.push(
        Math.min((next[column] ?? 0) + 1, (row[column + 1] ?? 0) + 1, (row[column] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
