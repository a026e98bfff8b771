type Cell = string | number;

/** A cell ends at a pipe and a row at the end of its line. */
const cellOf = (cell: Cell): string => String(cell).replace(/\|/g, "\\|").replace(/\r?\n/g, " ");
const rowOf = (cells: readonly Cell[]): string => `| ${cells.map(cellOf).join(" | ")} |`;

/** Lines of a table of GitHub's Markdown. */
export const markdownTable = (heads: readonly string[], rows: readonly (readonly Cell[])[]): string[] => [
  rowOf(heads),
  rowOf(heads.map(() => "---")),
  ...rows.map(rowOf),
];

/** The same as one paragraph. */
export const table = (heads: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  markdownTable(heads, rows).join("\n");
