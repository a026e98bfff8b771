/** Terraform's template strings: literal text with `${…}` between. `$${` and `%%{` are the escaped literals. */
export type TemplatePart = { readonly literal: string } | { readonly expression: string };

export function templateParts(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = "";
  let index = 0;
  while (index < text.length) {
    if (text.startsWith("$${", index) || text.startsWith("%%{", index)) {
      literal += text.slice(index + 1, index + 3);
      index += 3;
    } else if (text.startsWith("${", index)) {
      const end = endOfExpression(text, index + 2);
      if (literal !== "") parts.push({ literal });
      literal = "";
      parts.push({ expression: text.slice(index + 2, end).trim() });
      index = end + 1;
    } else {
      const next = nextMarker(text, index);
      literal += text.slice(index, next);
      index = next;
    }
  }
  if (literal !== "" || parts.length === 0) parts.push({ literal });
  return parts;
}

function nextMarker(text: string, from: number): number {
  const dollar = text.indexOf("$", from + 1);
  const percent = text.indexOf("%", from + 1);
  return Math.min(dollar < 0 ? text.length : dollar, percent < 0 ? text.length : percent);
}

/** Position of the brace that closes the expression; braces inside quoted text do not count. */
function endOfExpression(text: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    const character = text[index];
    if (character === "\\") index += 1;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return text.length;
}

export interface Traversal {
  /** `aws_vpc.main` or `data.aws_region.current`. */
  readonly address: string;
  /** What follows, for example `certificate_authority[0].data`; empty for the resource itself. */
  readonly attribute: string;
}

const traversal = /^((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)(?:\[(?:\d+|"[^"]*"|each\.key)\])?(?:\.(.+))?$/;
const plainAttribute = /^[\w-]+(?:\.[\w-]+|\[(?:\d+|"[^"]*"|\*)\]|\.\*)*$/;
const embedded = /(?<![\w."-])((?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*)(?:\.([\w-]+))?/g;

/** Reads an expression that is nothing but the attribute of a resource. */
export function traversalOf(expression: string): Traversal | undefined {
  const [, address, attribute = ""] = traversal.exec(expression) ?? [];
  return address !== undefined && (attribute === "" || plainAttribute.test(attribute))
    ? { address, attribute }
    : undefined;
}

/** Everything in an expression that looks like a resource; the caller knows which of them exist. */
export function mentionsIn(expression: string): readonly Traversal[] {
  const whole = traversalOf(expression);
  if (whole) return [whole];
  return [...expression.matchAll(embedded)].map(([, address = "", attribute = ""]) => ({ address, attribute }));
}

/** cdktf writes tokens that it could not resolve as such a text, or as a number about -8e298. */
export function isUnresolvedToken(value: unknown): boolean {
  return typeof value === "number" ? value < -1e290 : typeof value === "string" && /[$#@]\{TfToken\[/.test(value);
}
