import { Ec2DefaultCreditSpecification } from "@cdktf/provider-aws/lib/ec2-default-credit-specification";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { Construct } from "constructs";
import { instanceTypes } from "../catalog/instance-types";
import { nodeType } from "../catalog/nodes/node-types";
import { isEmulated, type Pool } from "../config/environment";
import { ClusterAddOns } from "../constructs/aws/cluster/cluster-add-ons";
import { EncryptionKey } from "../constructs/aws/encryption-key";
import { KubernetesCluster } from "../constructs/aws/cluster/kubernetes-cluster";
import type { KubeletSettings } from "../constructs/aws/cluster/node-config";
import { NodePool } from "../constructs/aws/cluster/node-pool";
import { ownershipTags, PlatformStack } from "../constructs/aws/platform-stack";
import type { ClusterAccess } from "../constructs/kubernetes/kubernetes-stack";
import {
  addressMaxPods,
  allocatableOf,
  bestMaxPods,
  recommendedMaxPodsCap,
  kubeReservedCpuMillis,
  kubeReservedMemoryMiB,
  podDiskMiB,
} from "../models/capacity";
import { daemonPods, platformPods } from "../catalog/charts/add-ons";
import type { Application } from "../config/application/schema";
import { demandOf, type PodDemand } from "./expected-pods";
import type { NetworkStack } from "./network";
import { configured, describedBy, type Site } from "../config/site";

/** Size that a pool is set up for while no application asks for it. */
const typicalPod: PodDemand = { cpuMillis: 100, memoryMiB: 256, count: 1 };
const nodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"];

/** EKS control plane of one region, its node pools and its add-ons. */
export class ClusterStack extends PlatformStack {
  readonly cluster: KubernetesCluster;

  /** How Kubernetes stacks of the region reach the cluster. */
  get access(): ClusterAccess {
    const { name, endpoint, certificateAuthority } = this.cluster.resource;
    return { name, endpoint, certificateAuthority: certificateAuthority.get(0).data };
  }

  /** Group that EKS puts on every managed node. */
  get nodeSecurityGroupId(): string {
    return this.cluster.resource.vpcConfig.clusterSecurityGroupId;
  }

  constructor(scope: Construct, site: Site, network: NetworkStack, applications: readonly Application[]) {
    const { environment, region, role } = site;
    super(scope, `cluster-${region.name}`, { environment, layer: "cluster", region: region.name, role });
    const key = new EncryptionKey(this, "key", {
      name: `${site.prefix}-kubernetes`,
      description: `Kubernetes secrets and control-plane logs of ${site.clusterName}`,
      environment,
      servicePrincipals: [`logs.${region.name}.amazonaws.com`],
    });
    this.cluster = new KubernetesCluster(this, "kubernetes", {
      name: site.clusterName,
      version: environment.kubernetesVersion,
      subnetIds: network.network.privateSubnets.map((subnet) => subnet.id),
      apiAccessCidrs: environment.apiAccessCidrs,
      adminRoleArn: environment.adminRoleArn,
      keyArn: key.arn,
      logRetentionDays: environment.logRetentionDays,
      protect: environment.protectData,
      declaration: configured(environment, "", configured(environment, `regions.${role}`)),
    });
    const addOns = new ClusterAddOns(this, "add-ons", {
      clusterName: this.cluster.resource.name,
      clusterArn: this.cluster.resource.arn,
      accountId: environment.accountId,
      namePrefix: site.prefix,
      kubernetesMinor: environment.kubernetesVersion,
      declaration: configured(environment, "kubernetesVersion"),
    });
    const nodeRole = this.addNodeRole(site);
    this.addCredits(site);
    const pools = Object.entries(region.pools).map(
      ([poolName, pool]) =>
        new NodePool(this, `pool-${poolName}`, {
          poolName,
          pool,
          clusterName: this.cluster.resource.name,
          kubernetesVersion: this.cluster.resource.version,
          nodeRoleArn: nodeRole.arn,
          subnets: network.network.privateSubnets,
          tags: ownershipTags(environment),
          kubelet: kubeletFor(pool, [...demandOf(applications, poolName), ...(pool.dedicated ? [] : platformPods())]),
          dependsOn: [...addOns.beforeNodes, ...nodeRole.permissions],
          declaration: describedBy(environment, `regions.${role}.pools.${poolName}`),
        }),
    );
    addOns.addAfterNodes(pools.flatMap((pool) => pool.groups));
  }

