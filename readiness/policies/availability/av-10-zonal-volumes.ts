import { claimsOf, storageZones } from "../../figures/capacity/workloads";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { contains, holds } from "../../policy/comparison";
import { add, change, set, together, type JsonObject } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { resource } from "../../policy/target";
import { unknown, type Verdict } from "../../policy/verdict";
import { placesOf, zonesOf } from "../../policy-terms/capacity/placement";

/** Zones in which the autoscaler can start a node for this workload and nowhere else: a group over several zones chooses by itself. */
const growableZones = (workload: Workload, platform: Platform): string[] =>
  zonesOf(placesOf(workload, platform).filter(({ group }) => group.zones.length === 1 && (group.max ?? 0) > 0));

function judged(
  workload: Workload,
  platform: Platform,
  claim: { readonly name: string; readonly storageClass: string | undefined },
): Verdict[] {
  const found = platform.storageClasses.find(
    (one) =>
      one.region === workload.region &&
      (claim.storageClass === undefined ? one.isDefault : one.name === claim.storageClass),
  );
  if (found === undefined)
    return [
      unknown(
        `claim ${claim.name}: its storage class ${claim.storageClass ?? "(the default)"} is not part of the platform`,
      ),
    ];
  const zones = storageZones(platform, workload.region, claim.storageClass) ?? zonesOf(placesOf(workload, platform));
  return [
    holds(
      found.bindingMode === "WaitForFirstConsumer",
      `claim ${claim.name}: the volume is made in the zone of its pod (WaitForFirstConsumer)`,
      `storage class ${found.name} binds ${found.bindingMode}`,
    ),
    contains(zones, growableZones(workload, platform), `claim ${claim.name}: zones with a node group of their own`, {
      field: "pools.general.onDemand.max",
    }),
  ];
}

const database: JsonObject = {
  metadata: { name: "records", namespace: "storefront" },
  spec: {
    replicas: 1,
    service_name: "records",
    selector: { match_labels: { app: "records" } },
    template: {
      metadata: { labels: { app: "records" } },
      spec: {
        container: [{ name: "records", image: "records:1", resources: { requests: { cpu: "50m", memory: "64Mi" } } }],
      },
    },
    volume_claim_template: [
      {
        metadata: { name: "data" },
        spec: {
          access_modes: ["ReadWriteOnce"],
          storage_class_name: "gp3",
          resources: { requests: { storage: "10Gi" } },
        },
      },
    ],
  },
};
const withVolume = add("", /^storefront-/, "kubernetes_stateful_set_v1", "records", database);
const firstZone = resource(
  "aws_eks_node_group",
  (block) => block["capacity_type"] === "ON_DEMAND" && /a-$/.test(String(block["node_group_name_prefix"])),
);

const anyInFirstZone = resource("aws_eks_node_group", (block) => /a-$/.test(String(block["node_group_name_prefix"])));

export default policy({
  id: "AV-10",
  severity: "error",
  title: "Pods with a zonal volume can get a node in the zone of the volume",
  because: "an EBS volume never leaves its zone: if the next node starts in another zone, the pod stays pending",
  remedy:
    "give the pool one on-demand group a zone (zones of the region, onDemand.max of at least their number), and bind volumes WaitForFirstConsumer",
  proves: [],
  beyond: "no report speaks of volumes yet, but every database that runs in the cluster rests on it",
  subjects: (platform) => platform.workloads.filter((workload) => claimsOf(platform, workload).length > 0),
  check: (workload, platform) => claimsOf(platform, workload).flatMap((claim) => judged(workload, platform, claim)),
  mutants: [
    together(
      "volumes that are made before their pod",
      withVolume,
      change("", resource("kubernetes_storage_class_v1"), set("volume_binding_mode", "Immediate")),
    ),
    together("no node allowed in one zone", withVolume, change("", anyInFirstZone, set("scaling_config.max_size", 0))),
  ],
  boundary: {
    holds: together("a volume, and a group in each zone", withVolume),
    breaks: together(
      "a volume, and no node allowed in one zone's group",
      withVolume,
      change("", firstZone, set("scaling_config.max_size", 0)),
    ),
  },
});
