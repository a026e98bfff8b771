import { objectsOf, textOf } from "../../inventory/json";
import { oneOf } from "../../policy/comparison";
import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { CONTAINER, deployments, simplest } from "../../policy-terms/targets";

const pullPolicy = `${CONTAINER}.image_pull_policy`;

export default policy({
  id: "SU-18",
  severity: "error",
  proves: ["CA-03"],
  title: "Each image is pulled where a node does not have it",
  because:
    "with imagePullPolicy Never a pod starts only on a node that already has the image, and no new node does: after a drain or at the peak it waits without end",
  remedy: "remove imagePullPolicy, or set it to IfNotPresent: an image by digest is never stale",
  subjects: (platform) => platform.workloads,
  check: ({ pod }) =>
    [...objectsOf(pod.spec["containers"]), ...objectsOf(pod.spec["initContainers"])].map((container) =>
      // Without a policy Kubernetes pulls where the image is not there, or always for the tag latest.
      oneOf(
        ["IfNotPresent", "Always"],
        textOf(container["imagePullPolicy"]) ?? "IfNotPresent",
        `imagePullPolicy of ${textOf(container["name"]) ?? "a container"}`,
      ),
    ),
  mutants: [
    change("never", deployments, set(pullPolicy, "Never")),
    change(
      "never in the secondary",
      resource("kubernetes_deployment_v1", (_block, _id, stack) => stack.endsWith("-eu-west-1")),
      set(pullPolicy, "Never"),
    ),
    change("never in a StatefulSet", resource("kubernetes_stateful_set_v1"), set(pullPolicy, "Never")),
    change("never in a migration", resource("kubernetes_job_v1"), set(pullPolicy, "Never")),
    change("a word of its own", deployments, set(pullPolicy, "Sometimes")),
  ],
  boundary: {
    holds: change("always", simplest(), set(pullPolicy, "Always")),
    breaks: change("never, in one application", simplest(), set(pullPolicy, "Never")),
  },
});
