import { equals } from "../../policy/comparison";
import { addManifest, change, remove, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable } from "../../policy/verdict";
import { replicated, singletonByDesign } from "../../policy-terms/scope";
import { disruptionBudgets } from "../../policy-terms/targets";

const COMPONENT = ["spec", "selector", "matchLabels", "app.kubernetes.io/component"];

export default policy({
  id: "AV-02",
  severity: "error",
  title: "A replicated workload has exactly one PodDisruptionBudget",
  because:
    "without a budget a node upgrade can evict all replicas at once; with two budgets the API rejects every eviction",
  remedy: "declare keepAvailable of the component; its budget selects by all of the component's labels",
  proves: ["CA-14", "FL-16", "XB-10"],
  equivalents: ["kube-score deployment-has-poddisruptionbudget"],
  subjects: replicated,
  check: (workload) => {
    const single = singletonByDesign(workload);
    if (single) return single;
    // A fixed single replica is what AV-01 refuses; a budget of it could only block the drain.
    if (workload.minimumReplicas === 1 && workload.maximumReplicas === 1)
      return notApplicable("one replica has nothing to keep");
    return equals(1, workload.disruptionBudgets.length, "disruption budgets whose every label its pods carry", {
      field: "keepAvailable",
      ...(workload.disruptionBudgets.length > 0
        ? {
            arithmetic: workload.disruptionBudgets
              .map(({ name }) => name)
              .sort()
              .join(", "),
          }
        : {}),
    });
  },
  mutants: [
    remove("no budgets", disruptionBudgets()),
    change("a budget of which one label matches and one does not", disruptionBudgets(), set(COMPONENT, "nothing")),
    change("a budget for the whole application beside the others", disruptionBudgets("api"), unset(COMPONENT)),
    change("a budget without a selector", disruptionBudgets(), unset("spec.selector")),
  ],
  boundary: {
    holds: budgetBeside("a second budget, in a namespace of its own", "elsewhere"),
    breaks: budgetBeside("a second budget, in the same namespace", "storefront"),
  },
});

function budgetBeside(name: string, namespace: string) {
  return addManifest(name, disruptionBudgets("api", /^storefront-/), {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "second", namespace },
    spec: {
      maxUnavailable: 1,
      selector: {
        matchLabels: { "app.kubernetes.io/name": "storefront", "app.kubernetes.io/component": "api" },
      },
    },
  });
}
