import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import {
  awsLoadBalancerController,
  type AwsServiceAccount,
  clusterAutoscaler,
  externalSecrets,
  keda,
  KEDA_METRICS_PORT,
  KEDA_OPERATOR_PORT,
  type KubernetesMinor,
  metricsServer,
  reloader,
  repositoryPasswordSecret,
  velero,
} from "../catalog/charts";
import { configured, type Site } from "../config/site";
import { ingressTlsPolicy } from "../constructs/aws/network/ingress-load-balancer";
import { type IamStatement, WorkloadRole } from "../constructs/aws/cluster/workload-role";
import { ChartRelease } from "../constructs/kubernetes/chart-release";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import type { Ownership } from "../constructs/kubernetes/labels";
import { Manifests } from "../constructs/kubernetes/manifests";
import { RestartRights } from "../constructs/kubernetes/access/restart-rights";
import { SystemTraffic, type SystemTrafficProps } from "../constructs/kubernetes/access/system-traffic";
import {
  autoscalerPermissions,
  backupPermissions,
  loadBalancerPermissions,
  secretPermissions,
} from "./service-permissions";
import type { ClusterStack } from "./cluster";
import { type DataStack, secretName } from "./data";
import type { NetworkStack } from "./network";

export interface ServicesStackProps {
  readonly access: ClusterAccess;
  readonly cluster: ClusterStack;
  readonly network: NetworkStack;
  /** Data stack of the region itself and of the other one. */
  readonly data: { readonly own: DataStack; readonly other: DataStack };
  /** Namespaces that are backed up. */
  readonly applications: readonly string[];
  /** Whether a component of them scales by the length of a queue. */
  readonly scalesByQueue: boolean;
}

/** Port of Redis, as every cache of the platform listens on it. */
const REDIS_PORT = 6379;

export const SECRET_STORE = "secrets-manager";
/** Name of the default storage class, the same in both regions so that a restored claim finds it. */
export const DEFAULT_STORAGE_CLASS = "gp3";

export function platformOwnership(site: Site): Ownership {
  return { application: "platform", owner: site.environment.owner, tier: 1, costCentre: site.environment.costCentre };
}

