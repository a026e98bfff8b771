import { z } from "zod";
import bundled from "./settings.json";

const text = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const condition = z.record(text, z.union([scalar, z.array(scalar).min(1)]));

/** Which values of an argument keep the platform as it was judged; the note of the data file explains the fields. */
const setting = z.strictObject({
  is: z.array(scalar).min(1).optional(),
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  matches: text.optional(),
  notMatches: text.optional(),
  holds: z.array(text).min(1).optional(),
  count: z.tuple([z.number(), z.number()]).optional(),
  distinct: z.literal(true).optional(),
  unset: z.literal(true).optional(),
  optional: z.literal(true).optional(),
  protects: z.literal(true).optional(),
  where: condition.optional(),
  unless: condition.optional(),
  because: text,
});
export type Setting = z.infer<typeof setting>;

const reviewed = z.strictObject({
  because: text,
  source: text,
  reviewed: z.array(text),
  settings: z.record(text, setting),
});
/** What was reviewed of one resource type. */
export type ReviewedType = z.infer<typeof reviewed>;

const schema = z
  .strictObject({
    schemaVersion: z.literal(1),
    note: text,
    sources: z.record(text, z.strictObject({ location: text, date: z.iso.date() })),
    types: z.record(z.string().regex(/^[a-z0-9_]+$/), reviewed),
    /** NodeConfig is nodeadm's, the others are the API server's. */
    kinds: z.record(z.string().regex(/^[A-Z][A-Za-z]+$/), reviewed),
  })
  .refine(
    ({ types, kinds, sources }) =>
      [...Object.values(types), ...Object.values(kinds)].every(({ source }) => source in sources),
    "every type and kind names one of the sources",
  );

let loaded: z.infer<typeof schema> | undefined;
const table = (): z.infer<typeof schema> => (loaded ??= schema.parse(bundled));

/** @returns undefined for a type of which nothing was reviewed @throws ZodError where the data file is malformed */
export const reviewedType = (type: string): ReviewedType | undefined => table().types[type];

/** Types of which something was reviewed. Sorted. */
export const reviewedTypes = (): readonly string[] => Object.keys(table().types).sort();

/** @returns undefined for a kind of which nothing was reviewed @throws ZodError where the data file is malformed */
export const reviewedKind = (kind: string): ReviewedType | undefined => table().kinds[kind];
