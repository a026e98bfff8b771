import { runsPerMonthOfSchedule } from "../../../models/recovery/schedule";
import type { BillableResource } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import { type RestoreTest, restoreTests, type TestedStore } from "../recovery/restore-tests";
import { type BillingContext, HOURS_OF_MONTH, type Rule } from "./billing-context";

/** Hours that a restored store exists in a test: an hour of restore at most is assumed, and its deletion (catalog/recovery-allowances.json). */
const testHours = 1.5;
/** Looks at a store each minute of its restore, three transitions each, and the steps before and after. */
const transitionsOfTest = 3 * 60 + 10;

/** State machines: their transitions, and what those of restore tests make. The 4,000 free transitions are not counted. */
export const machineRules: Readonly<Record<string, Rule>> = { aws_sfn_state_machine: machine };

function machine(resource: Resource, context: BillingContext): readonly BillableResource[] {
  const test = restoreTests(context.platform).find((one) => one.machine === resource);
  if (test === undefined)
    return [
      {
        kind: "free-of-charge",
        ...context.subject(resource),
        reason: "4,000 transitions a month cost nothing; a promotion has fewer than 1,000 (AWS Step Functions pricing)",
      },
    ];
  const runs = runsOf(test, context);
  if (runs === undefined) return [context.unpriced(resource, "restore tests whose schedule cannot be read")];
  return [
    {
      kind: "metered",
      ...context.subject(resource, " transitions"),
      priceId: "step-functions.transitions",
      quantity: (runs * test.stores.length * transitionsOfTest) / 1000,
    },
    ...test.stores.flatMap((store) => restored(resource, store, runs * testHours, context)),
  ];
}

function runsOf({ machine: started }: RestoreTest, { platform }: BillingContext): number | undefined {
  const [rule] = platform
    .ofType("aws_cloudwatch_event_target")
    .filter((target) => target.resource("arn") === started)
    .flatMap((target) => target.resource("rule") ?? []);
  try {
    return runsPerMonthOfSchedule(rule?.text("schedule_expression") ?? "");
  } catch {
    return undefined;
  }
}

/** The scratch of a test: one node, and the storage of the database that it copies. */
function restored(
  resource: Resource,
  { name, kind, identifier, size }: TestedStore,
  hours: number,
  context: BillingContext,
): readonly BillableResource[] {
  if (kind === "namespace") return volumesOf(resource, name, hours, context);
  if (size === undefined) return [context.unpriced(resource, `a restored store of no size: ${name}`, ` ${name}`)];
  if (kind === "cache")
    return [
      {
        kind: "metered",
        ...context.subject(resource, ` ${name}`),
        priceId: `elasticache.valkey.${size}`,
        quantity: hours,
      },
    ];
  const storageGb = context.platform.databases.find((one) => one.identifier === identifier)?.storageGb;
  return [
    {
      kind: "metered",
      ...context.subject(resource, ` ${name}`),
      priceId: `rds.postgresql.${size}.single-az`,
      quantity: hours,
    },
    storageGb === undefined
      ? context.unpriced(resource, `storage of the restored ${name}`, ` ${name} storage`)
      : {
          kind: "metered",
          ...context.subject(resource, ` ${name} storage`),
          priceId: "rds.gp3.storage.single-az",
          quantity: (storageGb * hours) / HOURS_OF_MONTH,
        },
  ];
}

/** The volumes of the application, as long as the test has them; objects cost nothing. */
function volumesOf(resource: Resource, namespace: string, hours: number, context: BillingContext): BillableResource[] {
  const claims = context.platform.workloads
    .filter((one) => one.namespace === namespace && one.region === resource.region)
    .flatMap((one) => one.volumeClaimTemplates.map((claim) => ({ claim, count: one.minimumReplicas })));
  return claims.map(({ claim, count }) =>
    claim.storageMiB === undefined || count === undefined
      ? context.unpriced(resource, `the restored volumes of ${namespace}`, ` ${namespace} ${claim.name}`)
      : {
          kind: "metered",
          ...context.subject(resource, ` ${namespace} ${claim.name}`),
          priceId: "ebs.gp3.storage",
          quantity: (count * (claim.storageMiB / 1024) * hours) / HOURS_OF_MONTH,
        },
  );
}
