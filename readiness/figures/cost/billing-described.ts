import { type PriceLine, resourceType, type ResourceType } from "../../../catalog/resource-types";
import type { RegionUsage } from "../../../config/usage";
import type { Amount, BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import { type BillingContext, HOURS_OF_MONTH } from "./billing-context";

/**
 * Bill of a type by its descriptor alone: its price lines, or why it costs nothing.
 *
 * A type whose bill follows from other resources as well has a rule of its own beside this one.
 *
 * @default descriptor - that of the resource's type
 * @returns nothing where the descriptor says neither
 */
export function describedBillables(
  resource: Resource,
  context: BillingContext,
  descriptor: Pick<ResourceType, "billed" | "free"> | undefined = resourceType(resource.type),
): readonly BillableResource[] {
  const { billed = [], free } = descriptor ?? {};
  const lines = billed.filter(({ where }) => where === undefined || resource.text(where.argument) === where.equals);
  if (lines.length > 0) return lines.map((line) => billableOf(line, resource, context));
  return free === undefined ? [] : [{ kind: "free-of-charge", ...context.subject(resource), reason: free }];
}

function billableOf(line: PriceLine, resource: Resource, context: BillingContext): BillableResource {
  const quantity = quantityOf(line, resource, context);
  const part = line.part === undefined ? "" : ` ${line.part}`;
  return quantity === undefined
    ? context.unpriced(resource, `${resource.type} whose quantity for ${line.price} is not known`, part)
    : { kind: "metered", ...context.subject(resource, part), priceId: line.price, quantity };
}

/** In the units of the price, a month. */
function quantityOf({ quantity }: PriceLine, resource: Resource, context: BillingContext): Amount | undefined {
  if ("volume" in quantity)
    return quantity.volume in context.usage.region
      ? context.volume(quantity.volume as keyof RegionUsage, resource.region, context.siblings(resource))
      : undefined;
  const count = quantity.argument === undefined ? 1 : resource.number(quantity.argument);
  return count === undefined ? undefined : count * (quantity.per === "hour" ? HOURS_OF_MONTH : 1);
}