/** What applications of a region rely on: load balancing, metrics, node scaling, secrets, storage and backups. */
export class ServicesStack extends KubernetesStack {
  static override readonly guardedBy = [
    "CP-07",
    "CP-08",
    "DR-01",
    "DR-02",
    "DR-06",
    "DR-11",
    "DR-13",
    "AV-12",
    "SC-10",
    "SC-11",
    "SC-15",
  ] as const;

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly props: ServicesStackProps,
  ) {
    super(scope, `platform-${site.region.name}`, site, "platform", props.access);
    this.addStorage();
    this.addLoadBalancing();
    this.addScaling();
    const store = this.addSecrets();
    this.addRestarts();
    if (props.scalesByQueue) this.addQueueScaling();
    this.addBackups(store);
  }

  private addStorage(): void {
    new StorageClassV1(this, "storage-class", {
      metadata: { name: DEFAULT_STORAGE_CLASS, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      storageProvisioner: "ebs.csi.aws.com",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
      parameters: { type: "gp3", encrypted: "true" },
    });
    new Manifests(this, "snapshots", {
      name: "snapshots",
      namespace: "kube-system",
      manifests: [
        {
          apiVersion: "snapshot.storage.k8s.io/v1",
          kind: "VolumeSnapshotClass",
          // The label is how Velero finds the class for a driver; Retain would leave a snapshot behind each moved backup.
          metadata: { name: "ebs", labels: { "velero.io/csi-volumesnapshot-class": "true" } },
          driver: "ebs.csi.aws.com",
          deletionPolicy: "Delete",
        },
      ],
    });
  }

  private addLoadBalancing(): void {
    const role = this.addRole(
      "load-balancing",
      awsLoadBalancerController.awsServiceAccounts,
      loadBalancerPermissions(this.site),
    );
    new ChartRelease(this, "load-balancer-controller", {
      chart: awsLoadBalancerController,
      dependsOn: role,
      values: awsLoadBalancerController.values({
        clusterName: this.site.clusterName,
        region: this.site.region.name,
        vpcId: this.props.network.network.vpcId,
        tlsPolicy: ingressTlsPolicy,
      }),
    });
  }

  private addScaling(): void {
    new ChartRelease(this, "metrics-server", { chart: metricsServer, values: metricsServer.values({}) });
    const role = this.addRole("scaling", clusterAutoscaler.awsServiceAccounts, autoscalerPermissions(this.site));
    new ChartRelease(this, "cluster-autoscaler", {
      chart: clusterAutoscaler,
      dependsOn: role,
      values: clusterAutoscaler.values({
        clusterName: this.site.clusterName,
        region: this.site.region.name,
        spotGroupPattern: "^eks-[a-z0-9-]+-spot-",
        kubernetesMinor: autoscalerMinor(this.site.environment.kubernetesVersion),
      }),
    });
  }

  private addSecrets(): ITerraformDependable {
    const namespace = this.addNamespace(externalSecrets.namespace, "restricted", [10250]);
    const role = this.addRole(
      "secrets",
      externalSecrets.awsServiceAccounts,
      secretPermissions(this.site, this.props.data.own.key.arn),
    );
    const { release } = new ChartRelease(this, "external-secrets", {
      chart: externalSecrets,
      values: externalSecrets.values({}),
      dependsOn: [...namespace.guards, ...role],
    });
    return new Manifests(this, "secret-store", {
      name: "secret-store",
      namespace: externalSecrets.namespace,
      dependsOn: [release],
      manifests: [
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ClusterSecretStore",
          metadata: { name: SECRET_STORE },
          spec: {
            provider: { aws: { service: "SecretsManager", region: this.site.region.name } },
            conditions: [{ namespaces: [...this.props.applications, velero.namespace] }],
          },
        },
      ],
    }).release;
  }

  /** New values reach pods: files change under a running process, variables never do, so all are started again. */
  private addRestarts(): void {
    const namespace = this.addNamespace(reloader.namespace, reloader.podSecurity, []);
    const rights = new RestartRights(this, "restart-rights", {
      namespace: namespace.name,
      ownership: platformOwnership(this.site),
      of: "own",
      dependsOn: namespace.guards,
    });
    new ChartRelease(this, "reloader", {
      chart: reloader,
      values: reloader.values({ namespaces: this.props.applications }),
      dependsOn: [...namespace.guards, rights.binding],
    });
  }

  /** Four pods that only queues need: docs/adr/0003-queue-scaling-with-keda.md. */
  private addQueueScaling(): void {
    const namespace = this.addNamespace(keda.namespace, keda.podSecurity, [KEDA_METRICS_PORT], {
      withinPorts: [KEDA_OPERATOR_PORT],
      storePorts: [REDIS_PORT],
    });
    new ChartRelease(this, "keda", { chart: keda, values: keda.values({}), dependsOn: namespace.guards });
  }

  private addBackups(store: ITerraformDependable): void {
    const { own, other } = this.props.data;
    const { backups } = this.site.environment;
    const namespace = this.addNamespace(velero.namespace, velero.podSecurity, []);
    const password = new Manifests(this, "repository-password", {
      name: "repository-password",
      namespace: velero.namespace,
      dependsOn: [store, ...namespace.guards],
      manifests: [
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ExternalSecret",
          metadata: { name: repositoryPasswordSecret.name, namespace: velero.namespace },
          spec: {
            refreshInterval: "1h",
            secretStoreRef: { kind: "ClusterSecretStore", name: SECRET_STORE },
            target: { name: repositoryPasswordSecret.name, creationPolicy: "Owner", deletionPolicy: "Retain" },
            data: [
              {
                secretKey: repositoryPasswordSecret.key,
                remoteRef: { key: secretName(this.site, "velero", "REPOSITORY_PASSWORD") },
              },
            ],
          },
        },
      ],
    });
    const role = this.addRole("backups", velero.awsServiceAccounts, backupPermissions([own, other]));
    new ChartRelease(this, "velero", {
      chart: velero,
      dependsOn: [password.release, ...role],
      declaration: configured(this.site.environment, "backups"),
      values: velero.values({
        clusterName: this.site.clusterName,
        peerClusterName: other.site.clusterName,
        ownRegion: { bucket: own.backups.bucketName, region: own.site.region.name },
        otherRegion: { bucket: other.backups.bucketName, region: other.site.region.name },
        namespaces: this.props.applications,
        schedule: backups.schedule,
        ...(backups.recoverySchedule === undefined ? {} : { recoverySchedule: backups.recoverySchedule }),
        retentionDays: backups.retentionDays,
      }),
    });
  }

  private addNamespace(
    name: string,
    podSecurity: "restricted" | "baseline" | "privileged",
    webhookPorts: readonly number[],
    further: Pick<SystemTrafficProps, "withinPorts" | "storePorts"> = {},
  ): GuardedNamespace {
    const ownership = platformOwnership(this.site);
    const namespace = new GuardedNamespace(this, `namespace-${name}`, {
      name,
      ownership,
      podSecurity,
      declaration: configured(this.site.environment, ""),
    });
    const traffic = new SystemTraffic(this, `traffic-${name}`, {
      namespace: namespace.name,
      ownership,
      webhookPorts,
      ...further,
      networkCidr: this.site.region.cidr,
      dependsOn: namespace.guards,
    });
    namespace.guards.push(traffic.policy);
    return namespace;
  }

  private addRole(
    id: string,
    accounts: readonly AwsServiceAccount[],
    statements: readonly IamStatement[],
  ): ITerraformDependable[] {
    const { environment } = this.site;
    return accounts.flatMap(
      (account) =>
        new WorkloadRole(this, `${id}-${account.name}`, {
          name: `${this.site.prefix}-${account.name}`.slice(0, 64),
          clusterName: this.props.access.name,
          clusterArn: this.props.cluster.cluster.resource.arn,
          accountId: environment.accountId,
          namespace: account.namespace,
          serviceAccount: account.name,
          statements,
          declaration: configured(environment, ""),
        }).ready,
    );
  }
}

/** The newest that the chart is chosen for stands in for a version it is not: the policy on version skew then decides. */
function autoscalerMinor(version: string): KubernetesMinor {
  const minors = clusterAutoscaler.kubernetesMinors ?? [];
  return minors.find((minor) => minor === version) ?? "1.36";
}
