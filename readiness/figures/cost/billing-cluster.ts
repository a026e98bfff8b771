import type { BillableResource } from "../../../models/cost";
import { memoryMiB } from "../../../models/quantity";
import { objectOf, textOf } from "../../inventory/json";
import type { BillingContext } from "./billing-context";

/** What the clusters themselves order from AWS: volumes for claims, load balancers for Services and Ingresses. */
export function clusterBillables(context: BillingContext): BillableResource[] {
  return [...volumes(context), ...balancers(context)];
}

function volumes(context: BillingContext): BillableResource[] {
  const { platform } = context;
  const templates = platform.workloads.flatMap((workload) =>
    workload.volumeClaimTemplates.map((claim): BillableResource => {
      const part = ` ${workload.namespace}/${workload.name} claim ${claim.name}`;
      const { minimumReplicas: min, maximumReplicas: max } = workload;
      if (claim.storageMiB === undefined || min === undefined || max === undefined)
        return context.unpriced(workload.resource, "a volume whose size or number is not known", part);
      const failover = context.roleOf(workload.region) === "secondary" ? max : min;
      return {
        kind: "gp3-volume",
        ...context.subject(workload.resource, part),
        region: workload.region,
        count: { steady: min, peak: max, failover },
        sizeGiB: claim.storageMiB / 1024,
      };
    }),
  );
  const claims = platform.objects
    .filter(({ object }) => object.kind === "PersistentVolumeClaim")
    .map((placed): BillableResource => {
      const part = ` ${placed.object.metadata.namespace ?? "default"}/${placed.object.metadata.name ?? ""}`;
      const size = memoryMiB(
        textOf(objectOf(objectOf(objectOf(placed.object["spec"])["resources"])["requests"])["storage"]),
      );
      if (size === undefined) return context.unpriced(placed.resource, "a volume whose size is not known", part);
      return {
        kind: "gp3-volume",
        ...context.subject(placed.resource, part),
        region: placed.region,
        count: 1,
        sizeGiB: size / 1024,
      };
    });
  return [...templates, ...claims];
}

function balancers(context: BillingContext): BillableResource[] {
  const { platform } = context;
  const ordered = [
    ...platform.services
      .filter(({ type }) => type === "LoadBalancer")
      .map((service) => ({ ...service, type: "network" as const })),
    ...platform.objects
      .filter(({ object }) => object.kind === "Ingress")
      .map((placed) => ({
        resource: placed.resource,
        region: placed.region,
        namespace: placed.object.metadata.namespace ?? "default",
        name: placed.object.metadata.name ?? "",
        annotations: placed.object.metadata.annotations ?? {},
        type: "application" as const,
      })),
  ];
  return ordered.map(({ resource, region, namespace, name, annotations, type }): BillableResource => {
    const zones = platform.clusters.find((cluster) => cluster.region === region)?.zones.length ?? 0;
    const open = Object.entries(annotations).some(
      ([key, value]) => key.endsWith("/scheme") && value === "internet-facing",
    );
    return {
      kind: "load-balancer",
      ...context.subject(resource, ` ${namespace}/${name}`),
      region,
      type,
      publicAddresses: open ? zones : 0,
      capacityUnits: context.volume("loadBalancerCapacityUnits", region),
    };
  });
}
