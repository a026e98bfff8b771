import type { Application } from "../../config/application/schema";
import type { Environment } from "../../config/environment";
import type { DatabaseNames, Names } from "./procedure";

/** The example application is the first of the platform that has an entry, else the first of all. */
export function namesOf(environment: Environment, applications: readonly Application[]): Names {
  const prefix = `${environment.organisation}-${environment.name}`;
  const { primary, secondary } = environment.regions;
  const entered = applications.filter(({ entry }) => entry !== undefined);
  const application = entered[0] ?? applications[0];
  return {
    prefix,
    primary: primary.name,
    secondary: secondary?.name ?? primary.name,
    domain: environment.domain,
    environment: environment.name,
    clusters: {
      primary: `${prefix}-${primary.name}`,
      secondary: `${prefix}-${secondary?.name ?? primary.name}`,
    },
    first: {
      application: application?.name ?? "application",
      component: application?.entry?.component ?? Object.keys(application?.components ?? {})[0] ?? "component",
    },
    entered: entered.map(({ name }) => name),
    kinds: applications.flatMap(({ name, customResources }) => {
      const resources = Object.values(customResources ?? {}).map(({ plural, group }) => `${plural}.${group}`);
      return resources.length === 0 ? [] : [{ application: name, resources: resources.join(",") }];
    }),
    databases: applications.flatMap((one) => databasesOf(prefix, one)),
    kubernetes: environment.kubernetesVersion,
  };
}

const databasesOf = (prefix: string, { name, databases, secrets }: Application): readonly DatabaseNames[] =>
  Object.keys(databases ?? {}).flatMap((database) => {
    const [secret] = Object.entries(secrets ?? {}).find(([, { connection }]) => connection === database) ?? [];
    if (secret === undefined) return [];
    return {
      application: name,
      instance: `${prefix}-${name}-${database}`,
      address: `aws_db_instance.database_${name}_${database}_instance`,
      secret: `${prefix.replace("-", "/")}/${name}/${secret}`,
    };
  });
