import { objectOf, textOf, textsOf } from "../../../inventory/json";
import type { NodeGroup } from "../../../inventory/facts/aws/node-groups";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import { change, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

const CHART = "cluster-autoscaler";

/** Go's and JavaScript's expressions are the same in what a name needs. */
function compiled(expression: string): RegExp | undefined {
  try {
    return new RegExp(expression);
  } catch {
    return undefined;
  }
}

interface Priority {
  readonly rank: number;
  readonly expression: string;
}

const prioritiesOf = ({ values }: Release): readonly Priority[] =>
  Object.entries(objectOf(values["expanderPriorities"])).flatMap(([rank, expressions]) =>
    textsOf(expressions).map((expression) => ({ rank: Number(rank), expression })),
  );

/** EKS calls the Auto Scaling group of a node group eks-NAME-UUID. Source: Amazon EKS user guide, managed node groups, read 2026-11-29. */
const asGroup = (name: string): string => `eks-${name}-00000000-0000-0000-0000-000000000000`;

/** The highest rank whose expression fits the group. Source: kubernetes/autoscaler, expander/priority/readme.md, read 2026-11-29. */
const rankOf = ({ name = "" }: NodeGroup, priorities: readonly Priority[]): number | undefined => {
  const ranks = priorities
    .filter(({ expression }) => compiled(expression)?.test(asGroup(name)) ?? false)
    .map(({ rank }) => rank);
  return ranks.length === 0 ? undefined : Math.max(...ranks);
};

function judgeGroups(groups: readonly NodeGroup[], priorities: readonly Priority[]): Verdict[] {
  const forgotten = groups.filter((group) => rankOf(group, priorities) === undefined);
  const onDemand = groups.filter(({ capacityType }) => capacityType === "ON_DEMAND");
  const [most] = onDemand.map((group) => rankOf(group, priorities) ?? 0).sort((a, b) => b - a);
  const late = groups.filter(
    (group) => group.capacityType === "SPOT" && (rankOf(group, priorities) ?? 0) <= (most ?? 0),
  );
  const names = (list: readonly NodeGroup[]): string =>
    list
      .map(({ name }) => name ?? "?")
      .sort()
      .join(", ");
  return [
    holds(
      forgotten.length === 0,
      "an expression of expanderPriorities for each node group",
      `none for ${names(forgotten)}`,
    ),
    holds(
      late.length === 0,
      "spot groups before those on demand, as the budget counts with them",
      `not before them: ${names(late)}`,
    ),
  ];
}

function judge(release: Release, platform: Platform): Verdict | readonly Verdict[] {
  const expander = textOf(objectOf(release.values["extraArgs"])["expander"]) ?? "";
  if (!expander.split(",").includes("priority")) return notApplicable("it does not choose by priority");
  const priorities = prioritiesOf(release);
  if (priorities.length === 0)
    return fail({ expected: "expanderPriorities", actual: "none: the chart writes no ConfigMap, and any group grows" });
  const broken = priorities.filter(
    ({ expression, rank }) => compiled(expression) === undefined || !Number.isInteger(rank),
  );
  return [
    holds(
      broken.length === 0,
      "priorities that the autoscaler can read",
      `${broken.map(({ expression }) => expression).join(", ")}: it ignores all of them`,
    ),
    ...judgeGroups(
      platform.nodeGroups.filter(({ region }) => region === release.region),
      priorities,
    ),
  ];
}

const autoscaler = releaseOf(CHART);
const priorities = (value: Record<string, string[]>) => set("values.0.expanderPriorities", value);
const SPOT = "^eks-[a-z0-9-]+-spot-";

export default policy({
  id: "CP-26",
  severity: "error",
  proves: [],
  beyond: "the reports name node groups, and not which of them grows first",
  title: "The autoscaler ranks every node group, spot before on demand",
  because:
    "a group that no expression fits is not grown while another one fits, though its zone or size is what the pods wait for; in the other order every peak is billed on demand",
  remedy:
    "leave expanderPriorities to catalog/charts/cluster-autoscaler, and name groups NAME-spot-ZONE and NAME-on-demand-ZONE",
  subjects: ({ releases }) => releases.filter(({ chart }) => chart === CHART),
  check: judge,
  mutants: [
    change("spot groups only", autoscaler, priorities({ "20": [SPOT] })),
    change("on demand first", autoscaler, priorities({ "10": [SPOT], "20": [".*"] })),
    change("a mistyped expression", autoscaler, priorities({ "10": [".*"], "20": ["^eks-[a-z0-9-]+-spto-"] })),
    change("an expression that is none", autoscaler, priorities({ "10": [".*"], "20": ["*spot*"] })),
    change("no priorities", autoscaler, unset("values.0.expanderPriorities")),
  ],
  boundary: {
    holds: change("one rank apart", autoscaler, priorities({ "10": [".*"], "11": [SPOT] })),
    breaks: change("one rank for all", autoscaler, priorities({ "10": [".*", SPOT] })),
  },
});
