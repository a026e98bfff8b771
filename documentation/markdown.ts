import { markdownTable as tableOf } from "../readiness/report/text/markdown-table";

/** A placeholder outside of code would be taken for HTML. */
const withPlaceholders = (cell: string): string =>
  cell.replaceAll("<name>", "&lt;name&gt;").replace(/`([^`]*)`/g, (code) => code.replaceAll("&lt;name&gt;", "<name>"));

/** Rows of a table of a page, with what would break one escaped. */
export const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  tableOf(
    head.map(withPlaceholders),
    rows.map((cells) => cells.map(withPlaceholders)),
  );
