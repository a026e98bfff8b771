/** Rows of a table, with what would break one escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell) =>
        cell
          .replaceAll("|", "\\|")
          .replace(/\r?\n/g, " ")
          .replaceAll("<name>", "&lt;name&gt;")
          .replace(/`([^`]*)`/g, (code) => code.replaceAll("&lt;name&gt;", "<name>")),
      )
      .join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
