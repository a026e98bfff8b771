import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { declaredIn, type ImageLock, type LoadedApplication } from "../config/application/load";
import type { Component } from "../config/application/schema";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import { type Ownership, ownershipLabels, selectorLabels } from "../constructs/kubernetes/labels";
import { type Manifest, Manifests } from "../constructs/kubernetes/manifests";
import { PRE_STOP_SECONDS } from "../constructs/kubernetes/pod-template";
import { RestartRights } from "../constructs/kubernetes/restart-rights";
import { Workload } from "../constructs/kubernetes/workload";
import { memoryMiB } from "../models/quantity";
import { secretName } from "./data";
import { podDemand, podsAtMaximum } from "./expected-pods";
import type { Site } from "../config/site";

export interface ApplicationStackProps {
  readonly access: ClusterAccess;
  readonly vpcId: string;
  /** Security group of the nodes, whose pods the load balancer reaches. */
  readonly nodeSecurityGroupId: string;
  readonly loadBalancer: { readonly listenerArn: string; readonly securityGroupId: string; readonly cidrs: readonly string[]; readonly rulePriority: number };
  readonly images: ImageLock;
}

/** One application in one region. */
export class ApplicationStack extends KubernetesStack {
  private readonly ownership: Ownership;
  private readonly namespace: GuardedNamespace;
  private readonly secretsRelease: Map<string, ITerraformDependable> = new Map();

  constructor(scope: Construct, private readonly site: Site, private readonly loaded: LoadedApplication, private readonly props: ApplicationStackProps) {
    const { application } = loaded;
    super(scope, `${application.name}-${site.region.name}`, site, "application", props.access, application.name);
    this.ownership = { application: application.name, owner: application.owner, tier: application.tier, costCentre: site.environment.costCentre };
    this.namespace = this.addNamespace();
    if (application.secrets)
      new RestartRights(this, "restart-rights", { namespace: this.namespace.name, ownership: this.ownership, dependsOn: this.namespace.guards, declaration: declaredIn(loaded, "secrets") });
    for (const [name, component] of Object.entries(application.components)) this.addComponent(name, component);
    if (application.entry) this.addEntry(application.entry.component, application.entry.healthPath);
    this.addMonitors();
  }

  private addNamespace(): GuardedNamespace {
    const { application } = this.loaded;
    const components = Object.values(application.components);
    const total = (read: (component: Component) => number) => Math.ceil(components.reduce((sum, component) => sum + podsAtMaximum(component) * read(component), 0));
    return new GuardedNamespace(this, "namespace", {
      name: application.name, ownership: this.ownership, declaration: declaredIn(this.loaded, ""),
      annotations: { "plimsoll.dev/objectives": JSON.stringify({ tier: application.tier, ...application.objectives }) },
      quota: {
        cpuMillis: total((component) => podDemand(component, 1).cpuMillis),
        memoryMiB: total((component) => podDemand(component, 1).memoryMiB),
        memoryLimitMiB: total((component) => memoryMiB(component.limits.memory) ?? 0),
        pods: total(() => 1),
      },
    });
  }

  private addComponent(name: string, component: Component): void {
    const { application } = this.loaded;
    const { environment, region } = this.site;
    const [repository] = component.image.split(":");
    const registry = `${environment.accountId}.dkr.ecr.${region.name}.amazonaws.com/${environment.organisation}`;
    const secrets = component.secrets?.length ? this.addSecrets(name, component.secrets) : undefined;
    new Workload(this, name, {
      name, component, namespace: this.namespace.name, ownership: this.ownership,
      image: `${registry}/${repository}@${this.props.images[component.image]?.digest}`,
      servicePorts: Object.fromEntries(Object.entries(application.components).flatMap(([id, other]) => (other.kind === "service" ? [[id, other.port]] : []))),
      networkCidr: region.cidr,
      ...(application.entry?.component === name ? { loadBalancerCidrs: this.props.loadBalancer.cidrs } : {}),
      ...(secrets ? { secretName: `${name}-secrets` } : {}),
      dependsOn: [...this.namespace.guards, ...(secrets ? [secrets] : [])],
      declaration: declaredIn(this.loaded, `components.${name}`),
    });
  }

