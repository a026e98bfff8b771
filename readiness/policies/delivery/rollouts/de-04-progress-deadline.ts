import { annotation } from "../../../../contract";
import { recoveryAllowances } from "../../../../catalog/recovery-allowances";
import { atLeast } from "../../../policy/comparison";
import { change, each, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { unknown } from "../../../policy/verdict";
import { nodeProvisionSeconds } from "../../../figures/capacity/node-provisioning";
import { ownServices } from "../../../policy-terms/scope";
import { deployments, releaseOf } from "../../../policy-terms/targets";

const bootSeconds = (seconds: number) => set(["metadata", "annotations", annotation.component, "bootSeconds"], seconds);

export default policy({
  id: "DE-04",
  severity: "error",
  proves: ["FL-27", "FG-19"],
  title: "The progress deadline covers a new node, the image pull and the start",
  because: "a rollout that waits for a node is reported as failed, rolled back, and fails again",
  remedy: "raise progressDeadlineSeconds, or shorten bootSeconds or the autoscaler's nodeProvisionTimeoutMinutes",
  subjects: (platform) => ownServices(platform).filter(({ kind }) => kind === "Deployment"),
  check: (workload, platform) => {
    const boot = workload.component?.bootSeconds;
    const provision = nodeProvisionSeconds(platform, workload.region);
    if (boot === undefined) return unknown("how long the component takes to start is not declared", "bootSeconds");
    if (provision === undefined) return unknown("no cluster autoscaler whose max-node-provision-time can be read");
    const { nodeReadySeconds, imagePullSeconds } = recoveryAllowances;
    // Kubernetes counts from the last progress, so one pod's way is what must fit.
    const needed = provision + nodeReadySeconds + imagePullSeconds + boot + workload.minReadySeconds;
    return atLeast(
      needed,
      workload.progressDeadlineSeconds,
      `seconds of progress deadline for ${provision} s of a group without capacity + ${nodeReadySeconds} s node + ${imagePullSeconds} s image + ${boot} s start + ${workload.minReadySeconds} s ready`,
      { field: "bootSeconds" },
    );
  },
  mutants: [
    change("a minute", deployments, set("spec.progress_deadline_seconds", 60)),
    change("a slow start", deployments, bootSeconds(300)),
    change(
      "the autoscaler's own patience",
      releaseOf("cluster-autoscaler"),
      set(["values", "0", "extraArgs", "max-node-provision-time"], "15m0s"),
    ),
  ],
  boundary: {
    holds: change("all that is needed", deployments, each(bootSeconds(30), set("spec.progress_deadline_seconds", 580))),
    breaks: change("a second less", deployments, each(bootSeconds(30), set("spec.progress_deadline_seconds", 579))),
  },
});
