import { z } from "zod";
import bundled from "./removed-apis.json";

const minor = z.string().regex(/^1\.\d{1,2}$/);

const schema = z
  .strictObject({
    schemaVersion: z.literal(1),
    retrieved: z.iso.date(),
    note: z.string(),
    sources: z.record(z.string(), z.strictObject({ location: z.string(), date: z.string() })),
    removals: z.array(
      z.strictObject({
        apiVersion: z.string().min(1),
        kinds: z.array(z.string().min(1)).min(1),
        removedIn: minor,
        replacement: z.string().nullable(),
        source: z.string(),
      }),
    ),
    introductions: z.array(
      z.strictObject({
        apiVersion: z.string().min(1),
        kinds: z.array(z.string().min(1)).min(1),
        servedFrom: minor,
        source: z.string(),
      }),
    ),
  })
  .refine(
    ({ removals, introductions, sources }) => [...removals, ...introductions].every(({ source }) => source in sources),
    "every removal and introduction names one of the sources",
  );

/** Kinds that the API server of `removedIn` and later no longer serves at `apiVersion`; `replacement` null: the source names none. */
export type ApiRemoval = z.infer<typeof schema>["removals"][number];

let loaded: z.infer<typeof schema> | undefined;
const table = (): z.infer<typeof schema> => (loaded ??= schema.parse(bundled));

/** The committed table, validated once. @throws ZodError where the data file is malformed */
export const apiRemovals = (): readonly ApiRemoval[] => table().removals;

/** First minor version that serves the kind at that API version; undefined: every supported one does. */
export const servedFrom = (apiVersion: string, kind: string): string | undefined =>
  table().introductions.find((one) => one.apiVersion === apiVersion && one.kinds.includes(kind))?.servedFrom;

/** The removal that concerns the kind at that API version, whether or not a cluster has reached it. */
export const removalOf = (apiVersion: string, kind: string): ApiRemoval | undefined =>
  apiRemovals().find((removal) => removal.apiVersion === apiVersion && removal.kinds.includes(kind));

/** The number after `1.`, or undefined where the text is no Kubernetes version: `1.36`, `v1.36.0`. */
export function minorOf(version: string | undefined): number | undefined {
  const found = /^v?1\.(\d+)(?:\D|$)/.exec(version ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}
