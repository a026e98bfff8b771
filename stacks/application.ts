import { annotation } from "../contract";
import { createHash } from "node:crypto";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { metricsOf } from "../config/application/parts/component";
import { declaredIn, type LoadedApplication } from "../config/application/load";
import { type Application, type Component, type Job, logsOf } from "../config/application/schema";
import type { ImageLock } from "../config/images/lock";
import { acceptsWrites, type Site } from "../config/site";
import type { ContainerProps } from "../constructs/kubernetes/workload/container";
import { disruptionBudget } from "../constructs/kubernetes/workload/disruption-budget";
import { customResourceDefinition } from "../constructs/kubernetes/custom-resource-definition";
import {
  CreatedPods,
  type CreatedPodsProps,
  createdPodsManifests,
} from "../constructs/kubernetes/workload/created-pods";
import { failedRunAlert } from "../constructs/kubernetes/workload/failed-run-alert";
import { GuardedNamespace } from "../constructs/kubernetes/guarded-namespace";
import { type ClusterAccess, KubernetesStack } from "../constructs/kubernetes/kubernetes-stack";
import { type Ownership, ownershipLabels, selectorLabels } from "../constructs/kubernetes/labels";
import { type Manifest, Manifests } from "../constructs/kubernetes/manifests";
import type { EntryTargets } from "../constructs/aws/network/entry-alarms";
import { RestartRights } from "../constructs/kubernetes/access/restart-rights";
import { RunToCompletion } from "../constructs/kubernetes/workload/run-to-completion";
import { runsAsWriterOnly } from "../constructs/kubernetes/workload/writer-switch";
import { Workload } from "../constructs/kubernetes/workload/workload";
import { type EntryProps, routesOf, rulesOf, targetGroupOf } from "./application-entry";
import { secretName } from "./data";
import { applicationRuleGroups, probeManifests, prometheusRule, jobAlertContext } from "./alerting/rules";
import { quotaOf } from "./expected-pods";
import { registryAccess } from "./registry-access";
import { SECRET_STORE } from "./platform-services";
import { addressOf, connectionSecret } from "./stores/connections";
import type { StoresStack } from "./stores/stack";

export interface ApplicationStackProps {
  readonly access: ClusterAccess;
  readonly clusterArn: string;
  readonly vpcId: string;
  readonly loadBalancer: EntryProps["loadBalancer"] & { readonly cidrs: readonly string[] };
  readonly images: ImageLock;
  /** Databases and caches of the region. */
  readonly stores: StoresStack;
}

