import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { HorizontalPodAutoscalerV2, type HorizontalPodAutoscalerV2SpecMetric } from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Component } from "../../config/application/schema";
import { type Declaration, Guarded } from "../guarded";
import { type Ownership, ownershipLabels, selectorLabels } from "./labels";
import { drainSecondsOf, podTemplate } from "./pod-template";
import { bootSecondsOf } from "./probes";
import { restartedBy, restartIgnored } from "./restart-rights";
import { TrafficRules } from "./traffic-rules";

export interface WorkloadProps {
  readonly name: string;
  readonly component: Component;
  readonly namespace: string;
  readonly ownership: Ownership;
  /** Image by digest, with its registry. */
  readonly image: string;
  /** Kubernetes Secret with the component's secrets. */
  readonly secretName?: string;
  /** Networks of the load balancer, when it sends requests to this component. */
  readonly loadBalancerCidrs?: readonly string[];
  /** Network of the region, where databases and caches are. */
  readonly networkCidr: string;
  /** Port of each service of the application, by component. */
  readonly servicePorts: Readonly<Record<string, number>>;
  readonly dependsOn: ITerraformDependable[];
  readonly declaration: Declaration;
}

/** One component of an application: Deployment, service account, Service, autoscaler, disruption budget, traffic rules. */
export class Workload extends Guarded {
  static readonly guardedBy = [
    "WL-01", "WL-02", "WL-03", "WL-04", "WL-05", "WL-06", "WL-07", "WL-08", "AV-01", "AV-02", "AV-03", "AV-05", "AV-07", "AV-08",
    "SC-06", "SC-07", "SC-08", "SC-13", "SC-15", "SU-01", "SU-02", "NW-02", "NW-03", "NW-04", "NW-06", "DE-04", "CP-08", "CP-11", "CP-15", "CP-16", "CP-17",
  ] as const;

  readonly deployment: DeploymentV1;
  private readonly labels: Record<string, string>;
  private readonly selector: Record<string, string>;

  constructor(scope: Construct, id: string, private readonly props: WorkloadProps) {
    super(scope, id, props.declaration);
    this.selector = selectorLabels(props.ownership.application, props.name);
    this.labels = { ...this.selector, ...ownershipLabels(props.ownership) };
    const account = new ServiceAccountV1(this, "service-account", {
      metadata: { ...this.metadata(), name: `${props.ownership.application}-${props.name}` }, automountServiceAccountToken: false,
      dependsOn: props.dependsOn,
    });
    const rules = new TrafficRules(this, "traffic", { ...props, labels: this.labels, selector: this.selector, application: props.ownership.application });
    this.deployment = this.addDeployment(account.metadata.name, rules.policies);
    if (props.component.kind === "service") this.addService(props.component.port);
    if (props.component.scale) this.addAutoscaler(props.component.scale);
    new PodDisruptionBudgetV1(this, "disruption-budget", {
      metadata: this.metadata(),
      spec: { minAvailable: String(props.component.keepAvailable), selector: { matchLabels: this.selector } },
      dependsOn: props.dependsOn,
    });
  }

  private metadata(): { name: string; namespace: string; labels: Record<string, string> } {
    return { name: this.props.name, namespace: this.props.namespace, labels: this.labels };
  }

  private addDeployment(serviceAccount: string, rules: ITerraformDependable[]): DeploymentV1 {
    const { component, ownership, image, secretName, dependsOn } = this.props;
    const facts = { bootSeconds: bootSecondsOf(component), drainSeconds: drainSecondsOf(component), talksTo: component.talksTo ?? [], ...(component.throughput ? { throughput: component.throughput } : {}) };
    const ignored = [...(component.scale ? ["spec[0].replicas"] : []), ...restartIgnored(secretName)];
    const replicas = component.scale ? component.scale.min : component.replicas ?? 1;
    return new DeploymentV1(this, "deployment", {
      metadata: { ...this.metadata(), annotations: { "plimsoll.dev/component": JSON.stringify(facts), ...restartedBy(secretName) } },
      spec: {
        // With an autoscaler the count is its own: the number here is the first one only.
        replicas: String(replicas),
        revisionHistoryLimit: 5,
        minReadySeconds: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: ownership.tier === 1 ? "0" : "25%" } },
        selector: { matchLabels: this.selector },
        template: podTemplate({
          component, tier: ownership.tier, image, labels: this.labels, selector: this.selector, serviceAccount,
          annotations: secretName === undefined ? {} : { "plimsoll.dev/secrets": secretName },
          ...(secretName === undefined ? {} : { secretName }),
        }),
      },
      waitForRollout: true,
      timeouts: { create: "15m", update: "15m" },
      ...(ignored.length > 0 ? { lifecycle: { ignoreChanges: ignored } } : {}),
      dependsOn: [...dependsOn, ...rules],
    });
  }

  private addService(port: number): void {
    new ServiceV1(this, "service", {
      metadata: this.metadata(),
      spec: { type: "ClusterIP", selector: this.selector, port: [{ name: "http", port, targetPort: "http", protocol: "TCP" }] },
      dependsOn: this.props.dependsOn,
    });
  }

  private addAutoscaler(scale: NonNullable<Component["scale"]>): void {
    const metric = (name: "cpu" | "memory", percent: number | undefined): HorizontalPodAutoscalerV2SpecMetric[] =>
      percent === undefined ? [] : [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: percent } } }];
    new HorizontalPodAutoscalerV2(this, "autoscaler", {
      metadata: this.metadata(),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: this.deployment.metadata.name },
        minReplicas: scale.min, maxReplicas: scale.max,
        metric: [...metric("cpu", scale.cpuPercent), ...metric("memory", scale.memoryPercent)],
        behavior: {
          scaleUp: [{
            stabilizationWindowSeconds: scale.upWindowSeconds ?? 0, selectPolicy: "Max",
            policy: [{ type: "Percent", value: 100, periodSeconds: 60 }, { type: "Pods", value: 4, periodSeconds: 60 }],
          }],
          scaleDown: [{
            stabilizationWindowSeconds: scale.downWindowSeconds ?? 300, selectPolicy: "Min",
            policy: [{ type: "Percent", value: 50, periodSeconds: 60 }],
          }],
        },
      },
    });
  }
}
