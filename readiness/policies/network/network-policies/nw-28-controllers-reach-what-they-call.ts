import { platformCharts } from "../../../../catalog/charts";
import type { NetworkPolicy, NetworkRule } from "../../../inventory/facts/kubernetes/workload-graph";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import type { Platform } from "../../../inventory/platform";
import { named } from "../../../policy-terms/targets";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Kubernetes' API and those of AWS. */
const API_PORT = 443;
/** Services of other namespaces in a chart's values, such as http://loki.monitoring:3100. */
const services = /https?:\/\/[a-z0-9-]+\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?:(\d+)/g;

interface Need {
  readonly port: number;
  readonly to: "every address" | "a peer";
  readonly why: string;
}

function needsOf({ chart, values, namespace }: Release): readonly Need[] {
  const own = platformCharts.find(({ lock }) => lock.chart === chart);
  const { withinPorts = [], storePorts = [] } = own?.installation?.traffic ?? {};
  const called = [...JSON.stringify(values).matchAll(services)]
    .filter(([, place]) => place !== namespace)
    .map(([url, , port]): Need => ({ port: Number(port), to: "a peer", why: `its values name ${url}` }));
  return [
    { port: API_PORT, to: "every address", why: "it asks the API server and AWS" },
    ...withinPorts.map((port): Need => ({ port, to: "a peer", why: "its pods ask each other" })),
    ...storePorts.map((port): Need => ({ port, to: "a peer", why: "it asks databases or caches" })),
    ...called,
  ];
}

const opensPort = ({ ports }: NetworkRule, port: number): boolean =>
  ports.length === 0 ||
  ports.some((one) => one.protocol === "TCP" && (one.port === undefined || Number(one.port) === port));
const opensTo = ({ peers }: NetworkRule, to: Need["to"]): boolean =>
  peers.length === 0 || to === "a peer" || peers.some(({ cidr }) => cidr === "0.0.0.0/0");
const opened = (policies: readonly NetworkPolicy[], { port, to }: Need): boolean =>
  policies.some(({ egress }) => egress.some((rule) => opensPort(rule, port) && opensTo(rule, to)));

/** Policies of its namespace; which pods a chart makes, only its templates know. */
const policiesAround = ({ namespace, region }: Release, { networkPolicies }: Platform): readonly NetworkPolicy[] =>
  networkPolicies.filter(
    (one) => one.isolatesEgress && one.region === region && (one.namespace ?? "") === (namespace ?? ""),
  );

function judge(release: Release, platform: Platform): Verdict | readonly Verdict[] {
  const closed = needsOf(release).filter((need) => !opened(policiesAround(release, platform), need));
  return closed.length === 0
    ? pass("everything that it calls is open")
    : closed.map(({ port, to, why }) =>
        fail({
          expected: `egress ${port}/TCP to ${to}`,
          actual: "no policy opens it",
          message: `${release.label} in ${release.region ?? ""}: namespace ${release.namespace ?? ""} has no egress on ${port}/TCP, though ${why}: it runs, and does nothing`,
        }),
      );
}

const traffic = named("kubernetes_network_policy_v1", "platform");
const ofNamespace = (name: string, stack = /./) =>
  resource(
    "kubernetes_network_policy_v1",
    (block, id, of) => stack.test(of) && id.includes(`traffic-${name}`) && block["spec"] !== undefined,
  );

export default policy({
  id: "NW-28",
  severity: "error",
  proves: ["CA-15", "CA-23"],
  title: "Controllers reach the APIs and Services that they call",
  because:
    "their namespaces deny by default: a controller without a way to its API or Service runs, is ready, and backs up, scales or ships nothing",
  remedy: "leave the ways to SystemTraffic, and declare further ports of a chart in its installation.traffic",
  subjects: (platform) =>
    platform.releases.filter((release) => !release.local && policiesAround(release, platform).length > 0),
  check: judge,
  mutants: [
    change("names and nothing else", traffic, (block) => {
      unset("spec.egress.3")(block);
      unset("spec.egress.2")(block);
      unset("spec.egress.1")(block);
    }),
    change("backups without an API, in the secondary", ofNamespace("velero", /-eu-west-1$/), unset("spec.egress.1")),
    change("another port", ofNamespace("velero"), set("spec.egress.1.ports.0.port", "8443")),
    change("the region's network alone", ofNamespace("keda"), set("spec.egress.1.to.0.ip_block.cidr", "10.0.0.0/16")),
    change("logs that reach no Loki", ofNamespace("node-agents"), unset("spec.egress.3")),
    remove("no way at all", ofNamespace("external-secrets")),
  ],
  boundary: {
    holds: change("a port more", ofNamespace("velero"), set("spec.egress.1.ports.1", { port: "444", protocol: "TCP" })),
    breaks: change("the next port", ofNamespace("velero"), set("spec.egress.1.ports.0.port", "444")),
  },
});
