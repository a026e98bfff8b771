import { cpuMillis, memoryMiB } from "../../../models/quantity";
import { entriesOf, type Draft, type DraftComponent, type DraftProgram, type Refusal } from "./draft";

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
        ...portRefusals(component),
        ...metricsRefusals(component),
        ...probeRefusals(component),
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

function portRefusals(component: DraftComponent): Refusal[] {
  const main = mainPort(component);
  const named: [string, readonly string[], number | undefined][] = [
    ...(component.kind === "service"
      ? [[main, ["port"], component.port] as [string, readonly string[], number | undefined]]
      : []),
    ["metrics", ["metricsPort"], component.metricsPort],
    ...Object.entries(component.ports ?? {}).map(
      ([name, port]) => [name, ["ports", name], port] as [string, readonly string[], number | undefined],
    ),
  ];
  const unscraped =
    component.kind === "service" &&
    component.protocol === "grpc" &&
    component.metrics !== "none" &&
    !("metricsPort" in component)
      ? [
          {
            path: ["protocol"],
            found: "grpc",
            allowed: 'grpc beside a metricsPort, or metrics: "none"',
            because: "nothing can be scraped from a port that speaks gRPC",
          },
        ]
      : [];
  const given = named.filter(([, , port]) => port !== undefined);
  return [
    ...unscraped,
    ...given.flatMap(([name, path, port], index) => {
      const same = given.slice(0, index).find(([otherName, , otherPort]) => otherPort === port || otherName === name);
      return same
        ? [
            {
              path,
              found: port,
              allowed: `a number and a name of its own, other than ${same[0]} ${same[2]}`,
              because: "two ports of one container with one number or name collide",
            },
          ]
        : [];
    }),
  ];
}

/** A component either has metrics, on a port, or says that it has none. */
function metricsRefusals(component: DraftComponent): Refusal[] {
  const none = component.metrics === "none";
  if (none && "metricsPort" in component)
    return [
      {
        path: ["metrics"],
        found: "none beside a metricsPort",
        allowed: "a path such as /metrics, or no metricsPort; other ports are declared under ports",
        because: "a port that is opened to the scrapers and answers nothing hides that there are no metrics",
      },
    ];
  if (none || component.kind === undefined || component.kind === "service" || "metricsPort" in component) return [];
  return [
    {
      path: ["metricsPort"],
      found: undefined,
      allowed: 'a port from 1 to 65535, or metrics: "none"',
      because: "a component without a Service is scraped at a port of its own",
    },
  ];
}

export const mainPort = (component: DraftComponent): string =>
  component.kind === "service" ? (component.protocol ?? "http") : "metrics";

function probeRefusals(component: DraftComponent): Refusal[] {
  const ports = [
    ...(component.kind === "service" ? [mainPort(component)] : []),
    ...("metricsPort" in component ? ["metrics"] : []),
    ...Object.keys(component.ports ?? {}),
  ];
  // A worker without metrics has no port that a probe could mean without naming it.
  const unnamed =
    component.kind !== undefined &&
    component.kind !== "service" &&
    component.metrics === "none" &&
    !("metricsPort" in component);
  const absent = (path: readonly string[], port: string | undefined): Refusal[] =>
    port === undefined || ports.includes(port)
      ? []
      : [
          {
            path,
            found: port,
            allowed: `a port of the component: ${ports.join(", ") || "it has none"}`,
            because: "a probe of a port that nothing listens on always fails",
          },
        ];
  const probes = entriesOf(component.probes as Readonly<Record<string, object | undefined>> | undefined) as [
    string,
    { readonly port?: string; readonly tcp?: string },
  ][];
  return [
    ...probes.flatMap(([role, probe]) => [
      ...(unnamed && !("port" in probe) && ("http" in probe || "grpc" in probe)
        ? [portless(["probes", role, "port"], ports)]
        : absent(["probes", role, "port"], probe.port)),
      ...absent(["probes", role, "tcp"], probe.tcp),
    ]),
    ...(component.reachedFrom ?? []).flatMap((source, index) =>
      absent(["reachedFrom", String(index), "port"], source?.port),
    ),
  ];
}

const portless = (path: readonly string[], ports: readonly string[]): Refusal => ({
  path,
  found: undefined,
  allowed: `a port of the component: ${ports.join(", ") || "it has none"}`,
  because: "a component without metrics and without a Service has no port that a probe uses by default",
});

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
