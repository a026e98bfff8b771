import { chart, type KubernetesMinor } from "../model/definition";
import { everyResource, type IamStatement } from "../model/iam-statement";
import type { PlatformFacts } from "../model/platform-facts";
import { leaveDeadNodesQuickly, resources, restrictedContainer, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

export interface ClusterAutoscalerSettings {
  readonly clusterName: string;
  readonly region: string;
  readonly kubernetesMinor: KubernetesMinor;
  /**
   * Regular expression that the names of the Spot Auto Scaling groups match, and no other.
   * EKS names the group of a managed node group `eks-<node group>-<uuid>`.
   */
  readonly spotGroupPattern: string;
  /**
   * Minutes after which a group that brings no node is left for another.
   * @default 5 - the autoscaler's own 15 are half a recovery time of 30 minutes; a node is ready in 1 to 3
   */
  readonly nodeProvisionTimeoutMinutes?: number;
}

// The autoscaler simulates the scheduler of its own minor version. 1.35: the chart's tag; 1.36: git tag cluster-autoscaler-1.36.0
// of kubernetes/autoscaler, read 2026-11-21.
const imageTag: Readonly<Record<KubernetesMinor, string>> = { "1.35": "v1.35.0", "1.36": "v1.36.0" };

/** The newest minor stands in for a version that no image is chosen for; SU-07 then judges the version skew. */
const minorFor = (version: string): KubernetesMinor => (version === "1.35" ? "1.35" : "1.36");

/** Source: kubernetes/autoscaler cluster-autoscaler/cloudprovider/aws/README.md, full policy, read 2026-11-21. */
const permissions = ({ accountId, region, clusterName }: PlatformFacts): IamStatement[] => [
  {
    Effect: "Allow",
    Resource: everyResource,
    Action: [
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeAutoScalingInstances",
      "autoscaling:DescribeLaunchConfigurations",
      "autoscaling:DescribeScalingActivities",
      "autoscaling:DescribeTags",
      "ec2:DescribeImages",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplateVersions",
      "ec2:GetInstanceTypesFromInstanceRequirements",
    ],
  },
  {
    Effect: "Allow",
    Action: ["eks:DescribeNodegroup"],
    Resource: [`arn:aws:eks:${region}:${accountId}:nodegroup/${clusterName}/*/*`],
  },
  {
    Effect: "Allow",
    Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
    Resource: [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/eks-*`],
    Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" } },
  },
];

const pods = {
  "app.kubernetes.io/name": "aws-cluster-autoscaler",
  "app.kubernetes.io/instance": "cluster-autoscaler",
};

/** Its Deployment is `cluster-autoscaler-aws-cluster-autoscaler`; the chart renders none without a cluster name. */
export const clusterAutoscaler = chart<ClusterAutoscalerSettings>({
  key: "cluster-autoscaler",
  chart: "cluster-autoscaler",
  repository: "https://kubernetes.github.io/autoscaler",
  version: "9.59.0",
  releaseName: "cluster-autoscaler",
  namespace: "kube-system",
  kubernetesMinors: ["1.35", "1.36"],
  podSecurity: "restricted",
  awsServiceAccounts: [
    { namespace: "kube-system", name: "cluster-autoscaler", services: ["autoscaling", "ec2", "eks"] },
  ],
  freeForm: {
    containerSecurityContext: "a container's security context, copied",
    expanderPriorities: "priority to regular expressions, written into the expander's ConfigMap",
    extraArgs: "each key becomes a flag of the autoscaler",
    resources: "a container's resources, copied",
    securityContext: "a pod's security context, copied",
    updateStrategy: "a Deployment strategy, copied",
  },
  example: {
    clusterName: "example-use1",
    region: "us-east-1",
    kubernetesMinor: "1.36",
    spotGroupPattern: "^eks-general-spot-",
  },
  readInTemplates: { podDisruptionBudget: "templates/pdb.yaml:1 of 9.59.0 renders nothing without it" },
  // templates/pdb.yaml of 9.59.0: minAvailable and maxUnavailable only; read 2026-11-29.
  disruptionBudgets: [{ name: "cluster-autoscaler", maxUnavailable: 1, matchLabels: pods }],
  lock,
  installation: {
    purpose: "scaling",
    settings: ({ clusterName, region, kubernetesVersion }) => ({
      clusterName,
      region,
      spotGroupPattern: "^eks-[a-z0-9-]+-spot-",
      kubernetesMinor: minorFor(kubernetesVersion),
    }),
    permissions,
  },
  values: ({ clusterName, region, kubernetesMinor, spotGroupPattern, nodeProvisionTimeoutMinutes = 5 }) => ({
    autoDiscovery: { clusterName },
    awsRegion: region,
    image: { tag: imageTag[kubernetesMinor] },
    rbac: { serviceAccount: { name: "cluster-autoscaler" } },
    replicaCount: 2,
    // Null takes the chart's default budget away: `disruptionBudgets` above stands for it.
    podDisruptionBudget: null,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    // The project's AWS example asks 100m and 600Mi for any cluster; its caches hold some 250 pods and 20 nodes here.
    resources: resources(50, 256, 600),
    extraArgs: {
      // Spot first because it costs half; a group without capacity is left after the timeout, then the fitting node wins.
      expander: "priority,least-waste",
      "max-node-provision-time": `${nodeProvisionTimeoutMinutes}m0s`,
      "balance-similar-node-groups": true,
      "skip-nodes-with-system-pods": false,
      // Most platform pods mount an emptyDir: with the default of true hardly any node could ever be removed.
      "skip-nodes-with-local-storage": false,
      v: 2,
    },
    expanderPriorities: { "20": [spotGroupPattern], "10": [".*"] },
    topologySpreadConstraints: spreadOverZonesAndNodes(pods),
    tolerations: leaveDeadNodesQuickly,
    securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
    containerSecurityContext: restrictedContainer,
    serviceMonitor: { enabled: true, namespace: "kube-system", interval: "30s" },
  }),
});
