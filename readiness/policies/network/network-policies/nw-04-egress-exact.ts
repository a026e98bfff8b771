import { annotation } from "../../../../contract";
import { change, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { ownWorkloads } from "../../../policy-terms/scope";
import { deployments, named, ofApplication } from "../../../policy-terms/targets";
import { egressPeer, exactly, neededEgress } from "./_traffic";

const worker = named("kubernetes_network_policy_v1", "worker");
const talksTo = ["metadata", "annotations", annotation.component, "talksTo"];

export default policy({
  id: "NW-04",
  severity: "error",
  proves: ["CA-15", "CA-23", "FF-04", "FL-15", "FL-35", "XB-10"],
  title: "Egress opens declared dependencies and DNS; https opens 443 to every host",
  because:
    "a dependency that is not open fails at its first call, and undeclared egress leaks data; a NetworkPolicy knows networks, not names, so one https host opens port 443 of every public address",
  remedy:
    "name each dependency in the component's talksTo; leave https out where the program calls no public API, for any one host of it opens all",
  subjects: ownWorkloads,
  check: (workload, platform) => {
    if (workload.component === undefined)
      return unknown(`what the component talks to is not declared (annotation ${annotation.component})`, "talksTo");
    return exactly(
      neededEgress(workload, workload.component.talksTo, platform),
      workload.egressPolicies,
      "egress",
      workload,
      egressPeer(workload, platform),
    );
  },
  mutants: [
    change(
      "a controller without a way to the API server",
      ofApplication("operator", "kubernetes_network_policy_v1", "controller"),
      unset("spec.egress.1"),
    ),
    change(
      "a controller that reaches the whole service network",
      ofApplication("operator", "kubernetes_network_policy_v1", "controller"),
      set("spec.egress.1.to.0.ip_block.cidr", "172.20.0.0/16"),
    ),
    change("a service network that is not declared", resource("aws_eks_cluster"), unset("kubernetes_network_config")),
    change(
      "a migration that reaches the internet",
      ofApplication("ledger", "kubernetes_network_policy_v1", "migration"),
      set("spec.egress.1", { to: [{ ip_block: { cidr: "0.0.0.0/0" } }] }),
    ),
    change(
      "no way to the Pod Identity agent",
      ofApplication("mirror", "kubernetes_network_policy_v1", "server"),
      unset("spec.egress.1"),
    ),
    change("everywhere", worker, set("spec.egress.0", {})),
    change("no DNS", worker, unset("spec.egress.0")),
    change("no DNS by TCP", worker, unset("spec.egress.0.ports.1")),
    change("a dependency that is not declared", deployments, set(talksTo, [])),
    change("a declared dependency without a way", deployments, set([...talksTo, "5"], { postgres: "cases" })),
    change("any port of the internet", worker, unset("spec.egress.2.ports")),
    change("the internet with the metadata service", worker, unset("spec.egress.2.to.0.ip_block.except.3")),
    change("a network beyond the region's", worker, set("spec.egress.1.to.0.ip_block.cidr", "10.0.0.0/8")),
    remove("no policy of the component", worker),
  ],
  boundary: {
    holds: change("a part of the region's network", named("kubernetes_network_policy_v1", "worker"), (block) =>
      narrow(block, 17),
    ),
    breaks: change("twice the region's network", named("kubernetes_network_policy_v1", "worker"), (block) =>
      narrow(block, 15),
    ),
  },
});

/** The data network of the policy with another length, in whichever region it is. */
function narrow(block: Parameters<ReturnType<typeof set>>[0], length: number): void {
  const text = JSON.stringify(block).replace(
    /"cidr":"(10\.\d+)\.0\.0\/16"/,
    (_, start: string) => `"cidr":"${start}.0.0/${length}"`,
  );
  Object.assign(block, JSON.parse(text));
}
