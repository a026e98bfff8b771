import { labelSelector } from "./shared-shapes";
import { as, block, integer, list, named, text, texts } from "./shape";

const nodeSelectorTerm = named({
  match_expressions: list(named({ key: text, operator: text, values: texts })),
  match_fields: list(named({ key: text, operator: text, values: texts })),
});
const podAffinityTerm = named({
  namespaces: texts,
  topology_key: text,
  label_selector: labelSelector,
  namespace_selector: labelSelector,
});
const podAffinity = block(
  named({
    preferred_during_scheduling_ignored_during_execution: list(
      named({ weight: integer, pod_affinity_term: block(podAffinityTerm) }),
    ),
    required_during_scheduling_ignored_during_execution: list(podAffinityTerm),
  }),
);
export const affinity = block(
  named({
    node_affinity: block(
      named({
        preferred_during_scheduling_ignored_during_execution: list(
          named({ weight: integer, preference: block(nodeSelectorTerm) }),
        ),
        required_during_scheduling_ignored_during_execution: block({
          node_selector_term: as("nodeSelectorTerms", list(nodeSelectorTerm)),
        }),
      }),
    ),
    pod_affinity: podAffinity,
    pod_anti_affinity: podAffinity,
  }),
);
