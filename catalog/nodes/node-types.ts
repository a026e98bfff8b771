import type { NodeType } from "../../models/capacity";
import { instanceType } from "../instance-types";

/**
 * An instance type as the capacity model counts it.
 * @throws InstanceTypeError for a type that the catalogue does not hold
 */
export function nodeType(name: string): NodeType {
  const type = instanceType(name);
  return {
    name,
    vcpu: type.vcpu,
    memoryMiB: type.memoryMiB,
    maxENI: type.enis,
    ipv4PerENI: type.ipv4PerEni,
    networkBaselineGbps: type.networkBaselineGbps,
    architecture: type.architecture,
    ...(type.burstable && type.cpuBaselinePercentPerVcpu !== null
      ? {
          credits: {
            baselinePerVcpu: type.cpuBaselinePercentPerVcpu / 100,
            earnedPerHour: (type.vcpu * 60 * type.cpuBaselinePercentPerVcpu) / 100,
            mode: "standard" as const,
          },
        }
      : {}),
  };
}