const FLAGS = "feature-flags";

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
    const gates = this.addJobs();
    this.addBudgets();
    for (const [name, component] of Object.entries(application.components)) this.addComponent(name, component, gates);
    this.addEntry();
    this.addMonitors();
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
    const { name, tier, objectives, databases, caches, claims } = this.application;
    return new GuardedNamespace(this, "namespace", {
      name,
      ownership: this.ownership,
      declaration: declaredIn(this.loaded, ""),
      annotations: {
        [annotation.objectives]: JSON.stringify({ tier, ...(promisedOnly(objectives) as object) }),
        ...(databases || caches
          ? { [annotation.stores]: JSON.stringify({ databases: databases ?? {}, caches: caches ?? {} }) }
          : {}),
        ...(claims ? { [annotation.claims]: JSON.stringify(claims) } : {}),
        ...exampleImages(this.application, this.props.images),
      },
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

  /** Migrations, then seeds, then schedules. Returns what pods of a release wait for. */
  private addJobs(): ITerraformDependable[] {
    const jobs = Object.entries(this.application.jobs ?? {});
    if (jobs.length === 0) return [];
    const alert = failedRunAlert(
      this.metadata("jobs", "jobs"),
      this.application.name,
      jobs.map(([name, job]) => ({
        name,
        kind: job.kind,
        afterPromotion: runsAsWriterOnly(job) && !acceptsWrites(this.site),
      })),
      jobAlertContext(this.application, this.site.environment),
    );
    // Before the jobs: the first of them may fail.
    const gates: ITerraformDependable[] = [this.addManifests("job-alerts", [alert], "jobs")];
    const ofKind = (kind: Job["kind"]) => jobs.filter(([, job]) => job.kind === kind);
    for (const kind of ["migration", "seed", "scheduled"] as const) {
      const runs = ofKind(kind).map(
        ([name, part]) =>
          new RunToCompletion(this, name, {
            ...this.surroundings(name, part, `jobs.${name}`, gates),
            part,
            name,
          }).run,
      );
      // What a promotion starts has not run when the standby is deployed: nothing waits for it there.
      if (kind !== "scheduled" && acceptsWrites(this.site)) gates.push(...runs);
    }
    return gates;
  }

  private addComponent(name: string, part: Component, gates: readonly ITerraformDependable[]): void {
    const { entry, flags } = this.application;
    const access =
      part.registries || part.aws
        ? registryAccess(this, {
            site: this.site,
            application: this.application.name,
            component: name,
            registries: part.registries,
            aws: part.aws,
            clusterName: this.props.access.name,
            clusterArn: this.props.clusterArn,
            dependsOn: this.namespace.guards,
          })
        : undefined;
    const created = this.addCreatedPods(name, part);
    const around = this.surroundings(name, part, `components.${name}`, [
      ...gates,
      ...(access?.ready ?? []),
      ...created,
    ]);
    const route = entry && routesOf(entry).find(({ component }) => component === name);
    const connectionKey = Object.entries(this.application.secrets ?? {}).find(
      ([, { connection }]) => connection !== undefined && connection === part.scale?.queue?.redis,
    )?.[0];
    new Workload(this, name, {
      ...around,
      part,
      name,
      callers: callersOf(this.application, name),
      ...(connectionKey === undefined
        ? {}
        : {
            queueConnection: {
              connectionSecret: this.remoteKey(connectionKey),
              address: addressOf(this.connectionOf(connectionKey)),
              secretStore: SECRET_STORE,
            },
          }),
      ...(route ? { loadBalancerCidrs: this.props.loadBalancer.cidrs } : {}),
      ...(route?.authentication ? { authentication: route.authentication } : {}),
      ...(this.application.entry?.component === name && this.application.entry.uninspectedBodies
        ? { uninspectedBodies: this.application.entry.uninspectedBodies }
        : {}),
      ...(access ? { awsPermissions: access.permissions } : {}),
      ...(access?.google ? { google: access.google } : {}),
      // Variables are read once: other flags are another revision of the pods.
      ...(around.flagsName === undefined
        ? {}
        : {
            revision: {
              [annotation.flags]: createHash("sha256").update(JSON.stringify(flags)).digest("hex").slice(0, 16),
            },
          }),
    });
  }

  /** Before the pods that they protect. */
  private addBudgets(): void {
    this.addManifests(
      "budgets",
      Object.entries(this.application.components).map(([name, { keepAvailable }]) =>
        disruptionBudget(this.metadata(name, name), keepAvailable, selectorLabels(this.application.name, name)),
      ),
      "components",
    );
  }

  /** What pods that the component makes find when they come. */
  private addCreatedPods(component: string, { creates }: Component): ITerraformDependable[] {
    return Object.entries(creates ?? {}).flatMap(([name, pods]) => {
      const props: CreatedPodsProps = {
        name,
        application: this.application.name,
        namespace: this.application.name,
        labels: this.metadata(name, component).labels ?? {},
        pods,
        dependsOn: this.namespace.guards,
      };
      return [
        new CreatedPods(this, `created-${name}`, props).policy,
        this.addManifests(`pods-${name}`, createdPodsManifests(props), `components.${component}.creates`),
      ];
    });
  }

  /** What components and jobs have around them alike. */
  private surroundings(name: string, part: Component | Job, path: string, after: readonly ITerraformDependable[]) {
    const { environment, region } = this.site;
    const repository = part.image.replace(/:[^:]*$/, "");
    const secrets = part.secrets?.length ? [this.addSecrets(name, part, `${path}.secrets`)] : [];
    const shared: Omit<ContainerProps, "part"> = {
      image: `${environment.accountId}.dkr.ecr.${region.name}.amazonaws.com/${environment.organisation}/${repository}@${this.props.images[part.image]?.digest}`,
      logs: logsOf(this.application),
      ...(secrets.length > 0 ? { secretName: `${name}-secrets` } : {}),
      ...(this.application.flags && part.readsFlags !== false ? { flagsName: FLAGS } : {}),
    };
    return {
      ...shared,
      namespace: this.application.name,
      ownership: this.ownership,
      networkCidr: region.cidr,
      acceptsWrites: acceptsWrites(this.site),
      declaration: { ...declaredIn(this.loaded, path), override: `environments.${environment.name}.${path}` },
      servicePorts: Object.fromEntries(
        Object.entries(this.application.components).flatMap(([id, other]) =>
          other.kind === "service" ? [[id, other.port]] : [],
        ),
      ),
      dependsOn: [...this.ready, ...secrets, ...after],
    };
  }

  /** The part's secrets, copied from Secrets Manager by external-secrets. */
  private addSecrets(name: string, part: Component | Job, path: string): ITerraformDependable {
    const { secrets: keys = [] } = part;
    return this.addManifests(
      `${name}-secrets`,
      [
        {
          apiVersion: "external-secrets.io/v1",
          kind: "ExternalSecret",
          metadata: this.metadata(`${name}-secrets`, name),
          spec: {
            refreshInterval: "1h",
            secretStoreRef: { kind: "ClusterSecretStore", name: SECRET_STORE },
            target: {
              name: `${name}-secrets`,
              creationPolicy: "Owner",
              deletionPolicy: "Retain",
              ...this.templateOf(part),
            },
            data: keys.flatMap((key) => connectionSecret(key, this.remoteKey(key), this.connectionOf(key)).data),
          },
        },
      ],
      path,
    );
  }

  /**
   * What the Secret holds beyond plain copies: connections, composed of user, password and the endpoint of the region, and
   * texts rendered from secrets.
   */
  private templateOf({ secrets: keys = [], secretFiles, secretVariables, secretsAs }: Component | Job) {
    const texts = Object.entries({ ...secretFiles, ...secretVariables });
    const connected = keys.some((key) => this.connectionOf(key) !== undefined);
    if (texts.length === 0 && !connected) return {};
    const values = keys.map((key) => connectionSecret(key, this.remoteKey(key), this.connectionOf(key)));
    const rendered = texts.map(([name, text]) => [name, values.reduce((before, { within }) => within(before), text)]);
    return {
      template: {
        engineVersion: "v2",
        // Replace: the Secret holds what is named here and nothing else. Merge: the values themselves, too.
        mergePolicy: secretsAs === "rendered" || connected ? "Replace" : "Merge",
        data: Object.assign(
          {},
          ...(secretsAs === "rendered" || !connected ? [] : values.map(({ template }) => template)),
          Object.fromEntries(rendered),
        ) as Record<string, string>,
      },
    };
  }

  private remoteKey(key: string): string {
    return secretName(this.site, this.application.name, key);
  }

  private connectionOf(key: string) {
    const store = this.application.secrets?.[key]?.connection;
    return store === undefined ? undefined : this.props.stores.endpointOf(this.application.name, store);
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
      this.entries.push({ application, component: name, targetGroup: group.arnSuffix });
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

  private addMonitors(): void {
    const manifests = Object.entries(this.application.components).flatMap(([name, component]): Manifest[] => {
      const endpoint = metricsOf(component);
      if (endpoint === undefined) return [];
      return [
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: endpoint.onService ? "ServiceMonitor" : "PodMonitor",
          metadata: this.metadata(name, name),
          spec: {
            selector: { matchLabels: selectorLabels(this.application.name, name) },
            [endpoint.onService ? "endpoints" : "podMetricsEndpoints"]: [
              { port: endpoint.portName, path: endpoint.path, interval: "30s" },
            ],
          },
        },
      ];
    });
    if (manifests.length === 0) return;
    this.addManifests("monitors", manifests, "components");
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
}

/** Objectives without the metrics behind them: those are in the rules. */
const promisedOnly = (objectives: Application["objectives"]): unknown =>
  JSON.parse(JSON.stringify(objectives, (key, value: unknown) => (key === "measuredBy" ? undefined : value)));

/** Says which of the images are examples that name nothing: production is judged by it. */
/** Components and jobs that declare to talk to the component. */
const callersOf = ({ components, jobs }: Application, name: string): string[] =>
  Object.entries({ ...components, ...jobs })
    .filter(([, { talksTo }]) =>
      talksTo?.some((dependency) => "component" in dependency && dependency.component === name),
    )
    .map(([caller]) => caller);

function exampleImages({ components, jobs }: Application, images: ImageLock): Readonly<Record<string, string>> {
  const examples = [...Object.values(components), ...Object.values(jobs ?? {})]
    .map(({ image }) => image)
    .filter((image) => images[image]?.example);
  return examples.length === 0 ? {} : { [annotation.exampleImages]: [...new Set(examples)].sort().join(", ") };
}
