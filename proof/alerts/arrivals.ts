import { deliveries, inhibits, matches } from "../../models/routing";
import type { InhibitRule, Labels, Routing } from "../../models/routing/types";
import type { Ledger } from "../run/ledger";
import type { Arrival } from "./live";

export const names = (arrivals: readonly Arrival[]): string =>
  [...new Set(arrivals.map(({ labels, receiver }) => `${labels["alertname"]} at ${receiver}`))].sort().join(", ");

/** Receivers that have not been notified, although no interval mutes them: neither when the first notification arrived nor now. */
const missingReceivers = (routing: Routing, own: readonly Arrival[], { at, labels }: Arrival): readonly string[] => {
  const open = (time: Date): readonly string[] =>
    deliveries(routing, labels, time).flatMap(({ muted, receiver }) => (muted ? [] : [receiver]));
  const now = open(new Date());
  return open(at).filter((receiver) => now.includes(receiver) && !own.some((arrival) => arrival.receiver === receiver));
};

/** Whether another alert that arrived holds one with these labels back. */
const keptBack = (routing: Routing, arrivals: readonly Arrival[], labels: Labels): boolean =>
  arrivals.some((source) => (routing.inhibit_rules ?? []).some((rule) => inhibits(rule, source.labels, labels)));

/** Whether an alert has arrived at some of its receivers, and the others still wait for it. */
export const underWay = (routing: Routing, arrivals: readonly Arrival[], expected: readonly string[]): boolean =>
  expected.some((alert) => {
    const own = arrivals.filter(({ labels }) => labels["alertname"] === alert);
    const [first] = own;
    return (
      first !== undefined &&
      missingReceivers(routing, own, first).length > 0 &&
      !keptBack(routing, arrivals, first.labels)
    );
  });

/** Holds what arrived against the routing: each alert at each of its receivers, at no other, with its runbook. */
export function judgeArrivals(
  ledger: Pick<Ledger, "proved" | "failed">,
  routing: Routing,
  arrivals: readonly Arrival[],
  expected: readonly string[],
): void {
  for (const alert of expected) {
    const own = arrivals.filter(({ labels }) => labels["alertname"] === alert);
    const [first] = own;
    if (first) judgeArrived(ledger, routing, arrivals, own, first);
    else if (arrivals.some(({ labels }) => (routing.inhibit_rules ?? []).some((rule) => mayHold(rule, labels, alert))))
      ledger.proved("alerts kept back while their cause fires");
    else
      ledger.failed(
        `${alert} arrives`,
        `no notification; ${new Set(arrivals.map(({ labels }) => labels["alertname"])).size} other alerts arrived`,
      );
  }
}

function judgeArrived(
  ledger: Pick<Ledger, "proved" | "failed">,
  routing: Routing,
  arrivals: readonly Arrival[],
  own: readonly Arrival[],
  first: Arrival,
): void {
  const alert = first.labels["alertname"] ?? "";
  const missing = missingReceivers(routing, own, first);
  const strange = own.filter(
    ({ receiver, labels }) => !deliveries(routing, labels, new Date()).some((one) => one.receiver === receiver),
  );
  const unlinked = own.filter(({ annotations }) => !annotations["runbook_url"]?.endsWith(`/${alert}`));
  // All incidents begin at once: a cause that fires after the alert's fastest receiver was notified holds it back from the slower ones.
  const held = missing.length > 0 && keptBack(routing, arrivals, first.labels);
  if (missing.length > 0 && !held)
    ledger.failed(
      `${alert} arrives at ${missing.join(", ")}`,
      `it arrived at ${[...new Set(own.map(({ receiver }) => receiver))].join(", ")}`,
    );
  else if (strange.length > 0) ledger.failed(`${alert} arrives at its receivers only`, names(strange));
  else if (unlinked.length > 0)
    ledger.failed(`${alert} links its runbook`, unlinked[0]?.annotations["runbook_url"] ?? "no link");
  else
    ledger.proved(
      held ? "alerts kept back while their cause fires" : "alerts delivered to their receivers with their runbook",
    );
}

/** Whether a source that fires may hold an alert of this name back: of an alert that never arrived, only the name is known. */
const mayHold = (rule: InhibitRule, source: Labels, alert: string): boolean => {
  const target = { ...source, alertname: alert, severity: "warning" };
  return inhibits(rule, source, target) && rule.target_matchers.every((matcher) => matches(matcher, target));
};
