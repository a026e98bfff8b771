import { change, each, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { autoscalers, CONTAINER, simplest } from "../../policy-terms/targets";
import { carries, claimed, THROUGHPUT } from "./_throughput";

const api = simplest("api");
const worker = simplest("worker");
const promise = (field: string) => [...THROUGHPUT, "carries", "0", field];

export default policy({
  id: "CP-15",
  severity: "error",
  title: "1000 concurrent users and 10 000 messages/s are declared, and the cluster carries them",
  because: "a rate that was never divided by the rate of one replica fails on the day when 1000 users come",
  remedy:
    "declare throughput of the components; raise scale.max or replicas, set scale.cpuPercent below what a full replica uses, or give the pool more room",
  proves: ["CA-25"],
  subjects: (platform) => claimed("CA-25", platform),
  check: (subject, platform) => carries("CA-25", subject, platform),
  mutants: [
    change("nothing is declared", api, unset(THROUGHPUT)),
    change("workers that declare half of it", worker, set(promise("total"), 5000)),
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
    change("more CPU than credits sustain", api, set([...THROUGHPUT, "cpu"], "1500m")),
  ],
  boundary: {
    holds: change("one user more", api, set(promise("total"), 1001)),
    breaks: change("one user less", api, set(promise("total"), 999)),
  },
});
