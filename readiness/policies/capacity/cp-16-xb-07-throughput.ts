import { change, type Mutation, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { ofApplication } from "../../policy-terms/targets";
import { carries, claimed, THROUGHPUT } from "./_throughput";

const api = ofApplication("ledger", "kubernetes_deployment_v1", "api");
const autoscalers = ofApplication("ledger", "kubernetes_horizontal_pod_autoscaler_v2");
/** The claim with other figures: a small load, so that only what is changed decides. */
const claims = (name: string, figures: { total: number; perReplica: number; cpu: string }): Mutation =>
  change(
    name,
    api,
    set(THROUGHPUT, {
      carries: [{ claim: "XB-07", unit: "requests/s", total: figures.total, perReplica: figures.perReplica }],
      cpu: figures.cpu,
    }),
  );

export default policy({
  id: "CP-16",
  severity: "error",
  title: "A pod of the mesh platform carries 500 requests/s, and eight of them 4000",
  because:
    "a rate that one pod reached on a developer's machine is no capacity before replicas, nodes and credits are there for it",
  remedy:
    "declare throughput of the API: what its load test measured for one pod; raise scale.max, or choose a pool whose types sustain the CPU",
  proves: ["XB-07"],
  subjects: (platform) => claimed("XB-07", platform),
  check: (subject, platform) => carries("XB-07", subject, platform),
  mutants: [
    change("the application without the claim", api, unset(THROUGHPUT)),
    claims("pods that carry 400", { total: 4000, perReplica: 400, cpu: "20m" }),
    claims("three pods' worth", { total: 1500, perReplica: 500, cpu: "20m" }),
    together(
      "an autoscaler that ends at seven",
      claims("", { total: 4000, perReplica: 500, cpu: "180m" }),
      change("", autoscalers, set("spec.max_replicas", 7)),
    ),
    together(
      "an autoscaler that does not see the load",
      claims("", { total: 4000, perReplica: 500, cpu: "60m" }),
      change("", autoscalers, set("spec.max_replicas", 21)),
    ),
  ],
  boundary: {
    holds: together(
      "eight pods that always run",
      claims("", { total: 4000, perReplica: 500, cpu: "20m" }),
      change("", autoscalers, set("spec.min_replicas", 8)),
    ),
    breaks: together(
      "seven pods that always run",
      claims("", { total: 4000, perReplica: 500, cpu: "20m" }),
      change("", autoscalers, set("spec.min_replicas", 7)),
    ),
  },
});
