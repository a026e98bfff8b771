import { recoveryAllowances } from "../../../catalog/recovery-allowances";
import { atMost } from "../../policy/comparison";
import { change, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, unknown } from "../../policy/verdict";
import { nodeProvisionSeconds } from "../../figures/capacity/node-provisioning";
import { releaseOf } from "../../policy-terms/targets";

const autoscaler = releaseOf("cluster-autoscaler");
const timeout = ["values", "0", "extraArgs", "max-node-provision-time"];

export default policy({
  id: "AV-12",
  severity: "warning",
  proves: ["CA-06", "CA-11"],
  title: "The autoscaler abandons a Spot group without capacity within the recovery time",
  because: "by default it waits 15 minutes for a node that Spot does not have: half of a recovery time of 30",
  remedy: "set nodeProvisionTimeoutMinutes of the cluster autoscaler's release, or raise the applications' rtoMinutes",
  subjects: (platform) =>
    platform.clusters.filter(({ nodeGroups }) => nodeGroups.some(({ capacityType }) => capacityType === "SPOT")),
  check: (cluster, platform) => {
    const seconds = nodeProvisionSeconds(platform, cluster.region);
    if (seconds === undefined) return unknown("no cluster autoscaler whose max-node-provision-time can be read");
    const objectives = platform.namespaces
      .filter(({ region }) => region === cluster.region)
      .flatMap(({ objectives: declared }) => declared?.rtoMinutes ?? []);
    if (objectives.length === 0) return notApplicable("no application of the cluster declares a recovery time");
    const { nodeReadySeconds } = recoveryAllowances;
    return atMost(
      Math.min(...objectives),
      (seconds + nodeReadySeconds) / 60,
      "minutes until another group has brought the node",
      {
        arithmetic: `(${seconds} s max-node-provision-time + ${nodeReadySeconds} s launch) ÷ 60`,
      },
    );
  },
  mutants: [
    change("half an hour", autoscaler, set(timeout, "30m0s")),
    change("hours", autoscaler, set(timeout, "1h")),
    change("an RTO shorter than the default", autoscaler, set(timeout, "27m30s")),
  ],
  boundary: {
    holds: change("27 + 3 of 30 minutes", autoscaler, set(timeout, "27m0s")),
    breaks: change("one second more", autoscaler, set(timeout, "27m1s")),
  },
});
