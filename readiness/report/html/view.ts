import type { Platform } from "../../inventory/platform";
import type { LabelSelector } from "../../inventory/facts/kubernetes/label-selector";
import type { NetworkPolicy, NetworkRule } from "../../inventory/facts/kubernetes/workload-graph";
import { engineRules } from "../../judgement/engine-rules";
import type { ReportChanges } from "../changes";
import type { Policy } from "../../policy/policy";

/** Data of the page that report.json does not hold, as plain JSON. */
export interface ReportView {
  /** ISO date of the judgement. */
  readonly judgedOn: string;
  /** Application of each stack; stacks of the platform itself are missing. */
  readonly applicationOfStack: Readonly<Record<string, string>>;
  readonly policyNotes: Readonly<Record<string, { readonly because: string; readonly remedy: string }>>;
  readonly topology: Topology;
  readonly flows: readonly Flow[];
  /** @default none - no earlier report was given */
  readonly changes?: ReportChanges;
}

export interface Topology {
  readonly edge: readonly string[];
  readonly global: readonly string[];
  readonly regions: readonly RegionTopology[];
}

export interface RegionTopology {
  readonly region: string;
  readonly role: string;
  readonly network: string | null;
  readonly zones: readonly string[];
  readonly cluster: string | null;
  readonly pools: readonly { readonly name: string; readonly detail: string }[];
  readonly applications: readonly string[];
  /** Databases and caches, with what they run and whether they copy another one. */
  readonly databases: readonly string[];
  readonly stores: readonly string[];
}

/** Pods that a NetworkPolicy lets talk. */
export interface Flow {
  readonly namespace: string;
  readonly pods: string;
  readonly direction: "from" | "to";
  readonly peer: string;
  readonly ports: string;
  readonly regions: readonly string[];
  readonly policies: readonly string[];
}

export const viewOf = (platform: Platform, policies: readonly Policy[]): ReportView => ({
  judgedOn: platform.now.slice(0, 10),
  applicationOfStack: Object.fromEntries(
    platform.stacks.flatMap(({ name, application }) => (application === undefined ? [] : [[name, application]])),
  ),
  policyNotes: Object.fromEntries(
    [...policies, ...engineRules].map(({ id, because, remedy }) => [id, { because, remedy }]),
  ),
  topology: topologyOf(platform),
  flows: flowsOf(platform.networkPolicies),
});

const distinct = (texts: readonly (string | undefined)[]): string[] =>
  [...new Set(texts.filter((text) => text !== undefined))].sort();

function topologyOf(platform: Platform): Topology {
  const ofRegion = (region: string) =>
    platform.stacks.filter((stack) => stack.region === region && stack.role !== "global");
  const regions = distinct(platform.clusters.map(({ region }) => region));
  const records = platform.records.filter(({ failover, alias }) => failover !== undefined || alias !== undefined);
  return {
    edge: distinct(records.map(({ name, failover }) => name && `${name}${failover ? " (failover)" : ""}`)),
    global: distinct(platform.stacks.filter(({ role }) => role === "global").map(({ name }) => name)),
    regions: regions
      .map((region) =>
        regionTopology(platform, region, distinct(ofRegion(region).map(({ application }) => application))),
      )
      .sort((a, b) => (a.role === b.role ? (a.region < b.region ? -1 : 1) : a.role === "primary" ? -1 : 1)),
  };
}

function regionTopology(platform: Platform, region: string, applications: readonly string[]): RegionTopology {
  const cluster = platform.clusters.find((candidate) => candidate.region === region);
  const network = platform.networks.find((candidate) => candidate.region === region);
  const groups = platform.nodeGroups.filter((group) => group.region === region);
  return {
    region,
    role: cluster?.role ?? "unknown",
    network: network?.cidr ?? null,
    zones: distinct((network?.subnets ?? []).map(({ zone }) => zone)),
    cluster: cluster ? `${cluster.name ?? "cluster"}, Kubernetes ${cluster.version ?? "unknown"}` : null,
    pools: groups.map(({ name, min, max, instanceTypes, capacityType, zones }) => ({
      name: name ?? "node group",
      detail: `${min ?? "?"} to ${max ?? "?"} nodes, ${capacityType === "SPOT" ? "spot" : "on demand"}, ${instanceTypes.join(", ")}, ${zones.join(", ")}`,
    })),
    applications,
    databases: databasesOf(platform, region),
    stores: [
      ...counted(platform.buckets, region, "bucket"),
      ...counted(platform.repositories, region, "image repository"),
      ...counted(platform.secrets, region, "secret"),
      ...counted(platform.loadBalancers, region, "load balancer"),
    ],
  };
}

