import type { Matcher, Selector } from "./types";

const form = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*$/s;
const matcher = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/gy;

/** The selector that a PromQL text is, or undefined where it is more than one selector. */
export function selectorOf(text: string): Selector | undefined {
  const [, metric, inside = ""] = form.exec(text) ?? [];
  if (metric === undefined) return undefined;
  const matchers: Matcher[] = [];
  matcher.lastIndex = 0;
  let end = 0;
  while (end < inside.trimEnd().length) {
    const found = matcher.exec(inside);
    if (!found) return undefined;
    const [, label = "", operator = "=", value = ""] = found;
    matchers.push({ label, operator: operator as Matcher["operator"], value: unescaped(value) });
    end = matcher.lastIndex;
  }
  return { metric, matchers };
}

const unescaped = (value: string): string =>
  value.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
