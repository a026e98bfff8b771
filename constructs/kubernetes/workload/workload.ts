import { annotation } from "../../../contract";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { callsKubernetes, mainPortOf } from "../../../config/application/parts/component";
import type { Component } from "../../../config/application/schema";
import type { Scale } from "../../../config/application/parts/scaling";
import { type Declaration, Guarded } from "../../guarded";
import { Autoscaler, type AutoscalerProps } from "./autoscaler";
import type { ContainerProps } from "./container";
import { electionArgs, KubernetesRights } from "../access/kubernetes-rights";
import { type Ownership, ownershipLabels, selectorLabels } from "../labels";
import { componentFacts, type ComponentFactsProps } from "./component-facts";
import { deployment, statefulSet } from "./pod-controller";
import { podTemplate } from "./pod-template";
import { restartedBy, restartIgnored } from "../access/restart-rights";
import { ScaledObject, type ScaledObjectProps } from "./scaled-object";
import { TrafficRules } from "../access/traffic-rules";
import { PAUSED_REPLICAS, REPLICAS_AS_WRITER, runsAsWriterOnly, writerOnlyLabels } from "./writer-switch";

export interface WorkloadProps extends ContainerProps, ComponentFactsProps {
  readonly name: string;
  readonly part: Component;
  readonly namespace: string;
  readonly ownership: Ownership;
  /** Where the connection of the cache `scale.queue.redis` is read from. */
  readonly queueConnection?: Pick<ScaledObjectProps, "connectionSecret" | "address" | "secretStore">;
  /** Whether the region's stores accept writes; elsewhere what writes waits for the promotion: see writer-switch.ts. */
  readonly acceptsWrites: boolean;
  /** Annotations of the pods: what they must be started again for. */
  readonly revision?: Record<string, string>;
  /** Networks of the load balancer, when it sends requests to this component. */
  readonly loadBalancerCidrs?: readonly string[];
  /** Network of the region, where databases and caches are. */
  readonly networkCidr: string;
  /** Port of each service of the application, by component. */
  readonly servicePorts: Readonly<Record<string, number>>;
  readonly callers: readonly string[];
  readonly dependsOn: ITerraformDependable[];
  readonly declaration: Declaration;
}

/** Service account of a component, and name of the role and lease that belong to it. */
export const serviceAccountName = (application: string, component: string): string => `${application}-${component}`;

/**
 * One component of an application: Deployment, or StatefulSet where its pods keep volumes; service account and rights,
 * Service, autoscaler, traffic rules. Its disruption budget is in the release of the application's budgets.
 */
export class Workload extends Guarded {
  static readonly guardedBy = [
    "DE-09",
    "WL-01",
    "WL-02",
    "WL-03",
    "WL-04",
    "WL-05",
    "WL-06",
    "WL-07",
    "WL-08",
    "WL-11",
    "WL-15",
    "AV-01",
    "AV-05",
    "AV-10",
    "AV-14",
    "SC-06",
    "SC-07",
    "SC-08",
    "SC-13",
    "SC-15",
    "SU-01",
    "SU-02",
    "NW-02",
    "NW-03",
    "NW-04",
    "NW-06",
    "NW-13",
    "DE-04",
    "MR-20",
    "CP-11",
    "CP-15",
    "CP-18",
  ] as const;

