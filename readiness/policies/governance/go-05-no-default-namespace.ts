import { change, resource, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, pass } from "../../policy/verdict";

const namespaced = resource("kubernetes_deployment_v1");

export default policy({
  id: "GO-05",
  severity: "error",
  proves: ["CA-28"],
  title: "No object is in the default namespace",
  because: "it has no owner, no quota, no pod security standard and no default deny",
  remedy: "give the object a namespace made by GuardedNamespace",
  equivalents: ["checkov CKV_K8S_21"],
  subjects: (platform) => platform.workloads,
  check: (workload) =>
    workload.namespace === "" || workload.namespace === "default"
      ? fail({ expected: "a namespace of its own", actual: workload.namespace || "none, which is default" })
      : pass(workload.namespace),
  mutants: [change("in default", namespaced, set("metadata.namespace", "default"))],
  boundary: {
    holds: change("in a namespace called defaults", namespaced, set("metadata.namespace", "defaults")),
    breaks: change("without a namespace", namespaced, set("metadata.namespace", "")),
  },
});
