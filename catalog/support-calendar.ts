import { z } from "zod";
import bundled from "./support-calendar.json";

const itemSchema = z.strictObject({
  id: z.string().min(1),
  product: z.enum(["eks", "rds-postgresql", "elasticache-redis", "valkey", "amazon-linux", "lambda-runtime"]),
  version: z.string().min(1),
  released: z.iso.date().nullable(),
  endOfStandardSupport: z.iso.date().nullable(),
  endOfExtendedSupport: z.iso.date().nullable(),
  sources: z.array(z.string()).min(1),
  note: z.string().optional(),
});

const chartSchema = z.strictObject({
  chart: z.string(),
  version: z.string(),
  kubeVersion: z.string(),
  source: z.string(),
});

const calendarSchema = z.strictObject({
  schemaVersion: z.literal(1),
  retrieved: z.iso.date(),
  note: z.string(),
  sources: z.record(z.string(), z.strictObject({ location: z.string(), date: z.string() })),
  items: z.array(itemSchema),
  charts: z.array(chartSchema),
});

/** One version of one product. A date is the last day of that support; null: none announced. */
export type SupportItem = z.infer<typeof itemSchema>;
/** The Kubernetes versions that a chart release accepts, as its Chart.yaml states them; charts without a statement are not listed. */
export type ChartKubeVersion = z.infer<typeof chartSchema>;
export type SupportCalendar = z.infer<typeof calendarSchema>;

export class SupportCalendarError extends Error {
  override readonly name = "SupportCalendarError";
}

/** @throws SupportCalendarError with every problem, naming item and field */
export const loadSupportCalendar = (data: unknown): SupportCalendar => {
  const parsed = calendarSchema.safeParse(data);
  if (!parsed.success) {
    throw new SupportCalendarError(
      `the support calendar is not valid:\n${parsed.error.issues
        .map(({ path, message }) => {
          const row =
            typeof path[1] === "number" ? (data as { items?: { id?: unknown }[] }).items?.[path[1]]?.id : undefined;
          return `  ${path[0] === "items" && typeof row === "string" ? `${row}: ${path.slice(2).join(".")}` : path.join(".")}: ${message}`;
        })
        .join("\n")}`,
    );
  }
  const dangling = parsed.data.items.flatMap((item) =>
    item.sources
      .filter((source) => !(source in parsed.data.sources))
      .map((source) => `  ${item.id}: sources: "${source}" is not in the calendar's sources`),
  );
  if (dangling.length > 0) throw new SupportCalendarError(`the support calendar is not valid:\n${dangling.join("\n")}`);
  return parsed.data;
};

let loaded: SupportCalendar | undefined;

/** The committed calendar, validated once. */
export const supportCalendar = (): SupportCalendar => (loaded ??= loadSupportCalendar(bundled));

/** @returns the item, or undefined where the calendar does not know the version: unknown, never "supported" */
export const supportItem = (product: SupportItem["product"], version: string): SupportItem | undefined =>
  supportCalendar().items.find((item) => item.product === product && item.version === version);

const dayMs = 86_400_000;
const dayNumber = (date: Date): number => Math.floor(date.getTime() / dayMs);

/**
 * Whole days (UTC) from now to the last day of standard support: 0 on the last day itself, negative afterwards.
 * @returns undefined where no end is announced
 * @throws SupportCalendarError where `now` is not a date
 */
export const daysOfSupportLeft = (item: SupportItem, now: Date): number | undefined => {
  if (Number.isNaN(now.getTime())) throw new SupportCalendarError(`${item.id}: the present date is not a date`);
  return item.endOfStandardSupport === null
    ? undefined
    : dayNumber(new Date(`${item.endOfStandardSupport}T00:00:00Z`)) - dayNumber(now);
};

/** Where a version stands on a day. `unannounced`: no end is known. */
export type SupportPhase = "standard" | "extended" | "ended" | "unannounced";

export const supportPhase = (item: SupportItem, now: Date): SupportPhase => {
  const left = daysOfSupportLeft(item, now);
  if (left === undefined) return "unannounced";
  if (left >= 0) return "standard";
  const extended = item.endOfExtendedSupport;
  return extended !== null && new Date(`${extended}T00:00:00Z`).getTime() + dayMs > now.getTime()
    ? "extended"
    : "ended";
};
