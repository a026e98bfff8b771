import type { Site } from "../config/site";
import type { IamStatement } from "../constructs/aws/cluster/workload-role";
import type { DataStack } from "./data";

/** Describe calls take no resource: `*` with a read-only action that is named in full. */
const everything = ["*"];

/**
 * The controller only binds pods to target groups that Terraform made: it creates no load balancer, rule or security group.
 * Source of the calls: kubernetes-sigs/aws-load-balancer-controller, controllers/elbv2 targetgroupbinding, read 2026-11-21.
 */
export function loadBalancerPermissions({ environment, region }: Site): IamStatement[] {
  return [
    {
      Effect: "Allow",
      Resource: everything,
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
      Resource: [`arn:aws:elasticloadbalancing:${region.name}:${environment.accountId}:targetgroup/*/*`],
    },
  ];
}

/** Source: kubernetes/autoscaler cluster-autoscaler/cloudprovider/aws/README.md, full policy, read 2026-11-21. */
export function autoscalerPermissions({ environment, region, clusterName }: Site): IamStatement[] {
  return [
    {
      Effect: "Allow",
      Resource: everything,
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
      Resource: [`arn:aws:eks:${region.name}:${environment.accountId}:nodegroup/${clusterName}/*/*`],
    },
    {
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: [
        `arn:aws:autoscaling:${region.name}:${environment.accountId}:autoScalingGroup:*:autoScalingGroupName/eks-*`,
      ],
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned" } },
    },
  ];
}

export function secretPermissions({ environment, region }: Site, keyArn: string): IamStatement[] {
  return [
    {
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: [
        `arn:aws:secretsmanager:${region.name}:${environment.accountId}:secret:${environment.organisation}/${environment.name}/*`,
      ],
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: [keyArn],
      Condition: { StringEquals: { "kms:ViaService": `secretsmanager.${region.name}.amazonaws.com` } },
    },
  ];
}

/** Reads and writes backups in both regions' buckets. Source: velero-io/velero-plugin-for-aws README, read 2026-11-21. */
export function backupPermissions(data: readonly DataStack[]): IamStatement[] {
  return [
    {
      Effect: "Allow",
      Action: [
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
      ],
      Resource: data.map((stack) => `${stack.backups.arn}/*`),
    },
    {
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:GetBucketLocation"],
      Resource: data.map((stack) => stack.backups.arn),
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: data.map((stack) => stack.key.arn),
      Condition: { StringLike: { "kms:ViaService": "s3.*.amazonaws.com" } },
    },
  ];
}
