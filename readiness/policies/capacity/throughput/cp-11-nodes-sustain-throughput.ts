import { throughputOf } from "../../../figures/throughput/throughput";
import { change, set, together } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { missingFacts } from "../../../policy-terms/capacity/capacity-verdicts";
import { nodeGroups, simplest } from "../../../policy-terms/targets";
import { clauseVerdict, THROUGHPUT } from "./_throughput";

const api = simplest("api");
const declared = (field: string) => [...THROUGHPUT, field];

export default policy({
  id: "CP-11",
  severity: "warning",
  title: "Network baseline and CPU credits of each node carry the declared throughput",
  because:
    "burst bandwidth and saved credits last minutes: a load that lasts longer is throttled on a node that looks half idle",
  remedy:
    "choose instance types with a higher network baseline or without CPU credits for the pool, or spread the component over more replicas",
  proves: ["CA-25"],
  subjects: (platform) =>
    throughputOf(platform)
      .filter(({ workloads }) => workloads.length > 0)
      .map(({ subject }) => subject),
  check: (cluster, platform) => {
    const region = throughputOf(platform).find(({ subject }) => subject === cluster);
    if (region === undefined || region.unknown.length > 0) return missingFacts(region?.unknown ?? []);
    const { network, cpuCredits } = region.judgement();
    return [
      ...(network
        ? [clauseVerdict("the busiest node's traffic is at most its baseline", network.verdict, network.arithmetic)]
        : []),
      ...(cpuCredits
        ? [
            clauseVerdict(
              "the busiest node's CPU is at most what it sustains",
              cpuCredits.verdict,
              cpuCredits.arithmetic,
            ),
          ]
        : []),
    ];
  },
  mutants: [
    change("traffic that only the burst carries", api, set(declared("megabytesPerSecond"), 200)),
    change("a full core a replica", api, set(declared("cpu"), "1")),
    together(
      "a type of half the baseline among the others",
      change("", api, set(declared("megabytesPerSecond"), 50)),
      change("", nodeGroups, set("instance_types", ["t3.medium", "t3.small"])),
    ),
  ],
  boundary: {
    holds: change("0.256 Gbit/s on one node", api, set(declared("megabytesPerSecond"), 96)),
    breaks: change("a little more than the baseline", api, set(declared("megabytesPerSecond"), 97)),
  },
});
