import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atMost, holds } from "../../policy/comparison";
import { change, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, type Verdict } from "../../policy/verdict";
import { replicated, singletonByDesign } from "../../policy-terms/scope";
import { antiAffinity, bindingZoneSkew, HOST, spreadsOver, ZONE } from "../../policy-terms/capacity/spread";
import { deployments, POD, simplest } from "../../policy-terms/targets";

const found = (workload: Workload): string =>
  workload.pod.topologySpread
    .map(({ topologyKey, whenUnsatisfiable, maxSkew }) => `${topologyKey} ${whenUnsatisfiable} skew ${maxSkew}`)
    .join(", ") || "no spread";

function overZones(workload: Workload): Verdict[] {
  const skew = bindingZoneSkew(workload);
  const binding = holds(
    skew !== undefined,
    "a binding spread over zones (DoNotSchedule) that counts the workload's own pods",
    found(workload),
  );
  return skew === undefined ? [binding] : [binding, atMost(1, skew, "pods that one zone may have more than another")];
}

const spread = (key: string, whenUnsatisfiable: string, maxSkew: number, labels: Record<string, string>) => ({
  topology_key: key,
  when_unsatisfiable: whenUnsatisfiable,
  max_skew: maxSkew,
  label_selector: [{ match_labels: labels }],
});
const APP = { "app.kubernetes.io/name": "storefront" };
const spreads = (...list: ReturnType<typeof spread>[]) => set(`${POD}.topology_spread_constraint`, list);

export default policy({
  id: "AV-05",
  severity: "error",
  title: "Replicas are spread over zones and hosts",
  because: "the scheduler packs by free room: without a hard spread all replicas can run on one node and fail with it",
  remedy:
    "give the pod a DoNotSchedule spread of skew 1 over zones and a spread over hosts, both selecting the workload's own labels",
  proves: ["FL-01", "FF-01"],
  equivalents: ["kube-score pod-topology-spread-constraints", "kube-linter no-anti-affinity"],
  subjects: replicated,
  check: (workload) => {
    const single = singletonByDesign(workload);
    if (single) return single;
    if (workload.maximumReplicas === 1) return notApplicable("one replica cannot be spread");
    const apart = spreadsOver(workload, HOST).length > 0 || antiAffinity(workload, HOST) !== undefined;
    return [
      ...overZones(workload),
      holds(apart, "a spread or anti-affinity over hosts that counts the workload's own pods", found(workload)),
    ];
  },
  mutants: [
    change("no spread", deployments, unset(`${POD}.topology_spread_constraint`)),
    change("hosts only", deployments, spreads(spread(HOST, "ScheduleAnyway", 1, APP))),
    change("zones only", deployments, spreads(spread(ZONE, "DoNotSchedule", 1, APP))),
    change(
      "a spread over zones that the scheduler may ignore",
      deployments,
      spreads(spread(ZONE, "ScheduleAnyway", 1, APP), spread(HOST, "ScheduleAnyway", 1, APP)),
    ),
    change(
      "a spread that counts the pods of another application",
      deployments,
      spreads(
        spread(ZONE, "DoNotSchedule", 1, { "app.kubernetes.io/name": "other" }),
        spread(HOST, "ScheduleAnyway", 1, APP),
      ),
    ),
  ],
  boundary: {
    holds: change(
      "skew 1 over zones",
      simplest(),
      spreads(spread(ZONE, "DoNotSchedule", 1, APP), spread(HOST, "ScheduleAnyway", 1, APP)),
    ),
    breaks: change(
      "skew 2 over zones",
      simplest(),
      spreads(spread(ZONE, "DoNotSchedule", 2, APP), spread(HOST, "ScheduleAnyway", 1, APP)),
    ),
  },
});
