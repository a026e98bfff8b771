import type { DeploymentV1SpecTemplate } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { callsKubernetes } from "../../../config/application/parts/component";
import { poolOf } from "../../../config/application/parts/program";
import type { Component } from "../../../config/application/schema";
import { CAPACITY_LABEL, POOL_LABEL } from "../../aws/cluster/node-pool";
import { containerOf, type ContainerProps, isComponent, PRE_STOP_SECONDS, volumesOf } from "./container";

const DEFAULT_USER_ID = 10001;
const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

export interface PodTemplateProps extends ContainerProps {
  readonly tier: number;
  readonly labels: Record<string, string>;
  readonly selector: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly serviceAccount: string;
}

/**
 * Seconds that a pod stays on a node that is not ready or cannot be reached, instead of the 300 s that admission writes. Long
 * enough for a kubelet that restarts: a node that answers again within it keeps its pods.
 */
const DEAD_NODE_SECONDS = "30";
const leaveDeadNodes = ["not-ready", "unreachable"].map((state) => ({
  key: `node.kubernetes.io/${state}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: DEAD_NODE_SECONDS,
}));

export const drainSecondsOf = (component: Component): number => component.drainSeconds ?? 20;
export const graceSecondsOf = (component: Component): number => PRE_STOP_SECONDS + drainSecondsOf(component) + 5;

/** A pod under the restricted pod security standard; that of a component is spread over zones and hosts. */
export function podTemplate(props: PodTemplateProps): DeploymentV1SpecTemplate {
  const { part } = props;
  const userId = String(part.userId ?? DEFAULT_USER_ID);
  const pool = poolOf(part);
  return {
    metadata: { labels: props.labels, annotations: props.annotations },
    spec: {
      serviceAccountName: props.serviceAccount,
      automountServiceAccountToken: isComponent(part) && callsKubernetes(part),
      enableServiceLinks: false,
      terminationGracePeriodSeconds: isComponent(part) ? graceSecondsOf(part) : 30,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: userId,
        runAsGroup: userId,
        fsGroup: userId,
        seccompProfile: { type: "RuntimeDefault" },
      },
      nodeSelector: { [POOL_LABEL]: pool },
      // Of a pool that is not dedicated it tolerates a taint that no node has.
      toleration: [{ key: POOL_LABEL, operator: "Equal", value: pool, effect: "NoSchedule" }, ...leaveDeadNodes],
      affinity: {
        ...preferOnDemand(props.tier),
        ...(isComponent(part) && part.nodes === "one-each" ? oneEachNode(props.selector) : {}),
      },
      ...(isComponent(part)
        ? { topologySpreadConstraint: spreads(props.selector, part.volumes === undefined) }
        : { restartPolicy: "Never" }),
      container: [containerOf(props)],
      volume: volumesOf(props),
    },
  };
}

function preferOnDemand(tier: number) {
  return {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: tier === 1 ? 100 : 10,
          preference: { matchExpressions: [{ key: CAPACITY_LABEL, operator: "In", values: ["on-demand"] }] },
        },
      ],
    },
  };
}

const oneEachNode = (matchLabels: Record<string, string>) => ({
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: HOST, labelSelector: [{ matchLabels }] }],
  },
});

/** A Deployment's old and new pods are spread apart from one another; a StatefulSet replaces its pods in place. */
function spreads(matchLabels: Record<string, string>, byRevision: boolean) {
  const revision = byRevision ? { matchLabelKeys: ["pod-template-hash"] } : {};
  return [
    {
      maxSkew: 1,
      topologyKey: ZONE,
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: [{ matchLabels }],
      ...revision,
    },
    {
      maxSkew: 1,
      topologyKey: HOST,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: [{ matchLabels }],
      ...revision,
    },
  ];
}
