import { label } from "../../../contract";
import { objectsOf, textOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { atLeast, equals } from "../../policy/comparison";
import { change, set } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { notApplicable, unknown } from "../../policy/verdict";
import {
  placesIn,
  placesOf,
  selectedPlaces,
  toleratesGroup,
  undecidedPlacement,
  zonesOf,
  type Place,
} from "../../policy-terms/capacity/placement";
import { replicated, singletonByDesign } from "../../policy-terms/scope";
import { bindingZoneSkew, ZONE } from "../../policy-terms/capacity/spread";
import { deployments, nodeGroups, POD } from "../../policy-terms/targets";

/** Places whose zone the scheduler counts: Kubernetes honours node selectors and ignores taints unless the constraint says otherwise. */
function counted(workload: Workload, platform: Platform): readonly Place[] {
  const binding = objectsOf(workload.pod.spec["topologySpreadConstraints"]).filter(
    (entry) => textOf(entry["topologyKey"]) === ZONE && textOf(entry["whenUnsatisfiable"]) !== "ScheduleAnyway",
  );
  return binding.flatMap((entry) => {
    const places =
      textOf(entry["nodeAffinityPolicy"]) === "Ignore"
        ? placesIn(platform, workload.region)
        : selectedPlaces(workload, platform);
    return textOf(entry["nodeTaintsPolicy"]) === "Honor"
      ? places.filter(({ group }) => toleratesGroup(workload, group))
      : places;
  });
}

const closed = set("taint", [{ key: "example", value: "true", effect: "NO_SCHEDULE" }]);
const inZone = (zones: readonly string[]) =>
  set(`${POD}.affinity.node_affinity.required_during_scheduling_ignored_during_execution`, {
    node_selector_term: [{ match_expressions: [{ key: ZONE, operator: "In", values: [...zones] }] }],
  });

export default policy({
  id: "AV-06",
  severity: "error",
  title: "The zones of the node pools satisfy the topology spread",
  because: "a pod whose spread no zone can satisfy stays pending; a spread over one zone is none",
  remedy:
    "give the pool nodes in every zone, or tolerate the taint of the zones that the spread counts (nodeTaintsPolicy Honor leaves them out)",
  proves: ["FL-01", "FL-13", "FF-01"],
  subjects: replicated,
  check: (workload, platform) => {
    const single = singletonByDesign(workload);
    if (single) return single;
    if (bindingZoneSkew(workload) === undefined) return notApplicable("no spread over zones binds the scheduler");
    const reason = undecidedPlacement(workload);
    if (reason !== undefined) return unknown(`on which nodes the pods may run: ${reason}`, "pool");
    if (placesIn(platform, workload.region).length === 0)
      return unknown(`no zone of the node groups in ${workload.region} is known`);
    const zones = zonesOf(placesOf(workload, platform));
    const needed = Math.max(
      Math.min(3, workload.minimumReplicas ?? 3),
      ...workload.pod.topologySpread.map(({ minDomains }) => minDomains ?? 0),
    );
    return [
      atLeast(needed, zones.length, "zones in which nodes take its pods", { arithmetic: zones.join(", ") || "none" }),
      equals(
        [],
        zonesOf(counted(workload, platform)).filter((zone) => !zones.includes(zone)),
        "zones that the spread counts and no pod can use",
      ),
    ];
  },
  mutants: [
    change(
      "a pool of its own that does not exist",
      deployments,
      set([...POD.split("."), "node_selector", label.pool], "ghost"),
    ),
    change("every node group is closed to the pods", nodeGroups, closed),
    change("only two zones are allowed", deployments, inZone(["us-east-1a", "us-east-1b", "eu-west-1a", "eu-west-1b"])),
    change("one zone is counted and closed to the pods", nodeGroups, (block) => {
      if (/-us-east-1a-$|-eu-west-1a-$|-spot-/.test(String(block["node_group_name_prefix"]))) closed(block);
    }),
    change("more domains than there are zones", deployments, set(`${POD}.topology_spread_constraint.min_domains`, 4)),
  ],
  boundary: {
    holds: change(
      "three zones are allowed",
      deployments,
      inZone(["us-east-1a", "us-east-1b", "us-east-1c", "eu-west-1a", "eu-west-1b", "eu-west-1c"]),
    ),
    breaks: change(
      "two zones are allowed",
      deployments,
      inZone(["us-east-1a", "us-east-1c", "eu-west-1a", "eu-west-1c"]),
    ),
  },
});
