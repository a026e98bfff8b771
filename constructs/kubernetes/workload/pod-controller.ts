import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Component } from "../../../config/application/schema";
import type { podTemplate } from "./pod-template";

/**
 * Pods that a rollout adds at once, in percent of the replicas, rounded up: one at the minimum of 3, two at the maximum of
 * 20. At the peak each of them needs a place on the nodes that a lost zone leaves.
 */
export const SURGE_PERCENT = 10;
/** Seconds that a new pod is ready before it counts as available, and the next old one ends. */
export const MIN_READY_SECONDS = 10;

/** What Deployment and StatefulSet have in common. */
export interface PodControllerProps {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  };
  readonly replicas: string;
  readonly selector: Record<string, string>;
  readonly template: ReturnType<typeof podTemplate>;
  /** Arguments that others own after the creation. */
  readonly ignoreChanges: string[];
  readonly dependsOn: ITerraformDependable[];
}

const REVISION_HISTORY_LIMIT = 5;

/** What Terraform does with either of them: waits until the pods are ready. */
const settingsOf = ({ ignoreChanges, dependsOn }: PodControllerProps) => ({
  waitForRollout: true,
  timeouts: { create: "15m", update: "15m" },
  dependsOn,
  ...(ignoreChanges.length > 0 ? { lifecycle: { ignoreChanges } } : {}),
});

const specOf = ({ replicas, selector, template }: PodControllerProps) => ({
  replicas,
  revisionHistoryLimit: REVISION_HISTORY_LIMIT,
  selector: { matchLabels: selector },
  template,
});

/** Pods that are all alike. The pods of tier 1 are replaced without one fewer meanwhile. */
export function deployment(scope: Construct, props: PodControllerProps & { readonly tier: number }): void {
  new DeploymentV1(scope, "deployment", {
    metadata: props.metadata,
    ...settingsOf(props),
    spec: {
      ...specOf(props),
      minReadySeconds: MIN_READY_SECONDS,
      progressDeadlineSeconds: 600,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: `${SURGE_PERCENT}%`, maxUnavailable: props.tier === 1 ? "0" : "25%" },
      },
    },
  });
}

/** Pods with volumes of their own. */
export function statefulSet(
  scope: Construct,
  props: PodControllerProps & {
    readonly volumes: NonNullable<Component["volumes"]>;
    readonly volumeLabels: Record<string, string>;
  },
): void {
  new StatefulSetV1(scope, "stateful-set", {
    metadata: props.metadata,
    ...settingsOf(props),
    spec: {
      ...specOf(props),
      serviceName: props.metadata.name,
      podManagementPolicy: "Parallel",
      updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
      // What a pod had written is there again when it comes back, also after scaling down.
      persistentVolumeClaimRetentionPolicy: [{ whenDeleted: "Retain", whenScaled: "Retain" }],
      volumeClaimTemplate: Object.entries(props.volumes).map(([name, { sizeGiB }]) => ({
        metadata: { name, labels: props.volumeLabels },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: `${sizeGiB}Gi` } } },
      })),
    },
  });
}
