import type { BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import type { BillingContext, Rule } from "./billing-context";
import { computeRules } from "./billing-compute";
import { describedBillables } from "./billing-described";
import { databaseRules } from "./billing-database";
import { machineRules } from "./billing-machines";
import { networkRules } from "./billing-network";
import { storageRules } from "./billing-storage";
import { watchRules } from "./billing-watch";

/** Types whose bill follows from other resources as well. */
const rules: Readonly<Record<string, Rule>> = {
  ...computeRules,
  ...databaseRules,
  ...machineRules,
  ...networkRules,
  ...storageRules,
  ...watchRules,
};

/** Every managed resource of AWS becomes priced lines, a free line, or one without a price. */
export function billablesOf(resource: Resource, context: BillingContext): readonly BillableResource[] {
  const rule = rules[resource.type];
  if (rule !== undefined) return rule(resource, context);
  const described = describedBillables(resource, context);
  return described.length > 0 ? described : [context.unpriced(resource, resource.type)];
}
