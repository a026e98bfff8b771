import { resourceType, resourceTypes } from "../../../catalog/resource-types";
import type { BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";
import { computeRules } from "./billing-compute";
import { databaseRules } from "./billing-database";
import { machineRules } from "./billing-machines";
import { networkRules } from "./billing-network";
import { storageRules } from "./billing-storage";
import { watchRules } from "./billing-watch";

const rules: Readonly<Record<string, Rule>> = {
  ...computeRules,
  ...databaseRules,
  ...machineRules,
  ...networkRules,
  ...storageRules,
  ...watchRules,
};

/** Types that the estimate knows, priced or free. */
export const knownBillingTypes = (): readonly string[] =>
  [...Object.keys(rules), ...resourceTypes(({ free }) => free !== undefined)].sort();

/** Every managed resource of AWS becomes priced lines, a free line, or one without a price. */
export function billablesOf(resource: Resource, context: BillingContext): readonly BillableResource[] {
  const rule = rules[resource.type];
  if (rule !== undefined) return rule(resource, context);
  const reason = resourceType(resource.type)?.free;
  if (reason !== undefined) return [{ kind: "free-of-charge", ...context.subject(resource), reason }];
  return [context.unpriced(resource, resource.type)];
}
