import type { Commitments } from "../../../catalog/claims/commitments";
import { ownerOfName } from "../reserved-names";
import { claimRefusals } from "./claims";
import { KEEPS_MAJORITY, keepsMajority, NO_ROOM } from "./components";
import { objectiveRefusals } from "./objectives";
import { entriesOf, type Draft, type Refusal } from "./draft";

/** Characters that AWS takes for the name of a target group. */
const LONGEST_TARGET_GROUP = 32;

/** Path patterns of one route: four listener rules of three. */
const MOST_PATHS = 12;

/** What holds of the application as a whole. */
export function wholeRefusals(draft: Draft, commitments: Commitments): Refusal[] {
  return [
    ...takenName(draft),
    ...sharedPorts(draft),
    ...sharedNames(draft),
    ...objectiveRefusals(draft),
    ...secretLengths(draft),
    ...kindRefusals(draft),
    ...sizeRefusals(draft),
    ...routeRefusals(draft),
    ...claimRefusals(draft, commitments),
  ];
}

/** An application has a namespace and stacks of its own, named after it. */
function takenName({ name }: Draft): Refusal[] {
  const owner = name === undefined ? undefined : ownerOfName(name);
  return owner === undefined
    ? []
    : [
        {
          path: ["name"],
          found: name,
          allowed: `a name that nothing else has: ${owner}`,
          because: "namespace and stacks of the application are named after it",
        },
      ];
}

/** The port of a service belongs to it alone; metrics ports may be the same everywhere. */
function sharedPorts(draft: Draft): Refusal[] {
  const owners = new Map<number, string>();
  const found: Refusal[] = [];
  const components = entriesOf(draft.components);
  for (const [name, component] of components) {
    if (component.kind !== "service" || component.port === undefined) continue;
    const owner = owners.get(component.port);
    if (owner === undefined) owners.set(component.port, name);
    else found.push(taken(["components", name, "port"], component.port, owner));
  }
  for (const [name, { metricsPort }] of components) {
    const owner = metricsPort === undefined ? undefined : owners.get(metricsPort);
    if (metricsPort !== undefined && owner !== undefined && owner !== name)
      found.push(taken(["components", name, "metricsPort"], metricsPort, owner));
  }
  return found;
}

const taken = (path: readonly string[], port: number, owner: string): Refusal => ({
  path,
  found: port,
  allowed: `a port of its own: ${port} is that of ${owner}`,
  because: "load balancer, network policies and dashboards identify the components of an application by their ports",
});

function sharedNames(draft: Draft): Refusal[] {
  const because = "labels and network policies select pods by it";
  const ofJobs = Object.keys(draft.jobs ?? {})
    .filter((name) => draft.components !== undefined && name in draft.components)
    .map((name) => ({ path: ["jobs", name], found: name, allowed: "a name that no component has", because }));
  const taken = new Set([...Object.keys(draft.components ?? {}), ...Object.keys(draft.jobs ?? {})]);
  const ofCreated = entriesOf(draft.components).flatMap(([component, { creates }]) =>
    Object.keys(creates ?? {}).flatMap((name): Refusal[] => {
      const found = taken.has(name);
      taken.add(name);
      return found
        ? [
            {
              path: ["components", component, "creates", name],
              found: name,
              allowed: "a name that no component, no job and no other group of pods has",
              because,
            },
          ]
        : [];
    }),
  );
  return [...ofJobs, ...ofCreated];
}

function secretLengths(draft: Draft): Refusal[] {
  return entriesOf(draft.secrets).flatMap(([name, { generate, minimumLength, identifier, connection }]) => {
    const found: Refusal[] = [];
    if (minimumLength !== undefined && generate?.length !== undefined && generate.length < minimumLength)
      found.push({
        path: ["secrets", name, "generate", "length"],
        found: generate.length,
        allowed: `at least minimumLength, ${minimumLength}`,
        because: "the application refuses a shorter value when it starts",
      });
    if (minimumLength !== undefined && minimumLength < 8 && identifier !== true)
      found.push({
        path: ["secrets", name, "minimumLength"],
        found: minimumLength,
        allowed: "at least 8 characters, or identifier: true",
        because: "a shorter secret can be guessed",
      });
    if (generate && (connection !== undefined || identifier === true))
      found.push({
        path: ["secrets", name, "generate"],
        found: "generate beside connection or identifier",
        allowed: "one origin of the value",
        because: "two would overwrite one another",
      });
    return found;
  });
}