  private readonly labels: Record<string, string>;
  private readonly selector: Record<string, string>;
  private readonly account: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: WorkloadProps,
  ) {
    super(scope, id, props.declaration);
    const { part, ownership, namespace, dependsOn } = props;
    this.selector = selectorLabels(ownership.application, props.name);
    this.labels = { ...this.selector, ...ownershipLabels(ownership) };
    const account = new ServiceAccountV1(this, "service-account", {
      metadata: { ...this.metadata(), name: serviceAccountName(ownership.application, props.name) },
      automountServiceAccountToken: false,
      dependsOn,
    });
    this.account = account.metadata.name;
    const rules = new TrafficRules(this, "traffic", {
      ...props,
      labels: this.labels,
      selector: this.selector,
      application: ownership.application,
    });
    const rights = callsKubernetes(part)
      ? new KubernetesRights(this, "rights", {
          serviceAccount: serviceAccountName(ownership.application, props.name),
          namespace,
          labels: this.labels,
          component: part,
          dependsOn: [...dependsOn, account],
        }).bindings
      : [];
    const kind = this.addPods([...dependsOn, ...rules.policies, ...rights]);
    if (part.kind === "service") this.addService(part.port, mainPortOf(part));
    else if (part.volumes) this.addGoverningService();
    if (part.scale) this.addAutoscaler(part.scale, { kind, name: props.name });
  }

  private addAutoscaler(scale: Scale, target: AutoscalerProps["target"]): void {
    const { queue } = scale;
    const { queueConnection, dependsOn } = this.props;
    const common = { metadata: this.metadata(), target, dependsOn };
    if (queue && queueConnection)
      new ScaledObject(this, "autoscaler", {
        ...common,
        scale: { ...scale, queue },
        ...queueConnection,
        objectLabels: writerOnlyLabels(this.props.part),
        ...(this.waitsForPromotion ? { annotations: { [PAUSED_REPLICAS]: "0" } } : {}),
      });
    else new Autoscaler(this, "autoscaler", { ...common, scale });
  }

  private get waitsForPromotion(): boolean {
    return runsAsWriterOnly(this.props.part) && !this.props.acceptsWrites;
  }

  private metadata(): { name: string; namespace: string; labels: Record<string, string> } {
    return { name: this.props.name, namespace: this.props.namespace, labels: this.labels };
  }

  private addPods(dependsOn: ITerraformDependable[]): "Deployment" | "StatefulSet" {
    const { part, secretName, ownership } = this.props;
    const stopped = this.waitsForPromotion;
    const replicas = String(part.scale ? part.scale.min : (part.replicas ?? 1));
    const { labels, ...named } = this.metadata();
    const common = {
      metadata: {
        ...named,
        labels: { ...labels, ...writerOnlyLabels(part) },
        annotations: {
          [annotation.component]: JSON.stringify(componentFacts(this.props)),
          ...restartedBy(secretName),
          ...(stopped ? { [REPLICAS_AS_WRITER]: replicas } : {}),
        },
      },
      // With an autoscaler the count is its own: the number here is the first one only.
      replicas: stopped ? "0" : replicas,
      selector: this.selector,
      template: this.template(),
      ignoreChanges: [...(part.scale || stopped ? ["spec[0].replicas"] : []), ...restartIgnored(secretName)],
      dependsOn,
    };
    if (part.volumes) statefulSet(this, { ...common, volumes: part.volumes, volumeLabels: this.labels });
    else deployment(this, { ...common, tier: ownership.tier });
    return part.volumes ? "StatefulSet" : "Deployment";
  }

  private template() {
    const { part, ownership, namespace, secretName, revision } = this.props;
    return podTemplate({
      ...this.props,
      tier: ownership.tier,
      labels: this.labels,
      selector: this.selector,
      serviceAccount: this.account,
      annotations: { ...(secretName === undefined ? {} : { [annotation.secrets]: secretName }), ...revision },
      ...(part.kind === "controller"
        ? {
            electionArgs: electionArgs(
              part.leaderElection,
              namespace,
              serviceAccountName(ownership.application, this.props.name),
            ),
          }
        : {}),
    });
  }

  private addService(port: number, name: string): void {
    new ServiceV1(this, "service", {
      metadata: this.metadata(),
      spec: { type: "ClusterIP", selector: this.selector, port: [{ name, port, targetPort: name, protocol: "TCP" }] },
      dependsOn: this.props.dependsOn,
    });
  }

  /** A StatefulSet names a Service that must be there. Nothing calls the component: names in DNS, no address and no port. */
  private addGoverningService(): void {
    new ServiceV1(this, "service", {
      metadata: this.metadata(),
      spec: { type: "ClusterIP", clusterIp: "None", selector: this.selector },
      dependsOn: this.props.dependsOn,
    });
  }
}
