import { type DraftComponent, entriesOf, type Refusal } from "./draft";

/** What the ports, metrics and probes of a component say of one another. */
export const portAndProbeRefusals = (component: DraftComponent): Refusal[] =>
  // Which ports there are depends on the kind: without it, nothing can be said of them.
  component.kind === undefined
    ? []
    : [...portRefusals(component), ...metricsRefusals(component), ...probeRefusals(component)];

const mainPort = (component: DraftComponent): string =>
  component.kind === "service" ? (component.protocol ?? "http") : "metrics";

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