function kindRefusals(draft: Draft): Refusal[] {
  return entriesOf(draft.customResources).flatMap(([kind, { versions, group, plural }]) => {
    const found: Refusal[] = [];
    const stored = (versions ?? []).filter((version) => version?.stored === true);
    if (versions !== undefined && stored.length !== 1)
      found.push({
        path: ["customResources", kind, "versions"],
        found: `${stored.length} stored versions`,
        allowed: "exactly one",
        because: "etcd holds objects in one version",
      });
    if (group !== undefined && plural !== undefined && group.length + plural.length + 1 > 253)
      found.push({
        path: ["customResources", kind, "group"],
        found: group,
        allowed: "at most 253 characters together with the plural",
        because: "the definition is named after both",
      });
    return found;
  });
}

/** Sizes of other environments are judged with what they leave as it is. */
function sizeRefusals(draft: Draft): Refusal[] {
  return (["staging", "development", "local"] as const).flatMap((environment) =>
    entriesOf(draft.environments?.[environment]?.components).flatMap(([name, size]): Refusal[] => {
      const component = draft.components?.[name];
      if (!component) return [];
      const path = ["environments", environment, "components", name];
      const [min, max] = [size.min ?? component.scale?.min, size.max ?? component.scale?.max];
      const [least, kept] = [
        component.scale ? min : (size.replicas ?? component.replicas),
        size.keepAvailable ?? component.keepAvailable,
      ];
      if ("scale" in component ? size.replicas !== undefined : size.min !== undefined || size.max !== undefined)
        return [
          {
            path,
            found: "scale" in component ? "replicas" : "min or max",
            allowed:
              "scale" in component
                ? "min and max: the component has an autoscaler"
                : "replicas: the component has no autoscaler",
            because: "environments differ in size, not in shape",
          },
        ];
      return [
        ...(component.scale && min !== undefined && max !== undefined && min >= max
          ? [{ path, found: `min ${min}, max ${max}`, allowed: "min less than max", because: NO_ROOM }]
          : []),
        ...("volumes" in component && least !== undefined && !keepsMajority(least)
          ? [{ path, found: least, ...KEEPS_MAJORITY }]
          : []),
        ...(least !== undefined && kept !== undefined && kept >= least
          ? [
              {
                path,
                found: `keepAvailable ${kept} of ${least}`,
                allowed: "less than the fewest replicas",
                because: "a budget that no eviction fits stops every drain and upgrade",
              },
            ]
          : []),
      ];
    }),
  );
}

/** Each routed component has a target group of its own in each region: `<application>-<component>-p`. */
function routeRefusals({ name, entry }: Draft): Refusal[] {
  return (entry?.routes ?? []).flatMap((route, index): Refusal[] => {
    const paths = route?.paths?.length ?? 0;
    if (paths > MOST_PATHS)
      return [
        {
          path: ["entry", "routes", String(index), "paths"],
          found: `${paths} paths`,
          allowed: `at most ${MOST_PATHS}: a pattern such as "/app/*" takes many`,
          because: "a listener rule holds three beside the two host names, and a route has at most four rules",
        },
      ];
    const earlier = [entry?.component, ...(entry?.routes ?? []).slice(0, index).map((other) => other?.component)];
    if (route?.component !== undefined && earlier.includes(route.component))
      return [
        {
          path: ["entry", "routes", String(index), "component"],
          found: route.component,
          allowed: "a component that no other route and not the entry itself names",
          because: "each has one target group",
        },
      ];
    const group = `${name ?? ""}-${route?.component ?? ""}-p`;
    return group.length <= LONGEST_TARGET_GROUP
      ? []
      : [
          {
            path: ["entry", "routes", String(index), "component"],
            found: group,
            allowed: `at most ${LONGEST_TARGET_GROUP} characters`,
            because: "load balancer target groups hold no longer name",
          },
        ];
  });
}
