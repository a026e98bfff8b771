import { platformCharts } from "../../../../catalog/charts";
import { annotation } from "../../../../contract";
import { oneOf } from "../../../policy/comparison";
import { change, each, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const label = "pod-security.kubernetes.io/enforce";
/** Namespaces of agents that read files of the node: their charts are cataloged with that standard, and nothing else runs there. */
const ofNodeAgents = new Set(
  platformCharts.filter(({ podSecurity }) => podSecurity === "privileged").map(({ namespace }) => namespace),
);
const inStack = (prefix: string) => resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith(prefix));

export default policy({
  id: "SC-05",
  severity: "error",
  proves: ["CA-23", "FL-02"],
  title: "Each namespace enforces a pod security standard",
  because: "without it the API server takes a pod that runs as root with the host's file system mounted",
  remedy: `label the namespace ${label}: restricted; only controllers that need more may have baseline, and agents that read the node's files privileged`,
  equivalents: ["hardeneks"],
  subjects: (platform) => platform.namespaces,
  check: (namespace) => {
    const standard = namespace.labels[label];
    if (standard === undefined) return fail({ expected: `label ${label}`, actual: "none: every pod is admitted" });
    // Applications are restricted; the platform's own controllers may need to read volumes of every owner.
    return oneOf(
      namespace.objectives || namespace.annotations[annotation.objectives]
        ? ["restricted"]
        : ofNodeAgents.has(namespace.name)
          ? ["restricted", "baseline", "privileged"]
          : ["restricted", "baseline"],
      standard,
      label,
    );
  },
  mutants: [
    change("no standard", inStack("storefront"), unset(["metadata", "labels", label])),
    change("privileged platform namespace", inStack("platform-"), set(["metadata", "labels", label], "privileged")),
  ],
  boundary: {
    holds: change(
      "platform namespaces at baseline",
      inStack("platform-"),
      each(
        set(["metadata", "labels", label], "baseline"),
        set(["metadata", "labels", "pod-security.kubernetes.io/warn"], "baseline"),
      ),
    ),
    breaks: change("application at baseline", inStack("storefront"), set(["metadata", "labels", label], "baseline")),
  },
});
