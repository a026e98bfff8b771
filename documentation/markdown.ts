import { markdownTable as tableOf } from "../readiness/report/text/markdown-table";

/** `<name>` stands for a name of the reader's; outside of code a browser would take it for a tag. */
const withNamesOfReaders = (cell: string): string =>
  cell.replaceAll("<name>", "&lt;name&gt;").replace(/`([^`]*)`/g, (code) => code.replaceAll("&lt;name&gt;", "<name>"));

/** Rows of a table of a page, with what would break one escaped. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  tableOf(
    head.map(withNamesOfReaders),
    rows.map((cells) => cells.map(withNamesOfReaders)),
  );