const databasesOf = (platform: Platform, region: string): string[] =>
  distinct([
    ...platform.databases
      .filter((database) => database.region === region)
      .map(({ application, store, identifier, engine, engineVersion, multiAz, replicates }) =>
        [
          storeName(application, store, identifier),
          `${engine ?? "database"} ${engineVersion ?? ""}`.trim(),
          ...(replicates ? ["replica"] : []),
          ...(multiAz === true ? ["two zones"] : []),
        ].join(", "),
      ),
    ...platform.caches
      .filter((cache) => cache.region === region)
      .map(({ application, store, identifier, engine, nodes }) =>
        [
          storeName(application, store, identifier),
          engine ?? "cache",
          ...(nodes === undefined ? [] : [`${nodes} ${nodes === 1 ? "node" : "nodes"}`]),
        ].join(", "),
      ),
  ]);

const storeName = (application: string | undefined, store: string | undefined, identifier: string | undefined) =>
  application !== undefined && store !== undefined ? `${application}/${store}` : (identifier ?? "store");

function counted(items: readonly { readonly region: string | undefined }[], region: string, name: string): string[] {
  const count = items.filter((item) => item.region === region).length;
  const plural = name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`;
  return count === 0 ? [] : [`${count} ${count === 1 ? name : plural}`];
}

function flowsOf(policies: readonly NetworkPolicy[]): Flow[] {
  const flows = new Map<string, Flow>();
  for (const policy of policies)
    for (const flow of [...rulesOf(policy, "from", policy.ingress), ...rulesOf(policy, "to", policy.egress)]) {
      const key = JSON.stringify([flow.namespace, flow.pods, flow.direction, flow.peer, flow.ports]);
      const known = flows.get(key);
      flows.set(key, {
        ...flow,
        regions: distinct([...(known?.regions ?? []), ...flow.regions]),
        policies: distinct([...(known?.policies ?? []), ...flow.policies]),
      });
    }
  return [...flows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flow]) => flow);
}

function rulesOf(policy: NetworkPolicy, direction: Flow["direction"], rules: readonly NetworkRule[]): Flow[] {
  return rules.flatMap(({ ports, peers }) =>
    (peers.length === 0 ? ["anything"] : distinct(peers.map(peerText))).map((peer) => ({
      namespace: policy.namespace,
      pods: selectorText(policy.podSelector) ?? "all pods",
      direction,
      peer,
      ports: ports.length === 0 ? "all ports" : ports.map(portText).join(", "),
      regions: [policy.region],
      policies: [policy.name],
    })),
  );
}

const portText = ({ port, endPort, protocol }: NetworkRule["ports"][number]): string =>
  `${protocol} ${port ?? "any"}${endPort === undefined ? "" : `–${endPort}`}`;

function peerText({ podSelector, namespaceSelector, cidr, except }: NetworkRule["peers"][number]): string {
  if (cidr !== undefined) return `${cidr}${except.length === 0 ? "" : ` except ${except.join(", ")}`}`;
  const pods = (podSelector && selectorText(podSelector)) ?? "all pods";
  if (!namespaceSelector) return `${pods} of the namespace`;
  return `${pods} in ${selectorText(namespaceSelector) ?? "every namespace"}`;
}

/** Undefined: it selects everything. */
function selectorText({ matchLabels, matchExpressions }: LabelSelector): string | undefined {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key.replace(/^.*\//, "")}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator} ${values.join("|")}`.trim()),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}
