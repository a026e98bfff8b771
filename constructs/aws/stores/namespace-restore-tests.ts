import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { absentKinds, restoredKinds, restoreTestNames } from "../../../catalog/kubernetes/restored-kinds";
import type { Environment } from "../../../config/environment";
import { type Declaration, Guarded } from "../../guarded";
import { PlatformFunction } from "../functions/platform-function";
import { RestoreTest } from "./restore-test";

export interface NamespaceRestoreTestsProps {
  readonly environment: Environment;
  readonly region: string;
  /** Begins the names, unique in the account and region. */
  readonly name: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly keyArn: string;
  readonly topicArn: string;
  readonly cluster: {
    readonly name: string;
    readonly endpoint: string;
    readonly certificateAuthority: string;
    readonly securityGroupId: string;
  };
  /** Where the tested backups lie: Velero's location in this cluster, its bucket with the key, and the prefix of the cluster that wrote them. */
  readonly backups: {
    readonly location: string;
    readonly bucketName: string;
    readonly bucketArn: string;
    readonly keyArn: string;
    readonly prefix: string;
  };
  /** Namespaces of the applications. */
  readonly namespaces: readonly string[];
  /** Image of the pod that mounts restored volumes, by digest. */
  readonly image: string;
  readonly declaration: Declaration;
}

/** Twice a week, as caches are: CloudWatch looks back seven days at most, so a weekly test could not be missed in time. */
const SCHEDULE = { schedule: "cron(0 9 ? * TUE,FRI *)", absentAfterHours: 120 };
/** Of a backup: as old as the alert BackupStale lets it become (catalog/alerts/backup.json). */
const ALLOWED_AGE_MINUTES = 26 * 60;

/**
 * Tests of Velero's backups in one region: the newest backup of each application's namespace is restored into the scratch
 * namespace, compared with what the backup lists, timed and deleted. See RestoreScratch for what the scratch may do.
 */
export class NamespaceRestoreTests extends Guarded {
  static readonly guardedBy = ["DR-25", "DR-26", "SC-11", "OB-06", "OB-20"] as const;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NamespaceRestoreTestsProps,
  ) {
    super(scope, id, props.declaration);
    const { environment, cluster, backups, topicArn } = props;
    const securityGroupId = this.addNetwork();
    const tested = props.namespaces.map((namespace) => this.described(namespace));
    const check = new PlatformFunction(this, "check", {
      environment,
      // IAM knows no regions: a role of the other region has its own name.
      name: `${props.name}-namespace-restore`,
      description: "Restores namespaces by Velero, looks at them and deletes them",
      source: "namespace-restore",
      shared: ["kubernetes.mjs", "test-verdict.mjs"],
      keyArn: props.keyArn,
      network: { subnetIds: props.subnetIds, securityGroupId },
      memoryMiB: 256,
      timeoutSeconds: 900,
      variables: {
        CLUSTER: cluster.name,
        CLUSTER_ENDPOINT: cluster.endpoint,
        CLUSTER_CA: cluster.certificateAuthority,
        BUCKET: backups.bucketName,
        KINDS: JSON.stringify({
          restored: restoredKinds,
          absent: absentKinds.map(({ group, resource, keeps = [] }) => ({ group, resource, keeps })),
        }),
        TESTED: JSON.stringify(
          tested.map(({ namespace, scratch, restorePrefix }) => ({ namespace, scratch, restorePrefix })),
        ),
      },
      statements: this.statements(),
      topicArn,
      failureMeans: "A step of a restore test of namespaces failed",
    });
    new EksAccessEntry(this, "cluster-access", {
      clusterName: cluster.name,
      principalArn: check.role.arn,
      kubernetesGroups: [restoreTestNames.group],
      type: "STANDARD",
    });
    new RestoreTest(this, "namespaces", {
      ...SCHEDULE,
      name: `${props.name}-restore-namespaces`,
      checkArn: check.function.arn,
      stores: tested,
      // They share the scratch.
      atOnce: 1,
      topicArn,
    });
  }

  /** The function reaches AWS and the API server by HTTPS, and nothing reaches it. */
  private addNetwork(): string {
    const { name, vpcId, cluster } = this.props;
    const group = new SecurityGroup(this, "group", {
      name: `${name}-namespace-restore`,
      description: "The function that tests restores of namespaces",
      vpcId,
    }).id;
    new VpcSecurityGroupEgressRule(this, "egress-443", {
      securityGroupId: group,
      description: "the Kubernetes API and the endpoints of AWS",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
    });
    new VpcSecurityGroupIngressRule(this, "cluster-ingress", {
      securityGroupId: cluster.securityGroupId,
      description: "calls of the Kubernetes API by tests of restores",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: group,
    });
    return group;
  }

  /** It reads lists of what backups hold, and none of their content. */
  private statements(): object[] {
    const { backups, region } = this.props;
    return [
      {
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: `${backups.bucketArn}/${backups.prefix}/backups/*-resource-list.json.gz`,
      },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: backups.keyArn,
        Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
      },
    ];
  }

  private described(namespace: string) {
    const { backups, image } = this.props;
    const { scratch, restorePrefix, guard } = restoreTestNames;
    return {
      kind: "namespace",
      name: namespace,
      namespace,
      scratch,
      restorePrefix,
      location: backups.location,
      prefix: backups.prefix,
      modifiers: guard,
      image,
      allowedAgeMinutes: ALLOWED_AGE_MINUTES,
    };
  }
}
