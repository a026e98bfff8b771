import { type BillableResource, type ByScenario, byScenario, type Scenario } from "../../../models/cost";
import type { Resource } from "../../inventory/resource";
import { supportDaysLeft } from "../../kubernetes-support";
import type { BillingContext, Rule } from "./billing-context";
import { calledByRate, invocations } from "./invocations";

/** Root disk of a node whose launch template names none. Source: Amazon EKS user guide, managed node groups, read 2026-11-21. */
const defaultDiskGiB = 20;

/** Control planes, nodes with their disks, and functions. */
export const computeRules: Readonly<Record<string, Rule>> = {
  aws_eks_cluster: (resource, context) => {
    const version = resource.text("version");
    const days = version === undefined ? undefined : supportDaysLeft(version, context.platform.now);
    if (days === undefined)
      return [context.unpriced(resource, `an EKS version whose support is not known (${version ?? "none written"})`)];
    const keepsUp = resource.text("upgrade_policy.support_type") === "STANDARD";
    return [
      {
        kind: "eks-control-plane",
        ...context.subject(resource),
        support: keepsUp || days >= 0 ? "standard" : "extended",
      },
    ];
  },
  aws_eks_node_group: nodeGroup,
  aws_lambda_function: (resource, context) => {
    const functionInvocations = invocations(resource, context);
    const memoryGb = (resource.number("memory_size") ?? 128) / 1024;
    const arm = resource.list("architectures").includes("arm64");
    return [
      {
        kind: "metered",
        ...context.subject(resource, " requests"),
        priceId: "lambda.requests",
        quantity: functionInvocations / 1_000_000,
      },
      {
        kind: "metered",
        ...context.subject(resource, " duration"),
        priceId: arm ? "lambda.duration.arm64" : "lambda.duration",
        quantity: byScenario((scenario) => functionInvocations * secondsOf(resource, context, scenario) * memoryGb),
      },
    ];
  },
};

/** Lambda ends a function after so many seconds where none are written. Source: AWS Lambda developer guide, configure Lambda function timeout, read 2026-11-29. */
const defaultTimeout = 3;

/**
 * Seconds that a run is billed. With a region lost, a function that a schedule calls waits for what no longer answers
 * until it is ended, and is called again; what a state machine calls is not.
 */
function secondsOf(lambda: Resource, context: BillingContext, scenario: Scenario): number {
  const longest = lambda.number("timeout") ?? defaultTimeout;
  return scenario === "failover" && calledByRate(lambda, context)
    ? longest
    : Math.min(context.usage.global.functionSeconds, longest);
}

function nodeGroup(resource: Resource, context: BillingContext): BillableResource[] {
  const group = context.platform.nodeGroups.find((one) => one.resource === resource);
  const nodes = context.nodesOf(resource);
  const [first, ...others] = group?.instanceTypes ?? [];
  if (group === undefined || nodes === undefined)
    return [context.unpriced(resource, "nodes whose number is not known")];
  if (first === undefined) return [context.unpriced(resource, "nodes of an instance type that is not known")];
  const spot = group.capacityType === "SPOT";
  const surplus =
    group.cpuCredits === "unlimited" ||
    (group.cpuCredits === undefined && group.instanceTypes.some((type) => /^t[34]/.test(type)));
  const volumes = group.launchTemplate?.volumes ?? [];
  return [
    {
      kind: "node-pool",
      ...context.subject(resource),
      instanceTypes: [first, ...others],
      onDemandCount: spot ? 0 : nodes,
      spotCount: spot ? nodes : 0,
    },
    // Unlimited credits are bought by the vCPU-hour, and their number is not known beforehand.
    ...(surplus && byScenarioSum(nodes) > 0
      ? [context.unpriced(resource, "CPU credits without a limit", " credits")]
      : []),
    ...(volumes.length === 0 ? [{ type: "gp3", sizeGiB: defaultDiskGiB }] : volumes).map(
      ({ type, sizeGiB }, index): BillableResource =>
        type === "gp3" && sizeGiB !== undefined
          ? { kind: "gp3-volume", ...context.subject(resource, ` disk ${index + 1}`), count: nodes, sizeGiB }
          : context.unpriced(
              resource,
              `a disk of type ${type ?? "not known"} and ${sizeGiB ?? "unknown"} GiB`,
              ` disk ${index + 1}`,
            ),
    ),
  ];
}

const byScenarioSum = ({ steady, peak, failover }: ByScenario): number => steady + peak + failover;
