import { DEFAULT_POOL } from "../../../../config/application/parts/program";
import { type Json, numberOf, objectOf, objectsOf, textMapOf, textOf, textsOf } from "../../json";
import { cpuMillis, memoryMiB } from "../../../../models/quantity";
import type { Subject } from "../../subject";
import type { CreatedPods } from "../../facts/kubernetes/component-facts";
import type { Workload } from "../../facts/kubernetes/workload-graph";

/** What a component's annotation says of the pods that it makes. */
export const createdPodsOf = (declared: Json | undefined): CreatedPods[] =>
  Object.entries(objectOf(declared)).map(([name, written]) => {
    const pods = objectOf(written);
    const [requests, limits] = [textMapOf(pods["requests"]), textMapOf(pods["limits"])];
    const ports = objectOf(pods["ports"]);
    return {
      name,
      labels: textMapOf(pods["labels"]),
      maximum: numberOf(pods["maximum"]),
      usual: numberOf(pods["usual"]) ?? 0,
      surge: numberOf(pods["surge"]) ?? 1,
      cpuRequestMillis: cpuMillis(requests["cpu"]),
      memoryRequestMiB: memoryMiB(requests["memory"]),
      cpuLimitMillis: cpuMillis(limits["cpu"]),
      memoryLimitMiB: memoryMiB(limits["memory"]),
      pool: textOf(pods["pool"]) ?? DEFAULT_POOL,
      metricsPort: numberOf(pods["metricsPort"]),
      reachedFrom: objectsOf(pods["reachedFrom"]).map(({ namespace, port }) => ({
        namespace: textOf(namespace) ?? "",
        port: numberOf(ports[textOf(port) ?? ""]),
      })),
      https: textsOf(pods["https"]),
    };
  });

/** A group of such pods with the workload that makes them. */
export interface CreatedGroup extends Subject {
  readonly region: string;
  readonly namespace: string;
  readonly creator: Workload;
  readonly pods: CreatedPods;
}

/** Every group of pods that the workloads say they make. */
export const createdGroups = (workloads: readonly Workload[]): readonly CreatedGroup[] =>
  workloads.flatMap((creator) =>
    (creator.component?.creates ?? []).map((pods) => ({
      stack: creator.stack,
      address: creator.address,
      constructPath: creator.constructPath,
      label: `pods ${creator.namespace}/${pods.name} of ${creator.name}`,
      region: creator.region,
      namespace: creator.namespace,
      creator,
      pods,
    })),
  );

/** Most pods of the group at one time; undefined where it is not known. */
export const mostOf = ({ maximum, surge }: CreatedPods): number | undefined =>
  maximum === undefined ? undefined : maximum + surge;
