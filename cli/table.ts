export type Cell = string | number;

/** Columns aligned for a terminal; numbers to the right. */
export function textTable(head: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const text = (cell: Cell): string => (typeof cell === "number" ? cell.toFixed(2) : cell);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => text(row[column] ?? "").length)),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return typeof cell === "number" ? text(cell).padStart(width) : text(cell).padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}
