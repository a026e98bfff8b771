import { dirname, join } from "node:path";
import type { App } from "cdktf";
import { reportCommitments } from "../catalog/claims/commitments";
import { ConfigurationError } from "../config/configuration-error";
import { firstPriorities } from "../config/application/listener-rules";
import { type ApplicationSource, loadApplications, type LoadedApplication } from "../config/application/load";
import { type Environment, regionRoles } from "../config/environment";
import { loadImageLock } from "../config/images/lock";
import { seal } from "../constructs/escape-hatch";
import { declare } from "../constructs/guarded";
import type { DeliveredBy } from "../constructs/aws/alarm-delivery";
import type { EntryTargets } from "../constructs/aws/network/entry-alarms";
import { AlarmDeliveryStack } from "./alerting/delivery";
import { EntryAlarmsStack } from "./alerting/entry-alarms";
import { AlertingStack } from "./alerting/stack";
import { ApplicationStack } from "./application/stack";
import { hostsOf, routesOf } from "./application/entry";
import { AuditStack } from "./audit";
import { CertificatesStack } from "./certificates";
import { ClusterStack } from "./cluster";
import { DataStack } from "./data";
import { DefinitionsStack } from "./crds";
import { DnsStack } from "./dns";
import { EdgeStack } from "./edge";
import { IngressStack } from "./ingress";
import { MonitoringStack } from "./monitoring";
import { NetworkStack } from "./network";
import { ServicesStack } from "./platform-services";
import { acceptsWrites, configured, type Site, siteOf } from "../config/site";
import { StateStack } from "./state";
import { StoresStack } from "./stores/stack";

/** The applications of this project. */
const projectApplications: ApplicationSource = {
  folder: join(__dirname, "..", "apps"),
  commitments: reportCommitments,
};

/** One region with everything that applications need. */
interface RegionalPlatform {
  readonly site: Site;
  readonly network: NetworkStack;
  readonly cluster: ClusterStack;
  readonly ingress: IngressStack;
  readonly services: ServicesStack;
  readonly definitions: DefinitionsStack;
  readonly data: DataStack;
  readonly delivery: DeliveredBy;
  readonly stores: StoresStack;
}

/**
 * Every stack of an environment, in the order in which they deploy.
 *
 * @param source @default those of this project - the folder `apps` and the commitments of the readiness reports
 * @throws ConfigurationError with everything that is wrong in the files of `apps/`
 */
export function buildPlatform(
  app: App,
  environment: Environment,
  source: ApplicationSource = projectApplications,
): void {
  const { applications, violations } = loadApplications(source, environment);
  if (violations.length > 0)
    throw new ConfigurationError(violations, source === projectApplications ? undefined : dirname(source.folder));
  const [primary, secondary] = [siteOf(environment, "primary"), siteOf(environment, "secondary")];
  declare(app, configured(environment, ""));
  for (const role of regionRoles) new StateStack(app, { environment, role });
  const audit = new AuditStack(app, environment);
  const dns = new DnsStack(app, environment);
  const certificates = new CertificatesStack(app, { environment, zoneId: dns.zoneId });
  const standbyData = new DataStack(app, secondary, applications);
  const data = new DataStack(app, primary, applications, standbyData);
  const regions = [
    buildRegion(app, primary, certificates, applications, {
      data: { own: data, other: standbyData },
      topicArns: data.rotationTopicArn === undefined ? {} : { "secret-rotation": data.rotationTopicArn },
    }),
    buildRegion(app, secondary, certificates, applications, {
      data: { own: standbyData, other: data },
      topicArns: { budget: audit.budgetTopicArn },
    }),
  ];
  // A replica is made of a writer that is there.
  const [writer, standby] = acceptsWrites(primary) ? regions : [...regions].reverse();
  if (writer && standby) standby.stores.addDependency(writer.stores);
  const images = loadImageLock(source.folder);
  const priorities = firstPriorities(applications.map(({ application }) => application.name));
  const entries = regions.map((region) =>
    applications.flatMap((loaded) => buildApplication(app, region, loaded, priorities, images).entries),
  );
  for (const [index, region] of regions.entries()) buildMonitoring(app, region, applications, entries[index] ?? []);
  buildEdge(app, environment, dns, regions, applications);
  seal(app);
}

