import ipaddr from "ipaddr.js";
import { objectOf, textOf } from "../../../inventory/json";
import { matches } from "../../../inventory/kubernetes/selector";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { NetworkPolicy, NetworkRule, Service, Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { portOf, scrapedPorts, scrapers } from "../../../policy-terms/scrapes";
import { liesIn } from "../../../policy-terms/security-groups";

/** Address of the agent on every node. Source: Amazon EKS user guide, pod-id-agent-setup, read 2026-11-21. */
export const podIdentityAgent = "169.254.170.23/32";
const nameLabel = "kubernetes.io/metadata.name";
/** Private and link-local networks that a way to the internet must leave out, or it leads into the own one. */
const inner = ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

type Peer = NetworkRule["peers"][number];

/** Every way that the rules open, as `8080/TCP from the load balancer`. */
function opened(
  policies: readonly NetworkPolicy[],
  direction: "ingress" | "egress",
  portName: (port: number | string | undefined) => string,
  peerName: (peer: Peer) => string,
): string[] {
  const word = direction === "ingress" ? "from" : "to";
  return policies
    .flatMap((policy) => policy[direction])
    .flatMap((rule) => {
      const ports =
        rule.ports.length === 0
          ? ["every port"]
          : rule.ports.map(
              ({ port, endPort, protocol }) =>
                `${portName(port)}${endPort === undefined ? "" : `-${endPort}`}/${protocol}`,
            );
      const peers = rule.peers.length === 0 ? ["everybody"] : rule.peers.map(peerName);
      return ports.flatMap((port) => peers.map((peer) => `${port} ${word} ${peer}`));
    });
}

/** One verdict for what is missing and one for what is superfluous. */
export function exactly(
  wanted: readonly string[],
  policies: readonly NetworkPolicy[],
  direction: "ingress" | "egress",
  workload: Workload,
  peerName: (peer: Peer) => string,
): Verdict[] {
  const notYet = policies.flatMap(({ unknowns }) => unknowns).find(({ path }) => path.includes(direction));
  if (notYet) return [unknown(`${direction}: ${notYet.reason}`)];
  const ways = new Set(
    opened(policies, direction, (port) => String(portOf(port, workload) ?? port ?? "every port"), peerName),
  );
  const needed = new Set(wanted);
  const missing = [...needed].filter((way) => !ways.has(way)).sort();
  const superfluous = [...ways].filter((way) => !needed.has(way)).sort();
  const field = direction === "ingress" ? "port" : "talksTo";
  return [
    ...missing.map((way) => fail({ expected: `${direction} ${way}`, actual: "no policy opens it", field })),
    ...superfluous.map((way) =>
      fail({
        expected: `${direction} only of what is declared: ${[...needed].sort().join("; ") || "nothing"}`,
        actual: `also ${way}`,
        field,
      }),
    ),
    ...(missing.length + superfluous.length === 0 ? [pass([...ways].sort().join("; ") || "nothing is open")] : []),
  ];
}

const near = (object: PlacedObject, workload: Workload): boolean =>
  object.region === workload.region && (object.object.metadata.namespace ?? workload.namespace) === workload.namespace;

/** Ways in that Services, the load balancer and scrapes need. */
export function neededIngress(workload: Workload, platform: Platform): string[] {
  const monitors = platform.objects.filter((object) => near(object, workload));
  const served = workload.services.flatMap((service) =>
    service.ports.flatMap(({ targetPort, protocol }) => [
      ...callersOf(workload, platform).map(
        (caller) => `${portOf(targetPort, workload) ?? targetPort}/${protocol} from ${caller}`,
      ),
      ...(balanced(service, monitors)
        ? balancerNetworks(workload, platform).map(
            (cidr) => `${portOf(targetPort, workload) ?? targetPort}/${protocol} from ${cidr}`,
          )
        : []),
    ]),
  );
  return [
    ...served,
    ...scrapedPorts(workload, platform).map((port) => `${port}/TCP from namespace ${scrapers}`),
    ...(workload.component?.reachedFrom ?? []).map(
      ({ namespace, port }) => `${portOf(port, workload) ?? port}/TCP from namespace ${namespace}`,
    ),
  ];
}

function balanced(service: Service, around: readonly PlacedObject[]): boolean {
  return around.some(
    ({ object }) =>
      object.kind === "TargetGroupBinding" && objectOf(objectOf(object["spec"])["serviceRef"])["name"] === service.name,
  );
}

/** Networks of the subnets that the region's load balancers stand in. */
function balancerNetworks(workload: Workload, platform: Platform): string[] {
  const subnets = platform.loadBalancers
    .filter(({ region }) => region === workload.region)
    .flatMap((balancer) => balancer.subnets);
  return [...new Set(subnets.flatMap((subnet) => subnet.text("cidr_block") ?? []))];
}

/** Those of its application that declare to talk to it, by name. */
const callersOf = (workload: Workload, platform: Platform): string[] =>
  platform.workloads
    .filter((other) => other.region === workload.region && other.namespace === workload.namespace)
    .filter(({ component }) =>
      (component?.talksTo ?? []).some((dependency) => objectOf(dependency)["component"] === workload.name),
    )
    .map(({ name }) => name);

/** Workloads of the namespace that the peer's pods belong to. */
function chosenBy(peer: Peer, workload: Workload, platform: Platform): string {
  const chosen = platform.workloads.filter(
    (other) =>
      other.region === workload.region &&
      other.namespace === workload.namespace &&
      peer.podSelector !== undefined &&
      matches(peer.podSelector, other.podLabels),
  );
  return (
    chosen
      .map(({ name }) => name)
      .sort()
      .join(" and ") || "pods that do not exist"
  );
}

export const ingressPeer =
  (workload: Workload, platform: Platform) =>
  (peer: Peer): string => {
    if (peer.cidr !== undefined)
      return `${peer.cidr}${peer.except.length > 0 ? ` except ${[...peer.except].sort().join(", ")}` : ""}`;
    if (peer.namespaceSelector === undefined)
      return peer.podSelector === undefined ? "pods of its namespace" : chosenBy(peer, workload, platform);
    const name = onlyName(peer);
    return name === undefined || (peer.podSelector !== undefined && name !== scrapers)
      ? `pods chosen by ${JSON.stringify(peer)}`
      : `namespace ${name}`;
  };

function onlyName({ namespaceSelector }: Peer): string | undefined {
  const labels = Object.entries(namespaceSelector?.matchLabels ?? {});
  const [label] = labels;
  return labels.length === 1 && namespaceSelector?.matchExpressions.length === 0 && label?.[0] === nameLabel
    ? label[1]
    : undefined;
}

const portOfStore: Readonly<Record<string, number>> = { redis: 6379, postgres: 5432 };

/** Ways out to the declared dependencies and to DNS; a dependency of a kind that is not known is not opened. */
export function neededEgress(workload: Workload, dependencies: readonly unknown[], platform: Platform): string[] {
  return [
    "53/TCP to DNS",
    "53/UDP to DNS",
    ...dependencies.flatMap((dependency) => {
      const [kind = "", name] = Object.entries(objectOf(dependency))[0] ?? [];
      if (kind === "https") return ["443/TCP to every public address"];
      // The endpoints of the API server lie in the subnets of the cluster; its Service has the first address of the service network.
      if (kind === "kubernetes") return ["443/TCP to the API server's Service", "443/TCP to the region's network"];
      if (kind === "podIdentity") return ["80/TCP to the Pod Identity agent"];
      if (kind !== "component") return [`${portOfStore[kind] ?? `the port of ${kind}`}/TCP to the region's network`];
      const target = platform.workloads.find(
        (other) => other.region === workload.region && other.namespace === workload.namespace && other.name === name,
      );
      const ports =
        target?.services.flatMap((service) =>
          service.ports.map(
            ({ targetPort, protocol }) => `${portOf(targetPort, target) ?? targetPort}/${protocol} to ${textOf(name)}`,
          ),
        ) ?? [];
      return ports.length > 0 ? ports : [`a Service to ${textOf(name) ?? "nothing"}`];
    }),
  ];
}

export const egressPeer =
  (workload: Workload, platform: Platform) =>
  (peer: Peer): string => {
    if (peer.cidr !== undefined) return networkName(peer, workload, platform);
    if (peer.namespaceSelector !== undefined)
      return onlyName(peer) === "kube-system" && peer.podSelector?.matchLabels["k8s-app"] === "kube-dns"
        ? "DNS"
        : `pods chosen by ${JSON.stringify(peer)}`;
    return chosenBy(peer, workload, platform);
  };

function networkName({ cidr = "", except }: Peer, workload: Workload, platform: Platform): string {
  if (cidr === podIdentityAgent) return "the Pod Identity agent";
  if (
    platform.clusters.some(
      (cluster) => cluster.region === workload.region && cidr === firstAddress(cluster.serviceCidr),
    )
  )
    return "the API server's Service";
  if (cidr === "0.0.0.0/0" && inner.every((network) => except.includes(network))) return "every public address";
  const own = platform.networks
    .filter(({ region }) => region === workload.region)
    .flatMap((network) => network.cidr ?? []);
  return own.some((network) => liesIn(cidr, network))
    ? "the region's network"
    : `${cidr}${except.length > 0 ? ` except ${[...except].sort().join(", ")}` : ""}`;
}

/** The first address of a network, which the API server's Service has. */
function firstAddress(cidr: string | undefined): string | undefined {
  if (cidr === undefined || !ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = ipaddr.IPv4.networkAddressFromCIDR(cidr).octets;
  return `${first}.${second}.${third}.${fourth + 1}/32`;
}
