import { taintsOf } from "./classes";
import type { PodClass } from "./classes";
import { MatchCounter, SpreadCounter, SpreadDomains } from "./counters";
import { isEmptySelector, selects, selectsNode, toleratesNode } from "./selectors";
import { scoresEveryNode } from "./topology";
import type { NodeIndex } from "./topology";
import { HOSTNAME_LABEL, ZONE_LABEL } from "../types";
import type {
  LabelSelector,
  Labels,
  PodAffinityTerm,
  PodTemplate,
  SelectorRequirement,
  TopologySpread,
} from "../types";

/** Namespaces with their labels, for terms with a namespaceSelector. */
export type NamespaceLabels = Readonly<Record<string, Labels>>;

/** A rule about pods: which ones it means. namespaces undefined: all of them. */
interface Meant {
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selectors: readonly (LabelSelector | undefined)[];
}
interface Link extends Meant {
  readonly onMatch: (pods: PodClass) => void;
}

/**
 * Compiles what pods demand of each other: one counter for each distinct rule, and for each class the counters that it
 * raises and the counters that it must obey. Matching is done once for each class and rule, not for each pod.
 */
export function linkCounters(classes: readonly PodClass[], nodes: NodeIndex, namespaces: NamespaceLabels): void {
  const links = new Links();
  for (const pods of classes) {
    linkSpread(pods, nodes, links);
    if (scoresEveryNode(nodes)) linkSoftSpread(pods, nodes, links);
    linkAffinity(pods, nodes, namespaces, links);
    linkAntiAffinity(pods, nodes, namespaces, links);
  }
  for (const pods of classes) links.apply(pods);
}

/** Rules, found by a label that they ask for: with thousands of workloads hardly any rule means any one pod. */
class Links {
  private readonly byLabel = new Map<string, Link[]>();
  private readonly withoutLabel: Link[] = [];
  private readonly known = new Map<string, object>();
  private readonly knownDomains = new Map<string, SpreadDomains>();

  /** Most constraints count the same nodes. */
  domains(key: string, make: () => SpreadDomains): SpreadDomains {
    const domains = this.knownDomains.get(key) ?? make();
    this.knownDomains.set(key, domains);
    return domains;
  }

  /** The one object for this rule; it and its link are made at the first request. */
  once<T extends object>(key: string, make: () => T, link: (made: T) => Link): T {
    const known = this.known.get(key);
    if (known !== undefined) return known as T;
    const made = make();
    this.known.set(key, made);
    this.add(link(made));
    return made;
  }

  /** Filed under the label with the fewest rules so far. */
  private add(link: Link): void {
    const labels = link.selectors.flatMap((selector) => Object.entries(selector?.matchLabels ?? {}).map(labelKey));
    if (labels.length === 0) {
      this.withoutLabel.push(link);
      return;
    }
    const rules = (label: string): number => this.byLabel.get(label)?.length ?? 0;
    const label = labels.reduce((fewest, one) => (rules(one) < rules(fewest) ? one : fewest));
    const list = this.byLabel.get(label);
    if (list === undefined) this.byLabel.set(label, [link]);
    else list.push(link);
  }

  apply(pods: PodClass): void {
    const { namespace, labels } = pods.pod;
    const candidates = Object.entries(labels).flatMap((entry) => this.byLabel.get(labelKey(entry)) ?? []);
    for (const link of [...candidates, ...this.withoutLabel]) {
      if (link.namespaces !== undefined && !link.namespaces.has(namespace)) continue;
      if (link.selectors.every((selector) => selects(selector, labels))) link.onMatch(pods);
    }
  }
}

const labelKey = ([key, value]: readonly [string, string]): string => `${key}=${value}`;

