import { taintsOf } from "../classes";
import type { PodClass } from "../classes";
import { SpreadCounter, SpreadDomains } from "../counters";
import { isEmptySelector, selects, selectsNode, toleratesNode } from "../selectors";
import type { NodeIndex } from "../topology";
import { HOSTNAME_LABEL, ZONE_LABEL } from "../../types";
import type { LabelSelector, PodTemplate, TopologySpread } from "../../types";
import { type Links, withKeys } from "./links";

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

export function linkSpread(pods: PodClass, nodes: NodeIndex, links: Links): void {
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

export function linkSoftSpread(pods: PodClass, nodes: NodeIndex, links: Links): void {
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
