const patterns = new Map<string, RegExp>();

/** A text against a pattern with `*` (any text) and `?` (one character), as IAM matches them. */
export function matchesPattern(pattern: string, text: string, caseSensitive = true): boolean {
  const key = `${caseSensitive ? "s" : "i"} ${pattern}`;
  const known = patterns.get(key) ?? compiled(pattern, caseSensitive);
  patterns.set(key, known);
  return known.test(text);
}

function compiled(pattern: string, caseSensitive: boolean): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[\\s\\S]*")
    .replaceAll("?", "[\\s\\S]");
  return new RegExp(`^${source}$`, caseSensitive ? "" : "i");
}

/** ARNs match part by part: `*` in one of the first five parts does not reach beyond its colon. */
export function matchesArn(pattern: string, arn: string): boolean {
  const [wanted, found] = [partsOf(pattern), partsOf(arn)];
  if (wanted.length < 6 || found.length < 6) return matchesPattern(pattern, arn);
  return wanted.every((part, index) => matchesPattern(part, found[index] ?? ""));
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
}