function withKeys(
  selector: LabelSelector | undefined,
  labels: Labels,
  same: readonly string[],
  other: readonly string[],
): LabelSelector | undefined {
  if (selector === undefined) return undefined;
  const requirement =
    (operator: "In" | "NotIn") =>
    (key: string): SelectorRequirement[] => {
      const value = labels[key];
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    };
  const added = [...same.flatMap(requirement("In")), ...other.flatMap(requirement("NotIn"))];
  return added.length === 0
    ? selector
    : { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}

/** A constraint with what of it follows from the pod alone. */
interface Spreading {
  readonly constraint: TopologySpread;
  readonly selector: LabelSelector | undefined;
  /** All that decides which nodes are counted. */
  readonly nodesMeant: string;
  /** Labels that a node needs to be counted. */
  readonly keys: readonly string[];
  /** All that decides what is counted where. */
  readonly counted: string;
  readonly honoursAffinity: boolean;
  readonly honoursTolerations: boolean;
}

/** The scheduler's own constraints for pods of controllers. Source: systemDefaultConstraints, podtopologyspread/plugin.go, Kubernetes 1.36. */
const DEFAULT_SPREAD = [
  [HOSTNAME_LABEL, 3],
  [ZONE_LABEL, 5],
] as const;

interface Spreadings {
  readonly hard: readonly Spreading[];
  readonly soft: readonly Spreading[];
}

/** A drain compiles the same pods for every node. */
const spreadings = new WeakMap<PodTemplate, Spreadings>();

function spreadingsOf(pod: PodTemplate): Spreadings {
  const known = spreadings.get(pod);
  if (known !== undefined) return known;
  const declared = pod.topologySpread ?? [];
  const defaults = DEFAULT_SPREAD.map(([topologyKey, maxSkew]) => ({
    topologyKey,
    maxSkew,
    whenUnsatisfiable: "ScheduleAnyway" as const,
    labelSelector: { matchLabels: pod.labels },
  }));
  const hard = declared.filter((constraint) => constraint.whenUnsatisfiable === "DoNotSchedule");
  const soft =
    declared.length === 0
      ? pod.owned === false
        ? []
        : defaults
      : declared.filter((constraint) => constraint.whenUnsatisfiable === "ScheduleAnyway");
  const keys = hard.map((constraint) => constraint.topologyKey).sort();
  const made = {
    hard: hard.map((constraint) => spreadingOf(pod, constraint, keys)),
    soft: soft.map((constraint) => spreadingOf(pod, constraint, [constraint.topologyKey])),
  };
  spreadings.set(pod, made);
  return made;
}

function spreadingOf(pod: PodTemplate, constraint: TopologySpread, keys: readonly string[]): Spreading {
  const selector = withKeys(constraint.labelSelector, pod.labels, constraint.matchLabelKeys ?? [], []);
  const honoursAffinity = constraint.nodeAffinityPolicy !== "Ignore";
  const honoursTolerations = constraint.nodeTaintsPolicy === "Honor";
  const nodesMeant = JSON.stringify([
    constraint.topologyKey,
    keys,
    honoursAffinity ? [pod.nodeSelector ?? {}, pod.nodeAffinity ?? "any"] : null,
    honoursTolerations ? (pod.tolerations ?? []) : null,
  ]);
  const counted = `spread ${JSON.stringify([pod.namespace, selector ?? null])} over ${nodesMeant}`;
  return { constraint, selector, nodesMeant, keys, counted, honoursAffinity, honoursTolerations };
}

function linkSpread(pods: PodClass, nodes: NodeIndex, links: Links): void {
  for (const spreading of spreadingsOf(pods.pod).hard) {
    const { constraint, selector } = spreading;
    pods.spread.push({
      counter: spreadCounter(pods.pod, spreading, nodes, links),
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      self: selects(selector, pods.pod.labels) ? 1 : 0,
    });
  }
}

function linkSoftSpread(pods: PodClass, nodes: NodeIndex, links: Links): void {
  for (const spreading of spreadingsOf(pods.pod).soft)
    pods.softSpread.push({
      counter: spreadCounter(pods.pod, spreading, nodes, links),
      maxSkew: spreading.constraint.maxSkew,
    });
}

function spreadCounter(pod: PodTemplate, spreading: Spreading, nodes: NodeIndex, links: Links): SpreadCounter {
  const { constraint, selector, nodesMeant, keys, counted, honoursAffinity, honoursTolerations } = spreading;
  return links.once(
    counted,
    () =>
      new SpreadCounter(
        links.domains(
          nodesMeant,
          () =>
            new SpreadDomains(
              nodes.topology(constraint.topologyKey),
              nodes.groups,
              ({ sample }) =>
                keys.every((key) => sample.labels[key] !== undefined) &&
                (!honoursAffinity || selectsNode(pod, sample.labels, sample.name)) &&
                (!honoursTolerations || toleratesNode(pod.tolerations ?? [], taintsOf(sample))),
            ),
        ),
      ),
    (made) => ({
      // The scheduler counts no pod at all for an empty selector.
      namespaces: isEmptySelector(selector) ? new Set() : new Set([pod.namespace]),
      selectors: [selector],
      onMatch: (match) => match.raises.push(made),
    }),
  );
}

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
function linkAffinity(pods: PodClass, nodes: NodeIndex, namespaces: NamespaceLabels, links: Links): void {
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
function linkAntiAffinity(pods: PodClass, nodes: NodeIndex, namespaces: NamespaceLabels, links: Links): void {
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
