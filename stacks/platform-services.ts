import { StorageClassV1 } from "@cdktf/provider-kubernetes/lib/storage-class-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type CatalogedChart, type PlatformFacts, platformCharts } from "../catalog/charts";
import { repositoryPasswordSecret } from "../catalog/charts/velero/access";
import type { ChartTraffic } from "../catalog/charts/model/definition";
import { acceptsWrites, configured, type Site } from "../config/site";
import { ingressTlsPolicy } from "../constructs/aws/network/ingress-load-balancer";
import { WorkloadRole } from "../constructs/aws/cluster/workload-role";
import { PromotionRights } from "../constructs/kubernetes/access/promotion-rights";
import { ChartBudgets } from "../constructs/kubernetes/chart-budgets";
import { ChartRelease } from "../constructs/kubernetes/chart-release";
import { inChart, valuesOf } from "../constructs/kubernetes/chart-source";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import type { Ownership } from "../constructs/kubernetes/labels";
import { Manifests } from "../constructs/kubernetes/manifests";
import { RestoreScratch } from "../constructs/kubernetes/access/restore-scratch";
import { RestartRights } from "../constructs/kubernetes/access/restart-rights";
import { SystemTraffic } from "../constructs/kubernetes/access/system-traffic";
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
  /** Those of them that have secrets: RestartRights lets Reloader into no other. */
  readonly restarted: readonly string[];
  /** Whether a component of them scales by the length of a queue. */
  readonly scalesByQueue: boolean;
}

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
    "DR-15",
    "DR-16",
    "DR-26",
    "AV-12",
    "SC-10",
    "SC-11",
    "SC-15",
  ] as const;

  /** Releases of what charts bring beside themselves, the secret store among them. */
  private readonly stores: ITerraformDependable[] = [];
  /** What has to be there before anything else in a namespace of a chart. */
  private readonly guards = new Map<string, ITerraformDependable[]>();

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly props: ServicesStackProps,
  ) {
    super(scope, `platform-${site.region.name}`, site, "platform", props.access);
    this.addStorage();
    const facts = platformFacts(site, props);
    for (const chart of platformCharts) this.addChart(chart, facts);
    this.addRestoreScratch();
    if (!acceptsWrites(site)) new PromotionRights(this, "promotion-rights", { ownership: platformOwnership(site) });
  }

  private addRestoreScratch(): void {
    const { namespace } = repositoryPasswordSecret;
    const guards = this.guards.get(namespace);
    if (guards === undefined || this.props.applications.length === 0) return;
    new RestoreScratch(this, "restore-scratch", {
      ownership: platformOwnership(this.site),
      namespaces: this.props.applications,
      velero: { namespace, guards },
      declaration: configured(this.site.environment, "backups"),
    });
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

  /** Namespace and traffic, what the release needs, the release itself, and objects of the kinds that it brings. */
  private addChart(chart: CatalogedChart, facts: PlatformFacts): void {
    const { installation } = chart;
    if (installation === undefined || installation.wanted?.(facts) === false) return;
    const namespace = installation.traffic === undefined ? undefined : this.addNamespace(chart, installation.traffic);
    const guards = namespace?.guards ?? [];
    const before = installation.before?.(facts);
    const earlier =
      before === undefined
        ? guards
        : [
            new Manifests(this, before.name, {
              name: before.name,
              namespace: chart.namespace,
              dependsOn: [...this.stores, ...guards],
              manifests: before.objects,
              declaration: inChart(chart, "installation.before"),
            }).release,
          ];
    const dependsOn = [
      ...earlier,
      ...this.addRoles(chart, installation, facts),
      ...(installation.restartsWorkloads && namespace ? [this.addRestartRights(namespace)] : []),
    ];
    const { release } = new ChartRelease(this, installation.id ?? chart.key, {
      chart,
      values: installation.values(facts),
      ...(dependsOn.length === 0 ? {} : { dependsOn }),
      ...(installation.configuredBy === undefined
        ? {}
        : { declaration: configured(this.site.environment, installation.configuredBy, valuesOf(chart)) }),
    });
    new ChartBudgets(this, { chart, dependsOn: [release] });
    const after = installation.after?.(facts);
    if (after === undefined) return;
    this.stores.push(
      new Manifests(this, after.name, {
        name: after.name,
        namespace: chart.namespace,
        dependsOn: [release],
        manifests: after.objects,
        declaration: inChart(chart, "installation.after"),
      }).release,
    );
  }

  private addRestartRights({ name, guards }: GuardedNamespace): ITerraformDependable {
    return new RestartRights(this, "restart-rights", {
      namespace: name,
      ownership: platformOwnership(this.site),
      of: "own",
      dependsOn: guards,
    }).binding;
  }

  private addNamespace(chart: CatalogedChart, traffic: ChartTraffic): GuardedNamespace {
    const { namespace: namespaceName, podSecurity } = chart;
    const ownership = platformOwnership(this.site);
    const namespace = new GuardedNamespace(this, `namespace-${namespaceName}`, {
      name: namespaceName,
      ownership,
      podSecurity,
      declaration: inChart(chart, "podSecurity"),
    });
    const { policy } = new SystemTraffic(this, `traffic-${namespaceName}`, {
      namespace: namespace.name,
      ownership,
      webhookPorts: [],
      ...traffic,
      networkCidr: this.site.region.cidr,
      dependsOn: namespace.guards,
      declaration: inChart(chart, "installation.traffic"),
    });
    namespace.guards.push(policy);
    this.guards.set(namespaceName, namespace.guards);
    return namespace;
  }

  private addRoles(
    chart: CatalogedChart,
    { purpose, permissions }: NonNullable<CatalogedChart["installation"]>,
    facts: PlatformFacts,
  ): ITerraformDependable[] {
    const { environment } = this.site;
    return chart.awsServiceAccounts.flatMap(
      (account) =>
        new WorkloadRole(this, `${purpose}-${account.name}`, {
          name: `${this.site.prefix}-${account.name}`.slice(0, 64),
          clusterName: this.props.access.name,
          clusterArn: this.props.cluster.cluster.resource.arn,
          accountId: environment.accountId,
          namespace: account.namespace,
          serviceAccount: account.name,
          statements: permissions?.(facts) ?? [],
          declaration: inChart(chart, "installation.permissions"),
        }).ready,
    );
  }
}

function platformFacts(
  site: Site,
  { network, data, applications, restarted, scalesByQueue }: ServicesStackProps,
): PlatformFacts {
  const { environment, region } = site;
  const backups = ({ backups: bucket, key, site: of }: DataStack) => ({
    bucket: bucket.bucketName,
    bucketArn: bucket.arn,
    keyArn: key.arn,
    region: of.region.name,
  });
  return {
    organisation: environment.organisation,
    environment: environment.name,
    accountId: environment.accountId,
    region: region.name,
    clusterName: site.clusterName,
    peerClusterName: data.other.site.clusterName,
    kubernetesVersion: environment.kubernetesVersion,
    vpcId: network.network.vpcId,
    tlsPolicy: ingressTlsPolicy,
    secretStore: SECRET_STORE,
    applications,
    restarted,
    scalesByQueue,
    backups: {
      ownRegion: backups(data.own),
      otherRegion: backups(data.other),
      schedule: environment.backups.schedule,
      ...(environment.backups.recoverySchedule === undefined
        ? {}
        : { recoverySchedule: environment.backups.recoverySchedule }),
      retentionDays: environment.backups.retentionDays,
    },
    secretName: (owner, key) => secretName(site, owner, key),
  };
}
