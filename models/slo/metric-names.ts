/** Words of PromQL that stand where a metric could, in lower case. */
const words = new Set([
  ...["by", "without", "on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"],
  ...["and", "or", "unless", "atan2", "bool", "offset", "start", "end", "inf", "nan"],
]);
/** Lists of labels, which follow these words. */
const labelLists = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi;

/**
 * Names of the metrics that an expression reads, each once, in the order of reading.
 *
 * Selectors by `__name__` have no name to read and are left out: {@link readsByPattern} finds them.
 */
export function metricNames(expr: string): readonly string[] {
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, '""')
    .replace(/#.*$/gm, " ")
    .replace(/\{[^}]*\}/g, "{}")
    .replace(/\[[^\]]*\]/g, "[]")
    .replace(labelLists, " ");
  const found = [...bare.matchAll(/(?<![\w:.$])[A-Za-z_:][\w:]*(?!\s*\()(?![\w:])/g)].map(([name]) => name);
  return [...new Set(found.filter((name) => !words.has(name.toLowerCase()) && !isDuration(bare, name)))];
}

/** Durations of `offset 5m` begin with a digit and are no identifiers; `offset -5m` leaves nothing either. */
const isDuration = (bare: string, name: string): boolean =>
  new RegExp(`\\d${name}\\b`).test(bare) && /^[smhdwy]$/.test(name);

/** Whether the expression selects metrics by a matcher of their name, which no list of names can answer for. */
export const readsByPattern = (expr: string): boolean => /\{[^}]*__name__\s*=?[=~!]/.test(expr);