  /** The component's secrets, copied from Secrets Manager by external-secrets. */
  private addSecrets(name: string, keys: readonly string[]): ITerraformDependable {
    const manifest: Manifest = {
      apiVersion: "external-secrets.io/v1", kind: "ExternalSecret",
      metadata: this.metadata(`${name}-secrets`, name),
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "ClusterSecretStore", name: "secrets-manager" },
        target: { name: `${name}-secrets`, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data: keys.map((key) => ({ secretKey: key, remoteRef: { key: secretName(this.site, this.loaded.application.name, key) } })),
      },
    };
    const release = this.addManifests(`${name}-secrets`, [manifest], `components.${name}.secrets`);
    this.secretsRelease.set(name, release);
    return release;
  }

  /** The way from the region's load balancer to the pods of the entry component. */
  private addEntry(name: string, healthPath: string): void {
    const { application } = this.loaded;
    const { environment, region } = this.site;
    const component = application.components[name];
    if (component?.kind !== "service") return;
    const { loadBalancer } = this.props;
    const group = new LbTargetGroup(this, "target-group", {
      name: `${application.name}-${this.site.role === "primary" ? "p" : "s"}`, vpcId: this.props.vpcId, targetType: "ip", port: component.port, protocol: "HTTP",
      deregistrationDelay: String(PRE_STOP_SECONDS),
      healthCheck: { enabled: true, path: healthPath, protocol: "HTTP", port: "traffic-port", matcher: "200", interval: 10, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 2 },
    });
    new LbListenerRule(this, "listener-rule", {
      listenerArn: loadBalancer.listenerArn, priority: loadBalancer.rulePriority,
      condition: [{ hostHeader: { values: [`${application.name}.${environment.domain}`, `${application.name}.${region.name}.${environment.domain}`] } }],
      action: [{ type: "forward", targetGroupArn: group.arn }],
    });
    new VpcSecurityGroupIngressRule(this, "from-load-balancer", {
      securityGroupId: this.props.nodeSecurityGroupId, referencedSecurityGroupId: loadBalancer.securityGroupId,
      ipProtocol: "tcp", fromPort: component.port, toPort: component.port, description: `Load balancer to ${application.name} ${name}`,
    });
    this.addManifests("entry", [{
      apiVersion: "elbv2.k8s.aws/v1beta1", kind: "TargetGroupBinding", metadata: this.metadata(name, name),
      spec: { targetGroupARN: group.arn, targetType: "ip", serviceRef: { name, port: component.port } },
    }], "entry");
  }

  private addMonitors(): void {
    const { application } = this.loaded;
    const manifests = Object.entries(application.components).map(([name, component]): Manifest => {
      const service = component.kind === "service";
      return {
        apiVersion: "monitoring.coreos.com/v1", kind: service && component.metricsPort === undefined ? "ServiceMonitor" : "PodMonitor",
        metadata: this.metadata(name, name),
        spec: {
          selector: { matchLabels: selectorLabels(application.name, name) },
          [service && component.metricsPort === undefined ? "endpoints" : "podMetricsEndpoints"]:
            [{ port: service && component.metricsPort === undefined ? "http" : "metrics", path: "/metrics", interval: "30s" }],
        },
      };
    });
    this.addManifests("monitors", manifests, "components");
  }

  private addManifests(id: string, manifests: readonly Manifest[], path: string): ITerraformDependable {
    return new Manifests(this, id, {
      name: `${this.loaded.application.name}-${id}`.slice(0, 53), namespace: this.namespace.name, manifests,
      dependsOn: this.namespace.guards, declaration: declaredIn(this.loaded, path),
    }).release;
  }

  private metadata(name: string, component: string): Manifest["metadata"] {
    const { application } = this.loaded;
    return { name, namespace: application.name, labels: { ...selectorLabels(application.name, component), ...ownershipLabels(this.ownership) } };
  }
}
