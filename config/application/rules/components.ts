import { cpuMillis, memoryMiB } from "../../../models/quantity";
import { entriesOf, type Draft, type DraftComponent, type DraftProgram, type Refusal } from "./draft";
import { portAndProbeRefusals } from "./ports";

/** What the fields of one component say of one another. */
export function componentRefusals(draft: Draft): Refusal[] {
  const components = entriesOf(draft.components);
  return [
    ...(draft.components !== undefined && Object.keys(draft.components).length === 0
      ? [
          {
            path: ["components"],
            found: "none",
            allowed: "at least one component",
            because: "an application without one deploys nothing",
          },
        ]
      : []),
    ...components.flatMap(([name, component]) =>
      [
        ...replicaRefusals(component),
        ...portAndProbeRefusals(component),
        ...electionRefusals(component),
        ...resourceRefusals(component),
        ...createdRefusals(component),
      ].map((refusal) => under(["components", name], refusal)),
    ),
    ...entriesOf(draft.jobs).flatMap(([name, job]) =>
      resourceRefusals(job).map((refusal) => under(["jobs", name], refusal)),
    ),
  ];
}

const under = (path: readonly string[], refusal: Refusal): Refusal => ({
  ...refusal,
  path: [...path, ...refusal.path],
});

function replicaRefusals(component: DraftComponent): Refusal[] {
  const { scale, keepAvailable, replicas } = component;
  const found: Refusal[] = [];
  if ("replicas" in component === "scale" in component)
    found.push({
      path: [],
      found: "scale" in component ? "both replicas and scale" : "neither replicas nor scale",
      allowed: "exactly one of replicas and scale",
      because: "a fixed count would fight the autoscaler",
    });
  if (scale?.min !== undefined && scale.max !== undefined && scale.min >= scale.max)
    found.push({
      path: ["scale", "min"],
      found: scale.min,
      allowed: `less than max, ${scale.max}; or replicas instead of scale`,
      because: NO_ROOM,
    });
  if (scale && !["cpuPercent", "memoryPercent", "queue"].some((metric) => metric in scale))
    found.push({
      path: ["scale"],
      found: "no metric",
      allowed: "cpuPercent, memoryPercent, queue or several",
      because: "an autoscaler without a metric never scales",
    });
  const least = scale?.min ?? replicas;
  if (least !== undefined && "volumes" in component && !keepsMajority(least))
    found.push({ path: scale ? ["scale", "min"] : ["replicas"], found: least, ...KEEPS_MAJORITY });
  else if (least !== undefined && keepAvailable !== undefined && keepAvailable >= least)
    found.push({
      path: ["keepAvailable"],
      found: keepAvailable,
      allowed:
        least === 1
          ? "two replicas or more, of which one may be evicted"
          : `at most ${least - 1}, one less than ${scale ? "scale.min" : "replicas"}`,
      because: "a budget that no eviction fits stops every drain and upgrade",
    });
  return found;
}

export const NO_ROOM = "Kubernetes refuses an autoscaler with min above max, and one without room never scales";

/** Pods with volumes stay in their zones, of which three share them as evenly as can be: four lose two with one zone, and two are no majority. */
export const keepsMajority = (replicas: number): boolean => replicas === 3 || replicas >= 5;
export const KEEPS_MAJORITY = {
  allowed: "3, or 5 and more, beside volumes",
  because: "a pod stays in the zone of its volume, and the loss of a zone must leave a majority",
};

function electionRefusals(component: DraftComponent): Refusal[] {
  if (component.kind !== "controller") return [];
  const { leaseSeconds, renewSeconds, retrySeconds } = component.leaderElection ?? {};
  const found: Refusal[] = [];
  if (leaseSeconds !== undefined && renewSeconds !== undefined && renewSeconds >= leaseSeconds)
    found.push({
      path: ["leaderElection", "renewSeconds"],
      found: renewSeconds,
      allowed: `less than leaseSeconds, ${leaseSeconds}`,
      because: "a leader that renews longer than its lease works beside its successor",
    });
  if (renewSeconds !== undefined && retrySeconds !== undefined && retrySeconds >= renewSeconds)
    found.push({
      path: ["leaderElection", "retrySeconds"],
      found: retrySeconds,
      allowed: `less than renewSeconds, ${renewSeconds}`,
      because: "a leader that tries once gives up at the first lost packet",
    });
  const { flags, leaseName } = component.leaderElection ?? {};
  if (leaseName !== undefined && flags !== "leader-elect")
    found.push({
      path: ["leaderElection", "leaseName"],
      found: leaseName,
      allowed: "a leaseName beside flags: leader-elect",
      because: "with all flags the lease is named by a flag",
    });
  return found;
}

/** Pods that the component makes: as sound as its own. */
function createdRefusals({ creates }: DraftComponent): Refusal[] {
  return entriesOf(creates).flatMap(([name, pods]) => {
    const absent = (pods.reachedFrom ?? []).flatMap((from, index) =>
      from?.port === undefined || from.port in (pods.ports ?? {})
        ? []
        : [
            {
              path: ["reachedFrom", String(index), "port"],
              found: from.port,
              allowed: `a port of these pods: ${Object.keys(pods.ports ?? {}).join(", ") || "ports names none"}`,
              because: "the network policy could not open a way to it",
            },
          ],
    );
    const beyond =
      pods.usual !== undefined && pods.maximum !== undefined && pods.usual > pods.maximum
        ? [
            {
              path: ["usual"],
              found: pods.usual,
              allowed: `at most maximum, ${pods.maximum}`,
              because: "the quota admits no more",
            },
          ]
        : [];
    return [...resourceRefusals(pods), ...absent, ...beyond].map((refusal) => under(["creates", name], refusal));
  });
}

function resourceRefusals({ requests, limits }: Pick<DraftProgram, "requests" | "limits">): Refusal[] {
  return (["cpu", "memory"] as const).flatMap((resource) => {
    const read = resource === "cpu" ? cpuMillis : memoryMiB;
    const [request, limit] = [requests?.[resource], limits?.[resource]];
    if (request === undefined || limit === undefined || (read(request) ?? 0) <= (read(limit) ?? 0)) return [];
    return [
      {
        path: ["requests", resource],
        found: request,
        allowed: `at most the limit, ${limit}`,
        because: "Kubernetes refuses a request above its limit",
      },
    ];
  });
}
