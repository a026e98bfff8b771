import { numberOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { add } from "../../../policy/mutation";
import { policy, wholePlatform } from "../../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../../policy/verdict";
import type { Subject } from "../../../inventory/subject";

/** Highest value that a class of users may have. Source: Kubernetes API reference, PriorityClass.value, read 2026-11-28. */
const HIGHEST_OF_USERS = 1_000_000_000;
/** Value of pods without a class: a default above it lets every pod without one preempt all older pods. */
const WITHOUT_CLASS = 0;

function judgeClass({ object, label, region }: PlacedObject): Verdict[] {
  const value = numberOf(object["value"]) ?? WITHOUT_CLASS;
  const preempts = object["preemptionPolicy"] !== "Never";
  return [
    object["globalDefault"] === true && value > WITHOUT_CLASS && preempts
      ? fail({
          expected: `a global default of ${WITHOUT_CLASS} or below, or preemptionPolicy Never`,
          actual: `${value} for every pod without a class`,
          message: `${label} in ${region} is the global default with ${value}: new pods without a class evict running pods that are older, and the capacity figures do not hold`,
        })
      : pass(`${value}`),
    value > HIGHEST_OF_USERS
      ? fail({
          expected: `at most ${HIGHEST_OF_USERS}`,
          actual: `${value}`,
          message: `${label} in ${region}: the API server refuses ${value}`,
        })
      : pass(`${value}`),
  ];
}

const classOf = (name: string, block: Record<string, number | boolean | string>) =>
  add(name, /^platform-/, "kubernetes_priority_class_v1", "class", { metadata: { name: "urgent" }, ...block });

export default policy({
  id: "WL-33",
  severity: "error",
  proves: ["CA-15", "FL-17"],
  title: "A priority class for everybody is not above pods without a class",
  because:
    "a global default with a high value lets each new pod evict running ones of every namespace, controllers of the platform included",
  remedy: "remove globalDefault, and name the class in the pods that need it",
  subjects: (platform): readonly Subject[] => {
    const classes = platform.objects.filter(({ object }) => object.kind === "PriorityClass");
    return classes.length > 0 ? classes : [wholePlatform];
  },
  check: (subject, platform): Verdict | readonly Verdict[] => {
    const found = platform.objects.find((one) => one === subject);
    return found ? judgeClass(found) : notApplicable("no priority class but those of Kubernetes");
  },
  mutants: [
    classOf("a high default", { value: 1_000_000, global_default: true }),
    classOf("a value of the system", { value: 2_000_000_000 }),
  ],
  boundary: {
    holds: classOf("a default that evicts nothing", {
      value: 1_000_000,
      global_default: true,
      preemption_policy: "Never",
    }),
    breaks: classOf("a default of 1", { value: 1, global_default: true }),
  },
});
