import { z } from "zod";
import bundled from "./price-book.json";

/** How far a price can be trusted: high = two sources or AWS's own list; medium = one source; low = derived or another region's. */
export type Confidence = "high" | "medium" | "low";

/** Regions that the price book knows; a region outside is an error, a price of `null` inside is unknown. */
export type PriceRegion = "us-east-1" | "eu-west-1" | "us-west-2";

export const priceRegions: readonly PriceRegion[] = ["us-east-1", "eu-west-1", "us-west-2"];

/** One price in one region. `usd` is the price of one `unit`; `date` (YYYY-MM or YYYY-MM-DD) is the newest date a source gives. */
export interface Price {
  readonly id: string;
  readonly region: PriceRegion;
  readonly unit: string;
  readonly usd: number;
  readonly confidence: Confidence;
  readonly date: string;
  readonly sources: readonly string[];
  readonly note?: string;
}

const confidence = z.enum(["high", "medium", "low"]);
const perRegion = <T extends z.ZodType>(value: T) =>
  z.strictObject({ "us-east-1": value, "eu-west-1": value, "us-west-2": value });

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "an id holds lower-case letters, digits, dots and hyphens"),
  unit: z.string().min(1),
  usd: perRegion(z.number().nonnegative().nullable()),
  confidence: z.strictObject({
    "us-east-1": confidence.optional(),
    "eu-west-1": confidence.optional(),
    "us-west-2": confidence.optional(),
  }),
  date: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, "a date is YYYY, YYYY-MM or YYYY-MM-DD"),
  sources: z.array(z.string()),
  note: z.string().optional(),
});

const bookSchema = z.strictObject({
  schemaVersion: z.literal(1),
  retrieved: z.iso.date(),
  currency: z.literal("USD"),
  basis: z.string(),
  note: z.string(),
  sources: z.record(z.string(), z.strictObject({ location: z.string(), note: z.string().optional() })),
  prices: z.array(entrySchema),
});

export type PriceBookData = z.infer<typeof bookSchema>;
export type PriceEntry = z.infer<typeof entrySchema>;

/** A validated price book with its prices by id. */
export interface PriceBook {
  readonly retrieved: string;
  readonly basis: string;
  readonly regions: readonly PriceRegion[];
  readonly data: PriceBookData;
  readonly byId: ReadonlyMap<string, PriceEntry>;
}

export class PriceBookError extends Error {
  override readonly name = "PriceBookError";
}

const where = (data: unknown, path: readonly PropertyKey[]): string => {
  if (path[0] !== "prices" || typeof path[1] !== "number") return path.join(".") || "the book";
  const entry = (data as { prices?: { id?: unknown }[] }).prices?.[path[1]];
  return `${typeof entry?.id === "string" ? entry.id : `prices[${path[1]}]`}: ${path.slice(2).join(".") || "the entry"}`;
};

const inconsistencies = (data: PriceBookData): string[] => {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const entry of data.prices) {
    if (seen.has(entry.id)) problems.push(`${entry.id}: id: occurs twice`);
    seen.add(entry.id);
    for (const source of entry.sources)
      if (!(source in data.sources)) problems.push(`${entry.id}: sources: "${source}" is not in the book's sources`);
    for (const region of priceRegions) {
      const known = entry.usd[region] !== null;
      if (known !== (entry.confidence[region] !== undefined)) {
        problems.push(
          `${entry.id}: confidence.${region}: ${known ? "is missing for a known price" : "is given for an unknown price"}`,
        );
      }
    }
  }
  return problems;
};

/**
 * Validates a price book.
 * @param data parsed JSON
 * @throws PriceBookError with every problem, each with the id of its price and the field
 */
export const loadPriceBook = (data: unknown): PriceBook => {
  const parsed = bookSchema.safeParse(data);
  const problems = parsed.success
    ? inconsistencies(parsed.data)
    : parsed.error.issues.map((issue) => `${where(data, issue.path)}: ${issue.message}`);
  if (!parsed.success || problems.length > 0)
    throw new PriceBookError(`the price book is not valid:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  return {
    retrieved: parsed.data.retrieved,
    basis: parsed.data.basis,
    regions: priceRegions,
    data: parsed.data,
    byId: new Map(parsed.data.prices.map((entry) => [entry.id, entry])),
  };
};

let loaded: PriceBook | undefined;

/** The committed price book, validated once. */
export const priceBook = (): PriceBook => (loaded ??= loadPriceBook(bundled));

/** @returns whether the book has a column for the region; asking a price of another region is a mistake, not an unknown price */
export const isPriceRegion = (region: string): region is PriceRegion => priceRegions.some((known) => known === region);

/** @returns the price, or undefined where it is unknown: no such id, no such region, or `null` in the book */
export const priceOf = (book: PriceBook, id: string, region: string): Price | undefined => {
  if (!isPriceRegion(region)) return undefined;
  const entry = book.byId.get(id);
  const usd = entry?.usd[region];
  const trust = entry?.confidence[region];
  if (!entry || usd === null || usd === undefined || !trust) return undefined;
  const { unit, date, sources, note } = entry;
  return { id, region, unit, usd, confidence: trust, date, sources, ...(note === undefined ? {} : { note }) };
};
