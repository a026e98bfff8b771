import { change, type Mutation, set, together, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { nodeGroups, ofApplication } from "../../policy-terms/targets";
import { carries, claimed, THROUGHPUT } from "./_throughput";

const server = ofApplication("mirror", "kubernetes_stateful_set_v1");
interface Figures {
  readonly workers?: number;
  readonly rate?: number;
  readonly traffic?: number;
  readonly each?: number;
}
/** The claim with other figures of one replica, and with what the report states unless `figures` say otherwise. */
const claims = (name: string, { workers = 50, rate = 125, traffic = rate, each = 20 }: Figures = {}): Mutation =>
  change(
    name,
    server,
    set(THROUGHPUT, {
      carries: [
        { claim: "FL-26", unit: "concurrent workers", total: workers, perReplica: each },
        { claim: "FL-26", unit: "MB/s", total: rate, perReplica: 50 },
      ],
      cpu: "40m",
      megabytesPerSecond: traffic,
    }),
  );
const fast = change("", nodeGroups, set("instance_types", ["c6in.large"]));

export default policy({
  id: "CP-17",
  severity: "error",
  title: "50 concurrent workers copy 125 MB/s for as long as it takes",
  because:
    "a general node sustains 32 MB/s: the burst that a short test sees is gone after minutes, and a copy takes hours",
  remedy:
    "run the component in a pool whose types have the network baseline (c6in, c6gn, c7gn), with as many replicas as its workers need",
  proves: ["FL-26"],
  subjects: (platform) => claimed("FL-26", platform),
  check: (subject, platform) => carries("FL-26", subject, platform),
  mutants: [
    change("the application without the claim", server, unset(THROUGHPUT)),
    change("nodes that only burst", nodeGroups, set("instance_types", ["t3.medium"])),
    together("forty workers", claims("", { workers: 40 }), fast),
    together("100 MB/s", claims("", { rate: 100 }), fast),
    together("traffic that is not declared", claims("", { traffic: 0 }), fast),
    together("replicas of ten workers", claims("", { each: 10 }), fast),
  ],
  boundary: {
    holds: together("125 MB/s on nodes of 3.125 Gbit/s", claims(""), fast),
    breaks: together("a megabyte less", claims("", { rate: 124 }), fast),
  },
});
