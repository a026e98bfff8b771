import { fail, pass } from "../../policy/verdict";
import { change, remove, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { scalingPromises } from "../../policy-terms/promised-scaling";
import { replicated } from "../../policy-terms/scope";
import { autoscalers } from "../../policy-terms/targets";

export default policy({
  id: "AV-13",
  severity: "error",
  proves: ["CA-04"],
  title: "A workload committed to autoscale has an autoscaler",
  because: "capacity and cost are computed from the promised range; a fixed count makes both figures untrue",
  remedy: "give the component scale with min and max instead of replicas",
  environments: ["production"],
  subjects: (platform) => replicated(platform).filter((workload) => scalingPromises(platform, workload).length > 0),
  check: (workload, platform) =>
    workload.autoscaler
      ? pass(workload.autoscaler.label)
      : fail({
          expected: `${scalingPromises(platform, workload)[0]?.claim ?? ""} promises an autoscaler of ${workload.label}`,
          actual: "there is none",
          field: "scale",
        }),
  mutants: [remove("no autoscaler, although one is promised", autoscalers)],
  boundary: {
    holds: change("one with another maximum", autoscalers, set("spec.max_replicas", 19)),
    breaks: change("one for another component", autoscalers, set("spec.scale_target_ref.name", "worker")),
  },
});
