/** Text that is HTML already; everything else is escaped on its way into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Piece = Markup | string | number | null | undefined | false | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For element content and quoted attributes, in HTML and in XML. Control characters, which XML forbids, are removed. */
export const escaped = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);

/** Template tag: every interpolated text is escaped, lists are joined, null, undefined and false are left out. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(parts.map((part, index) => ascii(part) + rendered(pieces[index])).join(""));

/** The bundler cannot escape the parts of a tagged template, and the bundle is read as Latin-1. */
function ascii(part: string): string {
  if (/[^\u0000-\u007f]/.test(part))
    throw new Error(`"${part.trim()}" has a character outside ASCII: interpolate it, as in \${"…"}.`);
  return part;
}

function rendered(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return "";
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "object") return piece.map(rendered).join("");
  return escaped(String(piece));
}

/** A text with what stands between backticks as code. */
export const withCode = (text: string): Piece =>
  text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));

/** An `id` and the end of a deep link: letters, digits, hyphens. */
export const anchor = (kind: string, name: string): string => `${kind}-${name.replace(/[^A-Za-z0-9-]+/g, "-")}`;
