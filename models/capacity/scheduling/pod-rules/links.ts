import type { PodClass } from "../classes";
import type { SpreadDomains } from "../counters";
import { selects } from "../selectors";
import type { LabelSelector, Labels, SelectorRequirement } from "../../types";

/** A rule about pods: which ones it means. namespaces undefined: all of them. */
export interface Meant {
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly selectors: readonly (LabelSelector | undefined)[];
}
interface Link extends Meant {
  readonly onMatch: (pods: PodClass) => void;
}

/** Rules, found by a label that they ask for: with thousands of workloads hardly any rule means any one pod. */
export class Links {
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

/** The selector, and the pod's own values of the keys: the same, or others. */
export function withKeys(
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
