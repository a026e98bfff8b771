import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { z } from "zod";
import bundled from "./offer-terms.json";
import type { PriceRegion } from "./price-book";

const termsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  note: z.string(),
  retrieved: z.iso.date(),
  usageTypePrefixes: z.strictObject({
    "us-east-1": z.array(z.string()),
    "eu-west-1": z.array(z.string()),
    "us-west-2": z.array(z.string()),
  }),
  terms: z.array(
    z.strictObject({
      id: z.string(),
      offer: z.string(),
      usageTypes: z.array(z.string()).min(1),
      where: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
      times: z.number().positive().optional(),
    }),
  ),
});

/** Where AWS's price list states one price of the book. */
export type OfferTerm = z.infer<typeof termsSchema>["terms"][number];

export const { terms: offerTerms, usageTypePrefixes } = termsSchema.parse(bundled);

/** What an offer file states. A price is missing where no row matches, `ambiguous` where rows contradict each other. */
export interface OfferPrices {
  readonly url: string;
  readonly published: string;
  readonly version: string;
  readonly usdById: ReadonlyMap<string, number | "ambiguous">;
}

export class PriceListError extends Error {
  override readonly name = "PriceListError";
}

/** One line of CSV: fields may be quoted, a quote inside is doubled. */
export const csvFields = (line: string): string[] => {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      const end = comma < 0 ? line.length : comma;
      fields.push(line.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = line.indexOf('"', at + 1);
    while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
    const stop = end < 0 ? line.length : end;
    fields.push(line.slice(at + 1, stop).replaceAll('""', '"'));
    at = stop + 2;
  }
  return fields;
};

type Row = (column: string) => string | undefined;

const rowReader = (header: readonly string[]): ((fields: readonly string[]) => Row) => {
  const index = new Map(header.map((column, position) => [column.toLowerCase(), position]));
  return (fields) => (column) => {
    const position = index.get(column.toLowerCase());
    return position === undefined ? undefined : fields[position];
  };
};

// The book holds the first tier; further tiers are in its notes.
const isFirstTier = (row: Row): boolean =>
  row("TermType") === "OnDemand" && row("Currency") === "USD" && Number(row("StartingRange") ?? NaN) === 0;

const matches = (term: OfferTerm, row: Row): boolean =>
  Object.entries(term.where ?? {}).every(([column, allowed]) => [allowed].flat().includes(row(column) ?? ""));

const termsByUsageType = (terms: readonly OfferTerm[], region: PriceRegion): Map<string, OfferTerm[]> => {
  const byType = new Map<string, OfferTerm[]>();
  for (const term of terms) {
    for (const type of term.usageTypes) {
      for (const prefix of usageTypePrefixes[region])
        byType.set(prefix + type, [...(byType.get(prefix + type) ?? []), term]);
    }
  }
  return byType;
};

/**
 * Reads an offer file line by line: that of EC2 has several GB. Its first five lines are metadata, the sixth names the columns.
 * @throws PriceListError where the file is not an offer file
 */
export const readOffer = async (
  lines: AsyncIterable<string>,
  url: string,
  terms: readonly OfferTerm[],
  region: PriceRegion,
): Promise<OfferPrices> => {
  const byType = termsByUsageType(terms, region);
  const metadata = new Map<string, string>();
  const found = new Map<string, number | "ambiguous">();
  let read: ((fields: readonly string[]) => Row) | undefined;
  for await (const line of lines) {
    if (!read) {
      const fields = csvFields(line);
      if (fields[0] === "SKU") read = rowReader(fields);
      else metadata.set(fields[0] ?? "", fields[1] ?? "");
      if (metadata.size > 20) break;
      continue;
    }
    if (!line.includes("OnDemand")) continue;
    const row = read(csvFields(line));
    const candidates = byType.get(row("usageType") ?? "");
    if (!candidates || !isFirstTier(row)) continue;
    for (const term of candidates.filter((candidate) => matches(candidate, row))) {
      const usd = Number((Number(row("PricePerUnit")) * (term.times ?? 1)).toPrecision(10));
      const known = found.get(term.id);
      found.set(term.id, !Number.isFinite(usd) || (known !== undefined && known !== usd) ? "ambiguous" : usd);
    }
  }
  const published = metadata.get("Publication Date");
  if (!read || !published) throw new PriceListError("not an offer file: it names no columns or no publication date");
  return { url, published, version: metadata.get("Version") ?? "", usdById: found };
};

const messageSchema = z.object({
  message: z.string(),
  cause: z.object({ message: z.string() }).optional().catch(undefined),
});

/** fetch hides the reason of a failure in its cause. */
const reasonOf = (error: unknown): string => {
  const read = messageSchema.safeParse(error);
  return read.success ? (read.data.cause?.message ?? read.data.message) : String(error);
};

/** @throws PriceListError where the server cannot be reached or refuses */
export const fetchOffer = async (baseUrl: string, offer: string, region: PriceRegion): Promise<OfferPrices> => {
  const url = `${baseUrl}/offers/v1.0/aws/${offer}/current/${region}/index.csv`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30 * 60_000) });
    if (!response.ok || !response.body) throw new PriceListError(`HTTP ${response.status}`);
    const lines = createInterface({ input: Readable.from(response.body), crlfDelay: Infinity });
    return await readOffer(
      lines,
      url,
      offerTerms.filter((term) => term.offer === offer),
      region,
    );
  } catch (error) {
    throw new PriceListError(`AWS's price list cannot be read: ${url}: ${reasonOf(error)}`);
  }
};
