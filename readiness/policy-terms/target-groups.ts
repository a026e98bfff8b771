import { numberOf, objectOf, textOf } from "../inventory/json";
import type { PlacedObject } from "../inventory/kubernetes/object";
import type { Platform } from "../inventory/platform";
import type { TargetGroup } from "../inventory/facts/aws/load-balancers";
import type { Service, Workload } from "../inventory/facts/kubernetes/workload-graph";

/** A TargetGroupBinding with the Service that it names, as far as it exists. */
export interface Binding {
  readonly object: PlacedObject;
  readonly targetType: string | undefined;
  readonly service: Service | undefined;
  /** Port of the Service that it names; undefined: the Service has no such port. */
  readonly port: Service["ports"][number] | undefined;
}

/** Bindings that fill the target group, in the stack that makes it. */
export function bindingsOf(group: TargetGroup, platform: Platform): readonly Binding[] {
  return platform.objects
    .filter(
      ({ object, stack }) =>
        object.kind === "TargetGroupBinding" &&
        stack === group.stack &&
        (textOf(objectOf(object["spec"])["targetGroupARN"]) ?? "").includes(`\${${group.address}.arn}`),
    )
    .map((object) => {
      const spec = objectOf(object.object["spec"]);
      const reference = objectOf(spec["serviceRef"]);
      const service = platform.services.find(
        (one) =>
          one.region === object.region &&
          one.namespace === object.object.metadata.namespace &&
          one.name === textOf(reference["name"]),
      );
      const wanted = numberOf(reference["port"]) ?? textOf(reference["port"]);
      return {
        object,
        targetType: textOf(spec["targetType"]),
        service,
        port: service?.ports.find(({ port, name }) => port === wanted || name === wanted),
      };
    });
}

/** Workloads whose pods the bindings of the group register. */
export const workloadsBehind = (group: TargetGroup, platform: Platform): readonly Workload[] => [
  ...new Set(bindingsOf(group, platform).flatMap(({ service }) => service?.workloads ?? [])),
];
