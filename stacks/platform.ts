import { join } from "node:path";
import type { App } from "cdktf";
import { ConfigurationError } from "../config/configuration-error";
import { loadApplications, loadImageLock, type LoadedApplication } from "../config/application/load";
import type { Environment } from "../config/environment";
import { ApplicationStack } from "./application";
import { AuditStack } from "./audit";
import { ClusterStack } from "./cluster";
import { DataStack } from "./data";
import { DefinitionsStack } from "./definitions";
import { DnsStack } from "./dns";
import { EdgeStack } from "./edge";
import { IngressStack } from "./ingress";
import { NetworkStack } from "./network";
import { ServicesStack } from "./services";
import { type Site, siteOf } from "../config/site";
import { StateStack } from "./state";

const applicationsFolder = join(__dirname, "..", "apps");

/** One region with everything that applications need. */
interface RegionalPlatform {
  readonly site: Site;
  readonly network: NetworkStack;
  readonly cluster: ClusterStack;
  readonly ingress: IngressStack;
  readonly services: ServicesStack;
}

/**
 * Every stack of an environment, in the order in which they deploy.
 * @throws ConfigurationError with everything that is wrong in the files of `apps/`
 */
export function buildPlatform(app: App, environment: Environment, folder: string = applicationsFolder): void {
  const { applications, violations } = loadApplications(folder, environment);
  if (violations.length > 0) throw new ConfigurationError(violations);
  const [primary, secondary] = [siteOf(environment, "primary"), siteOf(environment, "secondary")];
  for (const site of [primary, secondary]) new StateStack(app, site.environment, site.region.name);
  new AuditStack(app, environment);
  const dns = new DnsStack(app, environment);
  const standbyData = new DataStack(app, secondary, applications);
  const data = new DataStack(app, primary, applications, standbyData);
  const regions = [
    buildRegion(app, primary, dns, applications, { own: data, other: standbyData }),
    buildRegion(app, secondary, dns, applications, { own: standbyData, other: data }),
  ];
  const images = loadImageLock(folder);
  for (const region of regions) for (const [index, loaded] of applications.entries()) buildApplication(app, region, loaded, index, images);
  buildEdge(app, environment, dns, regions, applications);
}

function buildRegion(app: App, site: Site, dns: DnsStack, applications: readonly LoadedApplication[], data: { own: DataStack; other: DataStack }): RegionalPlatform {
  const network = new NetworkStack(app, site);
  const cluster = new ClusterStack(app, site, network, applications.map((loaded) => loaded.application));
  const ingress = new IngressStack(app, {
    environment: site.environment, role: site.role, vpcId: network.network.vpcId, publicSubnetIds: network.network.publicSubnetIds, zoneId: dns.zoneId,
    nodeCidr: site.region.cidr,
  });
  const access = cluster.access;
  const definitions = new DefinitionsStack(app, site, access);
  const services = new ServicesStack(app, site, { access, cluster, network, data, applications: applications.map((loaded) => loaded.application.name) });
  services.addDependency(definitions);
  return { site, network, cluster, ingress, services };
}

function buildApplication(app: App, region: RegionalPlatform, loaded: LoadedApplication, index: number, images: ReturnType<typeof loadImageLock>): void {
  const stack = new ApplicationStack(app, region.site, loaded, {
    access: region.cluster.access, vpcId: region.network.network.vpcId, nodeSecurityGroupId: region.cluster.nodeSecurityGroupId,
    loadBalancer: {
      listenerArn: region.ingress.listenerArn, securityGroupId: region.ingress.securityGroupId,
      cidrs: region.network.network.publicCidrs, rulePriority: 100 + index,
    },
    images,
  });
  stack.addDependency(region.services);
}

function buildEdge(app: App, environment: Environment, dns: DnsStack, regions: readonly RegionalPlatform[], applications: readonly LoadedApplication[]): void {
  const endpoints = applications.flatMap(({ application }) => (application.entry ? [{ application: application.name, healthPath: application.entry.healthPath }] : []));
  const [primary, secondary] = regions;
  if (!primary || !secondary) return;
  new EdgeStack(app, {
    environment, endpoints, zoneId: dns.zoneId,
    primary: { dnsName: primary.ingress.dnsName, zoneId: primary.ingress.loadBalancerZoneId },
    secondary: { dnsName: secondary.ingress.dnsName, zoneId: secondary.ingress.loadBalancerZoneId },
  });
}
