import type { Platform } from "../../../inventory/platform";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { holds } from "../../../policy/comparison";
import { change, resource, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { podIdentityAgent } from "./_traffic";

const PORT = 80;

/** Whether pods of the workload get credentials by Pod Identity: their account is associated with a role. */
const hasRole = (workload: Workload, platform: Platform): boolean =>
  platform.podIdentities.some(
    ({ region, namespace, serviceAccount }) =>
      region === workload.region && namespace === workload.namespace && serviceAccount === workload.pod.serviceAccount,
  );

const opens = (workload: Workload): boolean =>
  workload.egressPolicies.some(({ egress }) =>
    egress.some(
      ({ ports, peers }) =>
        (ports.length === 0 || ports.some(({ port }) => Number(port) === PORT)) &&
        (peers.length === 0 || peers.some(({ cidr }) => cidr === podIdentityAgent)),
    ),
  );

const rules = resource("kubernetes_network_policy_v1", (block) => JSON.stringify(block).includes(podIdentityAgent));
const agentRule = (edit: (rule: string) => string) =>
  update("spec.egress", (list) => JSON.parse(edit(JSON.stringify(list))) as never);

export default policy({
  id: "NW-12",
  severity: "error",
  title: "Pods with an IAM role reach the Pod Identity agent of their node",
  because:
    "the network add-on holds packets to the agent against egress policies too: without a way the software starts, asks for credentials, and times out",
  remedy: "let SystemTraffic or the component's traffic rules open 80/TCP to 169.254.170.23/32",
  proves: ["FL-14", "FL-24", "CA-23"],
  // Without an egress policy everything is open: the agents of kube-system.
  subjects: (platform) =>
    platform.workloads.filter((workload) => workload.egressPolicies.length > 0 && hasRole(workload, platform)),
  check: (workload) => {
    const notYet = workload.egressPolicies
      .flatMap(({ unknowns }) => unknowns)
      .find(({ path }) => path.includes("egress"));
    if (notYet) return unknown(`egress: ${notYet.reason}`);
    return holds(
      opens(workload),
      `egress ${PORT}/TCP to ${podIdentityAgent}`,
      opens(workload) ? "open" : "no policy opens it",
    );
  },
  mutants: [
    change(
      "no way to the agent",
      rules,
      agentRule((text) => text.replaceAll(podIdentityAgent, "192.0.2.1/32")),
    ),
    change(
      "another port of the agent",
      rules,
      agentRule((text) => text.replaceAll('"80"', '"8080"')),
    ),
  ],
  boundary: {
    holds: change(
      "every port of the agent",
      rules,
      update("spec.egress", (list) =>
        Array.isArray(list)
          ? list.map((rule) =>
              JSON.stringify(rule).includes(podIdentityAgent)
                ? { to: [{ ip_block: { cidr: podIdentityAgent } }] }
                : rule,
            )
          : list,
      ),
    ),
    breaks: change(
      "the neighbour's address",
      rules,
      agentRule((text) => text.replaceAll(podIdentityAgent, "169.254.170.24/32")),
    ),
  },
});
