import type { PodClass } from "../classes";
import { MatchCounter } from "../counters";
import { isEmptySelector, selects } from "../selectors";
import type { NodeIndex } from "../topology";
import type { Labels, PodAffinityTerm, PodTemplate } from "../../types";
import { type Links, type Meant, withKeys } from "./links";

/** Namespaces with their labels, for terms with a namespaceSelector. */
export type NamespaceLabels = Readonly<Record<string, Labels>>;

function meant(pod: PodTemplate, term: PodAffinityTerm, namespaces: NamespaceLabels): Meant {
  const selector = withKeys(term.labelSelector, pod.labels, term.matchLabelKeys ?? [], term.mismatchLabelKeys ?? []);
  const listed = term.namespaces ?? [];
  if (term.namespaceSelector === undefined) {
    return { namespaces: new Set(listed.length > 0 ? listed : [pod.namespace]), selectors: [selector] };
  }
  if (isEmptySelector(term.namespaceSelector)) return { namespaces: undefined, selectors: [selector] };
  const selected = Object.keys(namespaces).filter((name) => selects(term.namespaceSelector, namespaces[name] ?? {}));
  return { namespaces: new Set([...listed, ...selected]), selectors: [selector] };
}

const matches = (rule: Meant, pod: PodTemplate): boolean =>
  (rule.namespaces === undefined || rule.namespaces.has(pod.namespace)) &&
  rule.selectors.every((selector) => selects(selector, pod.labels));
const keyOf = (rule: Meant): unknown => [
  rule.namespaces === undefined ? null : [...rule.namespaces].sort(),
  rule.selectors,
];

/** Only pods that match all terms count, for each term in its own topology. */
export function linkAffinity(pods: PodClass, nodes: NodeIndex, namespaces: NamespaceLabels, links: Links): void {
  const terms = pods.pod.podAffinity ?? [];
  if (terms.length === 0) return;
  const rules = terms.map((term) => meant(pods.pod, term, namespaces));
  const all: Meant = {
    namespaces: rules
      .map((rule) => rule.namespaces)
      .reduce((a, b) => (a === undefined ? b : b === undefined ? a : new Set([...a].filter((name) => b.has(name))))),
    selectors: rules.flatMap((rule) => rule.selectors),
  };
  for (const term of terms) {
    pods.affinity.push(
      links.once(
        JSON.stringify(["affinity", keyOf(all), term.topologyKey]),
        () => new MatchCounter(nodes.topology(term.topologyKey)),
        (counter) => ({ ...all, onMatch: (match) => match.raises.push(counter) }),
      ),
    );
  }
  pods.affinityToSelf = matches(all, pods.pod);
  terms.forEach((term, at) => {
    const rule = rules[at] ?? all;
    pods.raises.push(
      links.once(
        JSON.stringify(["draws", keyOf(rule), term.topologyKey]),
        () => new MatchCounter(nodes.topology(term.topologyKey)),
        (counter) => ({ ...rule, onMatch: (match) => match.drawnBy.push(counter) }),
      ),
    );
  });
}

/** Anti-affinity works both ways: a pod avoids those it means, and is kept away by those that mean it. */
export function linkAntiAffinity(pods: PodClass, nodes: NodeIndex, namespaces: NamespaceLabels, links: Links): void {
  for (const term of pods.pod.podAntiAffinity ?? []) {
    const rule = meant(pods.pod, term, namespaces);
    const key = JSON.stringify([keyOf(rule), term.topologyKey]);
    const topology = nodes.topology(term.topologyKey);
    pods.antiAffinity.push(
      links.once(
        `avoids ${key}`,
        () => new MatchCounter(topology),
        (counter) => ({ ...rule, onMatch: (match) => match.raises.push(counter) }),
      ),
    );
    pods.raises.push(
      links.once(
        `owns ${key}`,
        () => new MatchCounter(topology),
        (counter) => ({ ...rule, onMatch: (match) => match.keptAwayBy.push(counter) }),
      ),
    );
  }
}
