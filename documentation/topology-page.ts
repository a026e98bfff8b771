import type { Platform } from "../readiness/inventory/platform";
import type { SecurityGroup, SecurityGroupRule } from "../readiness/inventory/facts/aws/security-groups";
import { type RegionTopology, viewOf } from "../readiness/report/html/view";
import { markdownTable } from "./markdown";

/** Architecture of production as it is synthesised: stacks in their order, both regions, and who may reach whom. */
export function topologyPage(platform: Platform): string {
  const { topology, flows } = viewOf(platform, []);
  return [
    "# Topology of production",
    "",
    "Read from the Terraform of production with the values of `config/`. This page is written by `make docs`.",
    "",
    "## How a request travels",
    "",
    ...diagram([
      `customers([customers]) --> dns[Route 53: ${topology.edge.length} names]`,
      ...topology.regions.flatMap(({ region, role, zones, cluster }) => [
        `dns -->|${role}| ${idOf(region)}_waf[web ACL]`,
        `${idOf(region)}_waf --> ${idOf(region)}_alb[load balancer ${region}]`,
        `${idOf(region)}_alb --> ${idOf(region)}_pods[pods on ${cluster ?? "no cluster"}, ${zones.length} zones]`,
      ]),
      ...platform.databases.flatMap(({ resource, region, source }) =>
        region === undefined
          ? []
          : [
              `${idOf(region)}_pods --> ${idOf(resource.address + region)}[(${resource.name})]`,
              ...(source
                ? [
                    `${idOf(source.resource.address + (source.region ?? ""))} -.->|replicates| ${idOf(resource.address + region)}`,
                  ]
                : []),
            ],
      ),
    ]),
    "",
    "## Stacks, and whose values each reads",
    "",
    "Stages deploy them in an order that also waits for what no value names: [Deploy to AWS](deployment.md).",
    "",
    ...diagram(stackEdges(platform).map(([from, to]) => `${idOf(to)}[${to}] --> ${idOf(from)}[${from}]`)),
    "",
    "## Regions",
    "",
    ...topology.regions.flatMap(regionText),
    "## Security groups",
    "",
    ...markdownTable(
      ["region", "group", "direction", "protocol and ports", "peer"],
      platform.securityGroups.flatMap(rowsOf),
    ),
    "",
    "## Flows that network policies allow",
    "",
    ...markdownTable(
      ["namespace", "pods", "direction", "peer", "ports", "regions"],
      flows.map(({ namespace, pods, direction, peer, ports, regions }) => [
        namespace,
        pods,
        direction,
        peer,
        ports,
        regions.join(", "),
      ]),
    ),
    "",
  ].join("\n");
}

const regionText = ({
  region,
  role,
  network,
  zones,
  cluster,
  pools,
  applications,
  databases,
  stores,
}: RegionTopology): string[] => [
  `### ${region}: ${role}`,
  "",
  `Network ${network ?? "none"}, zones ${zones.join(", ")}; ${cluster ?? "no cluster"}; ${stores.join(", ")}. Applications: ${applications.join(", ") || "none"}. Data stores: ${databases.map((name) => name.replaceAll(", ", " ")).join(", ") || "none"}.`,
  "",
  ...markdownTable(
    ["node group", "nodes"],
    pools.map(({ name, detail }) => [name, detail]),
  ),
  "",
];

const diagram = (lines: readonly string[]): string[] => [
  "```mermaid",
  "flowchart LR",
  ...[...new Set(lines)].map((line) => `  ${line}`),
  "```",
];

/** Mermaid takes letters, digits and underscores. */
const idOf = (name: string): string => name.replace(/[^A-Za-z0-9]/g, "_");

/** Pairs of a stack and one whose values it reads; what follows from others is left out. */
function stackEdges({ stacks, resources, dependencies }: Platform): (readonly [string, string])[] {
  const needs = new Map<string, Set<string>>(stacks.map(({ name }) => [name, new Set<string>()]));
  for (const resource of resources)
    for (const { stack } of dependencies(resource)) if (stack !== resource.stack) needs.get(resource.stack)?.add(stack);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(needs.get(from) ?? [])].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return [...needs]
    .flatMap(([from, all]) =>
      [...all]
        .filter((to) => ![...all].some((other) => other !== to && reaches(other, to)))
        .map((to) => [from, to] as const),
    )
    .sort(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1));
}

const rowsOf = ({ resource, region, rules, label }: SecurityGroup): string[][] =>
  rules.map((rule) => [
    region ?? "",
    label.replace(/^security group /, ""),
    rule.direction,
    portsOf(rule),
    peersOf(rule, resource.address),
  ]);

const portsOf = ({ protocol, fromPort, toPort }: SecurityGroupRule): string =>
  protocol === "-1" ? "all" : `${protocol ?? "unknown"} ${fromPort === toPort ? fromPort : `${fromPort}–${toPort}`}`;

const peersOf = ({ cidrs, groups, prefixLists }: SecurityGroupRule, own: string): string =>
  [...cidrs, ...groups.map(({ address, name }) => (address === own ? "itself" : name)), ...prefixLists].join(", ") ||
  "no source";
