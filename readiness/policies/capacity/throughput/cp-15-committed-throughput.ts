import { change, each, type Mutation, set, together, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { forClaim } from "../../../policy/verdict";
import { autoscalers, CONTAINER, nodeGroups, ofApplication, simplest } from "../../../policy-terms/targets";
import { carries, claimedThroughput, THROUGHPUT } from "./_throughput";

const api = simplest("api");
const worker = simplest("worker");
const ledger = ofApplication("ledger", "kubernetes_deployment_v1", "api");
const ledgerScaling = ofApplication("ledger", "kubernetes_horizontal_pod_autoscaler_v2");
const mirror = ofApplication("mirror", "kubernetes_stateful_set_v1");
const promise = (field: string, entry = "0") => [...THROUGHPUT, "carries", entry, field];
/** As many pods as always run, with a load so small that the autoscaler adds none. */
const always = (name: string, pods: number): Mutation =>
  together(
    name,
    change("", ledger, set([...THROUGHPUT, "cpu"], "20m")),
    change("", ledgerScaling, set("spec.min_replicas", pods)),
  );

export default policy({
  id: "CP-15",
  severity: "error",
  title: "Committed throughput is declared, and replicas, nodes and network carry it",
  because: "a rate that was measured on one machine is no capacity until replicas, nodes and CPU credits exist for it",
  remedy:
    "declare throughput of the components; raise scale.max or replicas, set scale.cpuPercent below what a full replica uses, or choose a pool whose types have the network baseline and sustain the CPU",
  proves: ["CA-25", "FL-26", "XB-07"],
  subjects: claimedThroughput,
  check: (subject, platform) => carries(subject, platform).map((verdict) => forClaim(subject.claim, verdict)),
  mutants: [
    change("nothing is declared", api, unset(THROUGHPUT)),
    change("workers that declare half of it", worker, set(promise("total"), 5000)),
    change("a replica that carries less than its report says", ledger, set(promise("perReplica"), 400)),
    change("a replica that carries 40 users", api, set(promise("perReplica"), 40)),
    change(
      "an autoscaler that ends at two",
      autoscalers,
      each(set("spec.max_replicas", 2), set("spec.min_replicas", 1)),
    ),
    change(
      "an autoscaler that does not see the load",
      api,
      each(set(promise("perReplica"), 100), set([...THROUGHPUT, "cpu"], "60m")),
    ),
    change("pods that no node takes", api, set(`${CONTAINER}.resources.requests.memory`, "8Gi")),
    change("more traffic than the baseline", api, set([...THROUGHPUT, "megabytesPerSecond"], 500)),
    change("nodes whose network only bursts", nodeGroups, set("instance_types", ["t3.medium"])),
    change("traffic that is not declared", mirror, set([...THROUGHPUT, "megabytesPerSecond"], 0)),
    change("more CPU than credits sustain", api, set([...THROUGHPUT, "cpu"], "1500m")),
    always("seven pods that always run, where eight are needed", 7),
  ],
  boundary: {
    holds: change("one user more", api, set(promise("total"), 1001)),
    breaks: change("one user less", api, set(promise("total"), 999)),
  },
});