function buildRegion(
  app: App,
  site: Site,
  certificates: CertificatesStack,
  applications: readonly LoadedApplication[],
  { data, topicArns }: { data: { own: DataStack; other: DataStack }; topicArns: Readonly<Record<string, string>> },
): RegionalPlatform {
  const delivery = new AlarmDeliveryStack(app, site, { data: data.own, topicArns }).by;
  const network = new NetworkStack(app, site);
  const cluster = new ClusterStack(
    app,
    site,
    network,
    applications.map((loaded) => loaded.application),
  );
  const ingress = new IngressStack(app, site, {
    vpcId: network.network.vpcId,
    publicSubnetIds: network.network.publicSubnetIds,
    certificateArns: certificates.certificateArns[site.role],
    targetCidrs: [site.region.cidr],
    targetPorts: entryPorts(applications),
    bodyExceptions: applications.flatMap(({ application: { name, entry } }) =>
      entry?.uninspectedBodies
        ? [{ application: name, hosts: hostsOf(name, site), paths: entry.uninspectedBodies }]
        : [],
    ),
    nodeSecurityGroupId: cluster.nodeSecurityGroupId,
    logKeyArn: network.logKey.arn,
  });
  const access = cluster.access;
  const definitions = new DefinitionsStack(app, site, access);
  const services = new ServicesStack(app, site, {
    access,
    cluster,
    network,
    data,
    applications: applications.map((loaded) => loaded.application.name),
    restarted: applications.flatMap(({ application }) => (application.secrets ? [application.name] : [])),
    scalesByQueue: applications.some(scalesByQueue),
  });
  services.addDependency(definitions);
  const stores = new StoresStack(app, site, { network, cluster, data, delivery, applications });
  return { site, network, cluster, ingress, services, stores, definitions, delivery, data: data.own };
}

function buildApplication(
  app: App,
  region: RegionalPlatform,
  loaded: LoadedApplication,
  priorities: ReturnType<typeof firstPriorities>,
  images: ReturnType<typeof loadImageLock>,
): ApplicationStack {
  const stack = new ApplicationStack(app, region.site, loaded, {
    access: region.cluster.access,
    clusterArn: region.cluster.cluster.resource.arn,
    vpcId: region.network.network.vpcId,
    loadBalancer: {
      listenerArn: region.ingress.loadBalancer.httpsListenerArn,
      cidrs: region.network.network.publicCidrs,
      rulePriority: priorities.get(loaded.application.name) ?? 0,
    },
    images,
    stores: region.stores,
  });
  stack.addDependency(region.services);
  stack.addDependency(region.stores);
  return stack;
}

function buildMonitoring(
  app: App,
  region: RegionalPlatform,
  applications: readonly LoadedApplication[],
  entries: readonly EntryTargets[],
): void {
  const stack = new AlertingStack(app, region.site, {
    access: region.cluster.access,
    applications: applications.map(({ application }) => application),
    delivery: region.delivery,
  });
  new EntryAlarmsStack(app, region.site, {
    loadBalancer: region.ingress.loadBalancer.arnSuffix,
    entries,
    topicArn: stack.topicArn,
  });
  stack.addDependency(region.definitions);
  stack.addDependency(region.services);
  const monitoring = new MonitoringStack(app, region.site, {
    access: region.cluster.access,
    clusterArn: region.cluster.cluster.resource.arn,
    data: region.data,
    applications: applications.map(({ application }) => application.name),
    stores: region.stores.watched(),
  });
  // Alertmanager and Grafana mount what the stack of alerting writes.
  monitoring.addDependency(stack);
  monitoring.addDependency(region.services);
  monitoring.addDependency(region.stores);
}

function buildEdge(
  app: App,
  environment: Environment,
  dns: DnsStack,
  regions: readonly RegionalPlatform[],
  applications: readonly LoadedApplication[],
): void {
  const [endpoint, ...others] = applications.flatMap(({ application }) =>
    application.entry ? [{ application: application.name, healthPath: application.entry.healthPath }] : [],
  );
  const delivery = regions.find(({ site }) => site.role === "secondary")?.delivery;
  const [primary, secondary] = regions.map(({ ingress: { loadBalancer } }) => ({
    dnsName: loadBalancer.dnsName,
    zoneId: loadBalancer.zoneId,
  }));
  if (!endpoint || !primary || !secondary || !delivery) return;
  new EdgeStack(app, {
    environment,
    endpoints: [endpoint, ...others],
    zoneId: dns.zoneId,
    delivery,
    loadBalancers: { primary, secondary },
  });
}

const scalesByQueue = ({ application }: LoadedApplication): boolean =>
  Object.values(application.components).some(({ scale }) => scale?.queue !== undefined);

/** Ports that the load balancer reaches, each once. */
function entryPorts(applications: readonly LoadedApplication[]): number[] {
  const ports = applications.flatMap(({ application: { entry, components } }) =>
    (entry ? routesOf(entry) : []).flatMap(({ component: name }) => {
      const component = components[name];
      return component?.kind === "service" ? [component.port] : [];
    }),
  );
  return [...new Set(ports)].sort((left, right) => left - right);
}
