import { z } from "zod";
import type { ProviderTraits } from "../../models/change";
import bundled from "./descriptors.json";

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
  /** For `becomes`; `from` where it depends on the former value. */
  equals: text.optional(),
  from: text.optional(),
  /** For `exceeds` and `undercuts`: the argument whose former value is the limit. */
  than: path.optional(),
  where: z
    .discriminatedUnion("is", [
      z.strictObject({ argument: path, is: z.enum(["above", "notTrue"]) }),
      z.strictObject({ argument: path, is: z.literal("otherThan"), value: text }),
    ])
    .optional(),
  ifIgnored: path.optional(),
  effect: z.enum(["replaced", "rejected", "mayBeRejected", "ignored"]),
  says: text,
  source: text,
});

const remark = z.strictObject({ says: text, source: text });

/** What a change of an argument does. */
const changes = z.strictObject({
  source: text,
  /** Empty: looked up, and each change is in place. */
  forcesReplacement: z.array(path).optional(),
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
  nameStaysTaken: remark.optional(),
  replacing: remark.optional(),
  heldBy: remark.extend({ by: z.array(z.strictObject({ type: text, argument: path })).min(1) }).optional(),
});

/** What a month of one resource costs, for types whose bill follows from their own arguments and a declared volume. */
const priceLine = z.strictObject({
  /** Id in the price book. */
  price: text,
  /** Distinguishes the lines of one resource. @default none - the only line, or the main one */
  part: text.optional(),
  /** Units of the price: so many a month or each hour, by an argument where it has one, or a volume of `config/usage.ts`. */
  quantity: z.union([
    z.strictObject({ per: z.enum(["month", "hour"]), argument: path.optional() }),
    z.strictObject({ volume: text }),
  ]),
  /** Only where the argument has this value; with no line left, `free` says why. */
  where: z.strictObject({ argument: path, equals: text }).optional(),
});
export type PriceLine = z.infer<typeof priceLine>;

/** Everything that the project knows of one resource type; the note of the data file explains the fields. */
const descriptor = z.strictObject({
  read: z.literal(true).optional(),
  free: text.optional(),
  billed: z.array(priceLine).min(1).optional(),
  name: z
    .strictObject({ argument: path, takenOnceIn: z.enum(["account", "region"]), mayRepeat: text.optional() })
    .optional(),
  arn: z.string().startsWith("arn:aws:").optional(),
  assumesRole: z.strictObject({ argument: path, service: text }).optional(),
  policyOf: path.optional(),
  holds: z.strictObject({ what: text, protected: z.boolean(), where: path.optional() }).optional(),
  changes: changes.optional(),
});
export type ResourceType = z.infer<typeof descriptor>;

const read = z.strictObject({ location: text, date: z.iso.date() });
const schema = z
  .strictObject({
    schemaVersion: z.literal(1),
    retrieved: z.iso.date(),
    note: z.string(),
    readFrom: z.record(z.enum(["free", "name", "arn", "assumesRole"]), read),
    sources: z.record(z.string(), read),
    types: z.record(z.string().regex(/^[a-z0-9_]+$/), descriptor),
  })
  .refine(
    ({ types, sources }) =>
      Object.values(types)
        .flatMap(({ changes: said }) =>
          said === undefined
            ? []
            : [
                said.source,
                ...(said.rules ?? []).map((one) => one.source),
                ...[said.nameStaysTaken, said.replacing, said.heldBy].flatMap((one) => (one ? [one.source] : [])),
              ],
        )
        .every((source) => source in sources),
    "every type and every rule names one of the sources",
  );

let loaded: z.infer<typeof schema> | undefined;
const table = (): z.infer<typeof schema> => (loaded ??= schema.parse(bundled));

/** @returns undefined for a type that nothing is known of @throws ZodError where the data file is malformed */
export const resourceType = (type: string): ResourceType | undefined => table().types[type];

/** Types whose descriptor fulfils the condition. Sorted. */
export const resourceTypes = (fulfils: (descriptor: ResourceType) => boolean): readonly string[] =>
  Object.entries(table().types)
    .filter(([, one]) => fulfils(one))
    .map(([name]) => name)
    .sort();

/** Types that hold what cannot be made again from the code: the project protects them. Sorted. */
export const protectedTypes = (): readonly string[] => resourceTypes(({ holds }) => holds?.protected === true);

let traits: ProviderTraits | undefined;

/** What a change of an argument does, by type of resource. */
export const providerTraits = (): ProviderTraits =>
  (traits ??= Object.fromEntries(
    Object.entries(table().types).flatMap(([type, { changes: said, holds, name }]) =>
      said === undefined
        ? []
        : [
            [
              type,
              {
                ...said,
                ...(holds ? { holds } : {}),
                ...(name && name.mayRepeat === undefined ? { identity: name.argument } : {}),
              },
            ],
          ],
    ),
  ));

/** Where a source of the catalogue was read. */
export const traitSource = (name: string): string => table().sources[name]?.location ?? name;
