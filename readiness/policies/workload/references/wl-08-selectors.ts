import { matches } from "../../../inventory/kubernetes/selector";
import type { Platform } from "../../../inventory/platform";
import type { LabelSelector } from "../../../inventory/facts/kubernetes/label-selector";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../../policy/comparison";
import { change, each, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { notApplicable } from "../../../policy/verdict";
import { deployments, POD } from "../../../policy-terms/targets";

const shown = ({ matchLabels, matchExpressions }: LabelSelector): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator} (${values.join(", ")})`),
  ].join(", ");

const isEmpty = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
  Object.keys(matchLabels).length + matchExpressions.length === 0;

/** Other workloads of the namespace whose pods the selector takes in. */
const strangers = (workload: Workload, platform: Platform): string[] =>
  platform.workloads
    .filter(
      (other) =>
        other !== workload &&
        other.region === workload.region &&
        other.namespace === workload.namespace &&
        matches(workload.selector, other.podLabels),
    )
    .map((other) => other.label)
    .sort();

const PART_OF = "app.kubernetes.io/part-of";

export default policy({
  id: "WL-08",
  severity: "error",
  title: "A workload selects its own pods and no others",
  because:
    "the API server refuses a selector that misses its template, and two controllers with one selector delete each other's pods",
  remedy: "take the selector from the labels app.kubernetes.io/name and app.kubernetes.io/component of the component",
  proves: ["CA-03", "FG-01"],
  equivalents: ["kube-linter mismatching-selector"],
  subjects: (platform) => platform.workloads,
  check: (workload, platform) => {
    if (workload.kind === "Job" || workload.kind === "CronJob")
      return notApplicable("the job controller makes the selector itself");
    if (isEmpty(workload.selector)) return holds(false, "the selector names labels", "it is empty");
    return [
      holds(
        matches(workload.selector, workload.podLabels),
        `the template carries ${shown(workload.selector)}`,
        shown({ matchLabels: workload.podLabels, matchExpressions: [] }),
      ),
      equals([], strangers(workload, platform), "other workloads whose pods it selects"),
    ];
  },
  mutants: [
    change("the template lost its labels", deployments, unset("spec.template.metadata.labels")),
    change(
      "the selector has one label more than the template",
      deployments,
      set(["spec", "selector", "match_labels", "release"], "blue"),
    ),
    change("an empty selector", deployments, set("spec.selector", {})),
    change("every component selects the whole application", deployments, (block) => {
      set("spec.selector", { match_labels: { [PART_OF]: "all" } })(block);
      set(["spec", "template", "metadata", "labels", PART_OF], "all")(block);
    }),
  ],
  boundary: {
    holds: change(
      "a label of the template that is not selected",
      deployments,
      set(["spec", "template", "metadata", "labels", "release"], "blue"),
    ),
    breaks: change(
      "a label that is selected, with another value in the template",
      deployments,
      each(
        set(["spec", "template", "metadata", "labels", "release"], "blue"),
        set(["spec", "selector", "match_labels", "release"], "green"),
        set(`${POD}.enable_service_links`, false),
      ),
    ),
  },
});
