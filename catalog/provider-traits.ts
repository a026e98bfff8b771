import { z } from "zod";
import type { ProviderTraits } from "../models/change";
import bundled from "./provider-traits.json";

const path = z.string().regex(/^[a-z_0-9]+(\.[a-z_0-9]+)*$/);
const text = z.string().min(1);

const rule = z.strictObject({
  on: path,
  when: z.enum([
    "changes",
    "disappears",
    "becomes",
    "shrinks",
    "falls",
    "majorRises",
    "skipsMinor",
    "exceeds",
    "undercuts",
  ]),
  /** For `becomes`. */
  equals: text.optional(),
  /** For `exceeds` and `undercuts`: the argument whose former value is the limit. */
  than: path.optional(),
  where: z.strictObject({ argument: path, is: z.enum(["above", "notTrue"]) }).optional(),
  ifIgnored: path.optional(),
  effect: z.enum(["replaced", "rejected", "mayBeRejected", "ignored"]),
  says: text,
  source: text,
});

const type = z.strictObject({
  source: text,
  holds: z.strictObject({ what: text, protected: z.boolean(), where: path.optional() }).optional(),
  identity: path.optional(),
  forcesReplacement: z.array(path).min(1).optional(),
  /** Sets: another order is no change. */
  unordered: z.array(path).min(1).optional(),
  rules: z.array(rule).min(1).optional(),
  onDestroy: z
    .array(
      z.strictObject({
        argument: path,
        equals: z.union([z.string(), z.boolean()]).optional(),
        says: text,
        keeps: z.literal(true).optional(),
      }),
    )
    .min(1)
    .optional(),
  nameStaysTaken: z.strictObject({ says: text, source: text }).optional(),
});

const schema = z
  .strictObject({
    schemaVersion: z.literal(1),
    retrieved: z.iso.date(),
    note: z.string(),
    sources: z.record(z.string(), z.strictObject({ location: text, date: z.iso.date() })),
    types: z.record(z.string().regex(/^[a-z0-9_]+$/), type),
  })
  .refine(
    ({ types, sources }) =>
      Object.values(types)
        .flatMap(({ source, rules = [], nameStaysTaken }) => [
          source,
          ...rules.map((one) => one.source),
          ...(nameStaysTaken ? [nameStaysTaken.source] : []),
        ])
        .every((source) => source in sources),
    "every type and every rule names one of the sources",
  );

let loaded: z.infer<typeof schema> | undefined;
const table = (): z.infer<typeof schema> => (loaded ??= schema.parse(bundled));

/** What a change of an argument does, by type of resource. @throws ZodError where the data file is malformed */
export const providerTraits = (): ProviderTraits => table().types;

/** Where a source of the catalogue was read. */
export const traitSource = (name: string): string => table().sources[name]?.location ?? name;

/** Types that hold what cannot be made again from the code: the project protects them. Sorted. */
export const protectedTypes = (): readonly string[] =>
  Object.entries(table().types)
    .filter(([, { holds }]) => holds?.protected === true)
    .map(([name]) => name)
    .sort();
