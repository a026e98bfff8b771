type Cell = string | number;
const row = (...cells: readonly Cell[]): string => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;

/** A table of GitHub's Markdown. */
export const table = (heads: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [row(...heads), row(...heads.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n");

export const usd = (value: number): string => value.toFixed(2);
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
/** With at most that many digits after the point. */
export const rounded = (value: number, digits = 1): string => String(Number(value.toFixed(digits)));

/** A verdict of the capacity model for a reader. */
export const verdictWord = (verdict: string): string => (verdict === "doesNotFit" ? "does not fit" : verdict);
