import { html, type Markup, type Piece } from "./markup";

export interface Column {
  readonly title: string;
  /** @default false - numbers are aligned to the right */
  readonly numeric?: boolean;
  /** @default false - text that needs room on a narrow screen */
  readonly wide?: boolean;
}

export interface Row {
  readonly cells: readonly Piece[];
  /** Target of deep links. */
  readonly id?: string;
  /** Value that the outcome filter compares. */
  readonly outcome?: string;
}

/** Rows beyond which a table gets a height of its own; searched tables are the ends of deep links and stay as they are. */
const tallRows = 120;

/** A table that scrolls inside its own container; the container takes the keyboard's focus so that arrows scroll it. */
export const table = (
  caption: string,
  columns: readonly Column[],
  rows: readonly Row[],
  searched = false,
): Markup => html`
<div class="scroll${!searched && rows.length > tallRows && " tall"}" role="region" aria-label="${caption}" tabindex="0"><table${searched && html` data-searched`}>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ title, numeric }) => html`<th scope="col" ${numeric && html` class="number"`}>${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => tableRow(columns, row))}</tbody>
</table></div>`;

const tableRow = (columns: readonly Column[], { cells, id, outcome }: Row): Markup =>
  html`<tr${id !== undefined && html` id="${id}"`}${outcome !== undefined && html` data-outcome="${outcome}"`}>${cells.map(
    (cell, index) =>
      index === 0
        ? html`<th scope="row" ${cellClass(columns[index])}>${cell}</th>`
        : html`<td${cellClass(columns[index])}>${cell}</td>`,
  )}</tr>
`;

const cellClass = (column: Column | undefined): Piece =>
  column?.numeric ? html` class="number"` : column?.wide && html` class="wide"`;

const shownItems = 40;

/** A list whose later items are folded away: with many applications the page stays one that can be read. */
export function folded(items: readonly Piece[], listed: (items: readonly Piece[]) => Markup): Markup {
  if (items.length <= shownItems) return listed(items);
  return html`${listed(items.slice(0, shownItems))}
    <details>
      <summary>${items.length - shownItems} more</summary>
      ${listed(items.slice(shownItems))}
    </details>`;
}

/** Names side by side. */
export const nameList = (names: readonly string[]): Markup =>
  folded(
    names.map((name) => html`<li>${name}</li>`),
    (items) =>
      html`<ul class="names">
        ${items}
      </ul>`,
  );

/** Rows of bars below each other. */
export const barRows = (rows: readonly Piece[]): Markup =>
  folded(rows, (items) => html`<div class="bars">${items}</div>`);

/** A section of the page with its heading; sections are the targets of the navigation. */
export const section = (id: string, title: string, ...content: readonly Piece[]): Markup =>
  html` <section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

const outcomeTexts: Readonly<Record<string, string>> = {
  notApplicable: "not applicable",
  doesNotFit: "does not fit",
};

/** An outcome as a word and a colour. */
export const badge = (outcome: string): Markup =>
  html`<span class="badge ${outcome}">${outcomeTexts[outcome] ?? outcome}</span>`;

/** A command with a button that copies it. */
export const command = (text: string): Markup =>
  html`<span class="command"
    ><code>${text}</code
    ><button type="button" class="copy" data-copy="${text}">Copy<span class="hidden"> ${text}</span></button></span
  >`;
