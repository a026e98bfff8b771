import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadPriceBook, type PriceBookData, type PriceEntry, type PriceRegion, priceRegions } from "./price-book";
import { fetchOffer, offerTerms, type OfferPrices } from "./price-list";

export const awsPriceList = "https://pricing.us-east-1.amazonaws.com";

export interface PriceChange {
  readonly id: string;
  readonly region: PriceRegion;
  /** Null: unknown until now. */
  readonly before: number | null;
  readonly after: number;
}

export interface Refresh {
  readonly book: PriceBookData;
  readonly changes: readonly PriceChange[];
  /** Prices that the list states as the book has them. */
  readonly confirmed: number;
  /** `id region: reason`; these keep what the book says. */
  readonly kept: readonly string[];
}

/** One price a line, so that a change reads as one line of a diff. */
export const formatPriceBook = (book: PriceBookData): string => {
  const { sources, prices, ...head } = book;
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const sourceLines = Object.keys(sources)
    .sort()
    .map((key) => `    ${JSON.stringify(key)}: ${JSON.stringify(sources[key])}`);
  const priceLines = prices.map((price) => `    ${JSON.stringify(price)}`);
  return `{\n${[...fields, `  "sources": {\n${sourceLines.join(",\n")}\n  }`, `  "prices": [\n${priceLines.join(",\n")}\n  ]`].join(",\n")}\n}\n`;
};

const termOf = new Map(offerTerms.map((term) => [term.id, term]));

/** Where the platform runs; further regions hold no more than the Terraform state. */
const platformRegions: readonly PriceRegion[] = ["us-east-1", "eu-west-1"];

/** Elsewhere an offer is read only when the book already has a price of it: EC2 in us-west-2 would be gigabytes for nothing. */
const offersToRead = (book: PriceBookData): { offer: string; region: PriceRegion }[] => {
  const keys = book.prices.flatMap((price) => {
    const offer = termOf.get(price.id)?.offer;
    return offer === undefined
      ? []
      : priceRegions
          .filter((region) => platformRegions.includes(region) || price.usd[region] !== null)
          .map((region) => ({ offer, region }));
  });
  return [...new Map(keys.map((key) => [`${key.offer} ${key.region}`, key])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key);
};

const sourceKey = (offer: string, region: string): string => `aws-price-list-${offer.toLowerCase()}-${region}`;

const later = (a: string, b: string): string => (a > b ? a : b);

const refreshedPrice = (
  price: PriceEntry,
  region: PriceRegion,
  usd: number,
  offer: string,
  published: string,
): PriceEntry => ({
  ...price,
  usd: { ...price.usd, [region]: usd },
  confidence: { ...price.confidence, [region]: "high" },
  date: later(price.date, published.slice(0, 10)),
  sources: [...new Set([...price.sources, sourceKey(offer, region)])],
});

const absence = (id: string, region: PriceRegion, stated: "ambiguous" | undefined): string =>
  `${id} ${region}: ${stated === "ambiguous" ? "the list states several prices" : "not in the list"}`;

/** Takes over what the offers state; a price that they do not state, or state twice, stays as it is. */
export const applyOffers = (
  book: PriceBookData,
  offers: ReadonlyMap<string, OfferPrices>,
  retrieved: string,
): Refresh => {
  const changes: PriceChange[] = [];
  const kept: string[] = [];
  const sources = { ...book.sources };
  let confirmed = 0;
  const prices = book.prices.map((original) =>
    priceRegions.reduce((price, region) => {
      const term = termOf.get(price.id);
      const read = term && offers.get(`${term.offer} ${region}`);
      if (!term || !read) return price;
      const usd = read.usdById.get(price.id);
      if (typeof usd !== "number") {
        kept.push(absence(price.id, region, usd));
        return price;
      }
      sources[sourceKey(term.offer, region)] = {
        location: read.url,
        note: `version ${read.version}, published ${read.published}`,
      };
      if (price.usd[region] === usd) confirmed += 1;
      else changes.push({ id: price.id, region, before: price.usd[region], after: usd });
      return refreshedPrice(price, region, usd, term.offer, read.published);
    }, original),
  );
  return { book: { ...book, retrieved, sources, prices }, changes, confirmed, kept };
};

/** @throws PriceListError when one offer cannot be read: half a refresh would mix two days without saying so */
export const refreshPriceBook = async (book: PriceBookData, baseUrl: string, now: Date): Promise<Refresh> => {
  const offers = new Map<string, OfferPrices>();
  for (const { offer, region } of offersToRead(book))
    offers.set(`${offer} ${region}`, await fetchOffer(baseUrl, offer, region));
  return applyOffers(book, offers, now.toISOString().slice(0, 10));
};

const changeLine = ({ id, region, before, after }: PriceChange): string => {
  const percent =
    before === null || before === 0
      ? ""
      : ` (${after > before ? "+" : ""}${(((after - before) / before) * 100).toFixed(2)} %)`;
  return `${id} ${region}: ${before ?? "unknown"} -> ${after} USD${percent}`;
};

export const refreshReport = ({ changes, confirmed, kept }: Refresh): string =>
  [
    ...changes.map(changeLine),
    ...kept.map((line) => `kept ${line}`),
    `${changes.length} changed, ${confirmed} confirmed, ${kept.length} kept as they were`,
  ].join("\n");

export interface RefreshCommand {
  readonly file: string;
  readonly baseUrl: string;
  readonly now: Date;
  readonly print: (line: string) => void;
}

/** @returns the exit code: 0 refreshed, 1 nothing written */
export const runRefresh = async ({ file, baseUrl, now, print }: RefreshCommand): Promise<number> => {
  try {
    if (!existsSync(file)) throw new Error(`${file} is not there: run the command in the project's folder`);
    const refresh = await refreshPriceBook(loadPriceBook(JSON.parse(readFileSync(file, "utf8"))).data, baseUrl, now);
    loadPriceBook(refresh.book);
    writeFileSync(file, formatPriceBook(refresh.book));
    print(refreshReport(refresh));
    return 0;
  } catch (error) {
    print(`${error instanceof Error ? error.message : String(error)}; nothing was written`);
    return 1;
  }
};

if (require.main === module) {
  const now = process.env.PLIMSOLL_NOW === undefined ? new Date() : new Date(process.env.PLIMSOLL_NOW);
  void runRefresh({
    file: resolve("catalog/prices/price-book.json"),
    baseUrl: awsPriceList,
    now,
    print: (line) => console.log(line),
  }).then((code) => {
    process.exitCode = code;
  });
}
