import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { declaredIn, type LoadedApplication } from "../../config/application/load";
import type { Application } from "../../config/application/schema";
import type { Site } from "../../config/site";
import type { EntryTargets } from "../../constructs/aws/network/entry-alarms";
import { RestartRights } from "../../constructs/kubernetes/access/restart-rights";
import { customResourceDefinition } from "../../constructs/kubernetes/custom-resource-definition";
import { GuardedNamespace } from "../../constructs/kubernetes/guarded-namespace";
import { KubernetesStack } from "../../constructs/kubernetes/kubernetes-stack";
import { type Ownership, ownershipLabels, selectorLabels } from "../../constructs/kubernetes/labels";
import { type Manifest, Manifests } from "../../constructs/kubernetes/manifests";
import { disruptionBudget } from "../../constructs/kubernetes/workload/disruption-budget";
import { applicationRuleGroups, probeManifests, prometheusRule } from "../alerting/rules";
import { quotaOf } from "../expected-pods";
import type { Around } from "./around";
import { addComponent } from "./components";
import { routesOf, rulesOf, targetGroupOf } from "./entry";
import { addJobs } from "./jobs";
import { monitorsOf } from "./monitors";
import { namespaceAnnotations } from "./namespace-annotations";
import type { ApplicationStackProps } from "./props";
import { ApplicationSecrets } from "./secrets";
import { FLAGS } from "./surroundings";

/** One application in one region. */
export class ApplicationStack extends KubernetesStack {
  static override readonly guardedBy = ["AV-02", "AV-03", "AV-18"] as const;

  /** Targets behind the load balancer. */
  readonly entries: EntryTargets[] = [];
  private readonly application: Application;
  private readonly ownership: Ownership;
  private readonly namespace: GuardedNamespace;
  /** What every pod of the application waits for. */
  private readonly ready: ITerraformDependable[];

  constructor(
    scope: Construct,
    private readonly site: Site,
    private readonly loaded: LoadedApplication,
    private readonly props: ApplicationStackProps,
  ) {
    super(
      scope,
      `${loaded.application.name}-${site.region.name}`,
      site,
      "application",
      props.access,
      loaded.application.name,
    );
    const { application } = loaded;
    this.application = application;
    this.ownership = {
      application: application.name,
      owner: application.owner,
      tier: application.tier,
      costCentre: site.environment.costCentre,
    };
    this.namespace = this.addNamespace();
    this.ready = [...this.namespace.guards, ...this.addFlags(), ...this.addDefinitions()];
    if (application.secrets)
      new RestartRights(this, "restart-rights", {
        namespace: application.name,
        ownership: this.ownership,
        dependsOn: this.namespace.guards,
        declaration: declaredIn(loaded, "secrets"),
      });
    const around = this.around();
    const gates = addJobs(this, around);
    this.addBudgets();
    for (const [name, component] of Object.entries(application.components))
      addComponent(this, around, name, component, gates);
    this.addEntry();
    const monitors = monitorsOf(application, (name, component) => this.metadata(name, component));
    if (monitors.length > 0) this.addManifests("monitors", monitors, "components");
    this.addObjectives();
  }

  /** Rules of objectives and alerts, and the probes that some of them read. */
  private addObjectives(): void {
    const rules = applicationRuleGroups(this.application, this.site.environment);
    this.addManifests("alerts", [prometheusRule(this.metadata("alerts", "alerts"), rules)], "objectives");
    const probes = probeManifests(this.site, this.application, (name) => this.metadata(name, "probes"));
    if (probes.length > 0) this.addManifests("probes", probes, "entry");
  }

  private addNamespace(): GuardedNamespace {
    const { name } = this.application;
    return new GuardedNamespace(this, "namespace", {
      name,
      ownership: this.ownership,
      declaration: declaredIn(this.loaded, ""),
      annotations: namespaceAnnotations(this.application, this.props.images),
      quota: quotaOf(this.application),
      behindLoadBalancer: this.application.entry !== undefined,
    });
  }

  private addFlags(): ITerraformDependable[] {
    const { flags, name } = this.application;
    if (!flags) return [];
    const data = Object.fromEntries(Object.entries(flags).map(([flag, on]) => [flag, String(on)]));
    return [
      new ConfigMapV1(this, "flags", {
        metadata: { name: FLAGS, namespace: name, labels: ownershipLabels(this.ownership) },
        data,
        dependsOn: this.namespace.guards,
      }),
    ];
  }

  /** Kinds of the application, before any pod that watches them. */
  private addDefinitions(): ITerraformDependable[] {
    const kinds = Object.entries(this.application.customResources ?? {});
    if (kinds.length === 0) return [];
    return [
      this.addManifests(
        "definitions",
        kinds.map(([kind, resource]) => customResourceDefinition(kind, resource, ownershipLabels(this.ownership))),
        "customResources",
      ),
    ];
  }

  /** Before the pods that they protect. */
  private addBudgets(): void {
    this.addManifests(
      "budgets",
      Object.entries(this.application.components).map(([name, { keepAvailable }]) =>
        disruptionBudget(
          this.metadata(name, name),
          { minAvailable: keepAvailable },
          selectorLabels(this.application.name, name),
        ),
      ),
      "components",
    );
  }

  /** The way from the region's load balancer to the pods of each routed component. */
  private addEntry(): void {
    const { entry, components, name: application } = this.application;
    const routes = entry ? routesOf(entry) : [];
    for (const [index, route] of routes.entries()) {
      const { component: name } = route;
      const component = components[name];
      if (component?.kind !== "service") continue;
      const group = targetGroupOf(this, {
        site: this.site,
        application,
        route,
        index,
        rulesBefore: routes.slice(1, index).flatMap(rulesOf).length,
        port: component.port,
        protocol: component.protocol ?? "http",
        vpcId: this.props.vpcId,
        loadBalancer: this.props.loadBalancer,
      });
      this.entries.push({
        application,
        owner: this.application.owner,
        component: name,
        targetGroup: group.arnSuffix,
      });
      this.addManifests(
        index === 0 ? "entry" : `entry-${name}`,
        [
          {
            apiVersion: "elbv2.k8s.aws/v1beta1",
            kind: "TargetGroupBinding",
            metadata: this.metadata(name, name),
            spec: { targetGroupARN: group.arn, targetType: "ip", serviceRef: { name, port: component.port } },
          },
        ],
        "entry",
      );
    }
  }

  private addManifests(id: string, manifests: readonly Manifest[], path: string): ITerraformDependable {
    return new Manifests(this, id, {
      name: `${this.application.name}-${id}`.slice(0, 53),
      namespace: this.namespace.name,
      manifests,
      dependsOn: this.namespace.guards,
      declaration: declaredIn(this.loaded, path),
    }).release;
  }

  private metadata(name: string, component: string): Manifest["metadata"] {
    return {
      name,
      namespace: this.application.name,
      labels: { ...selectorLabels(this.application.name, component), ...ownershipLabels(this.ownership) },
    };
  }

  private around(): Around {
    return {
      site: this.site,
      loaded: this.loaded,
      application: this.application,
      props: this.props,
      ownership: this.ownership,
      guards: this.namespace.guards,
      ready: this.ready,
      secrets: new ApplicationSecrets(this.site, this.application, this.props.stores),
      addManifests: (id, manifests, path) => this.addManifests(id, manifests, path),
      metadata: (name, component) => this.metadata(name, component),
    };
  }
}
