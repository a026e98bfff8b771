import {
  HorizontalPodAutoscalerV2,
  type HorizontalPodAutoscalerV2SpecMetric,
} from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Component } from "../../../config/application/schema";
import { Guarded } from "../../guarded";

export interface AutoscalerProps {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: Record<string, string> };
  readonly scale: NonNullable<Component["scale"]>;
  readonly target: { readonly kind: "Deployment" | "StatefulSet"; readonly name: string };
  /** Its namespace among them: Terraform makes everything at once that nothing holds back. */
  readonly dependsOn: ITerraformDependable[];
}

/** HorizontalPodAutoscaler on utilisation of what the pods request. */
export class Autoscaler extends Guarded {
  static readonly guardedBy = ["AV-07", "AV-08", "CP-08", "DE-09"] as const;

  constructor(scope: Construct, id: string, { metadata, scale, target, dependsOn }: AutoscalerProps) {
    super(scope, id);
    const metric = (name: "cpu" | "memory", percent: number | undefined): HorizontalPodAutoscalerV2SpecMetric[] =>
      percent === undefined
        ? []
        : [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: percent } } }];
    new HorizontalPodAutoscalerV2(this, "autoscaler", {
      metadata,
      dependsOn,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", ...target },
        minReplicas: scale.min,
        maxReplicas: scale.max,
        metric: [...metric("cpu", scale.cpuPercent), ...metric("memory", scale.memoryPercent)],
        behavior: {
          scaleUp: [
            {
              stabilizationWindowSeconds: scale.upWindowSeconds ?? 0,
              selectPolicy: "Max",
              policy: [
                { type: "Percent", value: 100, periodSeconds: 60 },
                { type: "Pods", value: 4, periodSeconds: 60 },
              ],
            },
          ],
          scaleDown: [
            {
              stabilizationWindowSeconds: scale.downWindowSeconds ?? 300,
              selectPolicy: "Min",
              policy: [{ type: "Percent", value: 50, periodSeconds: 60 }],
            },
          ],
        },
      },
    });
  }
}