  /**
   * Standard credits for every burstable node of the account and region: with unlimited ones a busy node costs more than a
   * larger one. A launch template without an instance type cannot say it (hashicorp/aws sends no credit specification then).
   */
  private addCredits({ environment, region }: Site): void {
    if (isEmulated(environment)) return;
    for (const instanceFamily of burstableFamilies(Object.values(region.pools)))
      new Ec2DefaultCreditSpecification(this, `credits-${instanceFamily}`, { instanceFamily, cpuCredits: "standard" });
  }

  private addNodeRole(site: Site): { arn: string; permissions: IamRolePolicyAttachment[] } {
    const role = new IamRole(this, "node-role", {
      name: `${site.prefix}-node`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
      }),
    });
    const permissions = nodePolicies.map(
      (name) =>
        new IamRolePolicyAttachment(this, `node-role-${name}`, {
          role: role.name,
          policyArn: `arn:aws:iam::aws:policy/${name}`,
        }),
    );
    return { arn: role.arn, permissions };
  }
}

/** Slots beyond those that pods of mean size fill: pods do not spread by size, so some nodes meet more of the small ones. */
const slotsForUnevenPods = 1.25;

/**
 * Settings that fit every instance type of the pool: the smallest one decides.
 *
 * kube-reserved is kept for the number of pods with which the applications can use the most memory: room for one more
 * costs 11 MiB on every node, room for one fewer may leave memory that no pod can reach.
 */
function kubeletFor(pool: Pool, demand: readonly PodDemand[]): KubeletSettings {
  const types = [...pool.onDemand.instanceTypes, ...(pool.spot?.instanceTypes ?? [])].map(nodeType);
  const expected = demand.length > 0 ? demand : [typicalPod];
  const choices = types.map((type) => {
    const best = bestMaxPods(type, expected, daemonPods(), { prefixDelegation: true }).maxPods;
    const cap = recommendedMaxPodsCap(type.vcpu);
    return { type, cap, pods: Math.min(Math.ceil(best * slotsForUnevenPods), addressMaxPods(type, true), cap) };
  });
  const least = choices.reduce((found, next) => (next.pods < found.pods ? next : found));
  const { type, pods } = least;
  const rooms = types.map((one) => allocatableOf(one, { prefixDelegation: true, maxPods: pods }));
  return {
    maxPods: Math.min(...choices.map(({ cap }) => cap)),
    kubeReservedCpuMillis: kubeReservedCpuMillis(type.vcpu),
    kubeReservedMemoryMiB: kubeReservedMemoryMiB(pods),
    allocatable: {
      cpuMillis: Math.min(...rooms.map(({ cpuMillis }) => cpuMillis)),
      memoryMiB: Math.min(...rooms.map(({ memoryMiB }) => memoryMiB)),
      ephemeralStorageMiB: podDiskMiB(pool.diskGiB),
    },
  };
}

/** Burstable families of the region's pools. */
const burstableFamilies = (pools: readonly Pool[]): string[] =>
  [
    ...new Set(
      pools
        .flatMap(({ onDemand, spot }) => [...onDemand.instanceTypes, ...(spot?.instanceTypes ?? [])])
        .filter((type) => instanceTypes().get(type)?.burstable === true)
        .map((type) => type.replace(/\..*$/, "")),
    ),
  ].sort();
