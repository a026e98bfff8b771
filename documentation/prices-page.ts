import { type PriceBookData, priceRegions } from "../catalog/prices/price-book";
import { markdownTable } from "./markdown";

/** Every price that the cost model knows, with its date, confidence and sources. */
export function pricesPage(book: PriceBookData): string {
  return [
    "# Prices",
    "",
    `${book.prices.length} prices in USD, read on ${book.retrieved}. ${book.basis} \`make prices\` reads AWS's public price list again. This page is written by \`make docs\` from \`catalog/prices/price-book.json\`.`,
    "",
    book.note,
    "",
    ...markdownTable(
      ["price", "per", ...priceRegions, "confidence", "date", "sources"],
      book.prices.map(({ id, unit, usd, confidence, date, sources }) => [
        `\`${id}\``,
        unit,
        ...priceRegions.map((region) => (usd[region] === null ? "unknown" : String(usd[region]))),
        [...new Set(priceRegions.flatMap((region) => confidence[region] ?? []))].join(", "),
        date,
        sources.map((source) => `[${source}](#${anchorOf(source)})`).join(", "),
      ]),
    ),
    "",
    "## Sources",
    "",
    ...Object.keys(book.sources)
      .sort()
      .flatMap((key) => {
        const source = book.sources[key];
        return source
          ? [`- <a id="${anchorOf(key)}"></a>\`${key}\`: ${source.location}${source.note ? ` (${source.note})` : ""}`]
          : [];
      }),
    "",
  ].join("\n");
}

const anchorOf = (key: string): string => `source-${key.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
