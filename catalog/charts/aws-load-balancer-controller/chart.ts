import { chart } from "../model/definition";
import { everyResource, type IamStatement } from "../model/iam-statement";
import type { PlatformFacts } from "../model/platform-facts";
import { leaveDeadNodesQuickly, resources, restrictedContainer, spreadOverZonesAndNodes } from "../model/pod-placement";
import lock from "./lock.json";

export interface LoadBalancerControllerSettings {
  readonly clusterName: string;
  /** Given, because pods cannot ask the instance metadata service at a hop limit of 1. */
  readonly region: string;
  /** Given for the same reason. */
  readonly vpcId: string;
  /** TLS security policy of listeners that name none. */
  readonly tlsPolicy: string;
}

/**
 * The controller only binds pods to target groups that Terraform made: it creates no load balancer, rule or security group.
 * Source of the calls: kubernetes-sigs/aws-load-balancer-controller, controllers/elbv2 targetgroupbinding, read 2026-11-21.
 */
const permissions = ({ region, accountId }: PlatformFacts): IamStatement[] => [
  {
    Effect: "Allow",
    Resource: everyResource,
    Action: [
      "ec2:DescribeAvailabilityZones",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
    ],
  },
  {
    Effect: "Allow",
    Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
    Resource: [`arn:aws:elasticloadbalancing:${region}:${accountId}:targetgroup/*/*`],
  },
];

export const awsLoadBalancerController = chart<LoadBalancerControllerSettings>({
  key: "aws-load-balancer-controller",
  chart: "aws-load-balancer-controller",
  repository: "https://aws.github.io/eks-charts",
  version: "3.5.0",
  releaseName: "aws-load-balancer-controller",
  namespace: "kube-system",
  kubernetesMinors: null,
  podSecurity: "restricted",
  awsServiceAccounts: [
    {
      namespace: "kube-system",
      name: "aws-load-balancer-controller",
      services: ["acm", "cognito-idp", "ec2", "elasticloadbalancing", "iam", "wafv2"],
    },
  ],
  freeForm: {
    podDisruptionBudget: "the spec of a PodDisruptionBudget without its selector, copied",
    podSecurityContext: "a pod's security context, copied",
    resources: "a container's resources, copied",
    securityContext: "a container's security context, copied",
    updateStrategy: "a Deployment strategy, copied",
  },
  readInTemplates: {
    keepTLSSecret: "read together with lookup of the live Secret (templates/_helpers.tpl): no effect without a cluster",
  },
  example: {
    clusterName: "example-use1",
    region: "us-east-1",
    vpcId: "vpc-0123456789abcdef0",
    tlsPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  },
  lock,
  installation: {
    id: "load-balancer-controller",
    purpose: "load-balancing",
    settings: ({ clusterName, region, vpcId, tlsPolicy }) => ({ clusterName, region, vpcId, tlsPolicy }),
    permissions,
  },
  values: ({ clusterName, region, vpcId, tlsPolicy }) => ({
    clusterName,
    region,
    vpcId,
    defaultSSLPolicy: tlsPolicy,
    // Pods are targets themselves: no second hop over a node's port, and a drain takes out only the pods that it moves.
    defaultTargetType: "ip",
    // The mutating webhook makes every new LoadBalancer Service of the cluster fail while this controller is down, also
    // those of releases that install beside it. Services name `loadBalancerClass: service.k8s.aws/nlb` instead.
    enableServiceMutatorWebhook: false,
    // Shield's endpoint exists in us-east-1 alone: the other region must not depend on it. WAF Classic has ended.
    enableShield: false,
    enableWaf: false,
    enableWafv2: true,
    // Keeps the webhook's certificate at an upgrade; a new one is unknown to running pods for up to a minute.
    keepTLSSecret: true,
    replicaCount: 2,
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    podDisruptionBudget: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow" },
    // The chart suggests 100m and 128Mi as requests and limits; twice the memory as a limit, since an OOM kill stops deregistration.
    resources: resources(100, 128, 256),
    configureDefaultAffinity: false,
    topologySpreadConstraints: spreadOverZonesAndNodes({
      "app.kubernetes.io/name": "aws-load-balancer-controller",
      "app.kubernetes.io/instance": "aws-load-balancer-controller",
    }),
    tolerations: leaveDeadNodesQuickly,
    podSecurityContext: { fsGroup: 65534, seccompProfile: { type: "RuntimeDefault" } },
    securityContext: restrictedContainer,
    serviceMonitor: { enabled: true, interval: "30s" },
  }),
});
