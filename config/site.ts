import type { Environment, Region, RegionRole } from "./environment";
import type { Declaration } from "./declaration";

/** One region of an environment: what every regional stack is built from. */
export interface Site {
  readonly environment: Environment;
  readonly role: RegionRole;
  readonly region: Region;
  /** Begins the names in this region: `<organisation>-<environment>-<region>`. */
  readonly prefix: string;
  readonly clusterName: string;
}

export function siteOf(environment: Environment, role: RegionRole): Site {
  const region = environment.regions[role];
  const prefix = `${environment.organisation}-${environment.name}-${region.name}`;
  return { environment, role, region, prefix, clusterName: prefix };
}

/** Whether the region's databases accept writes: the other region's are replicas until they are promoted. */
export const acceptsWrites = ({ environment, role }: Site): boolean => role === (environment.writer ?? "primary");

/** The part of the environment's file that describes a construct as a whole, such as a pool of nodes. */
export function describedBy(environment: Environment, path: string): Declaration {
  return { file: `config/environments/${environment.name}.ts`, path };
}

/** The part of the environment's file that a construct takes settings from: the rest of it stands in code. */
export function configured(environment: Environment, path: string, otherwise?: Declaration): Declaration {
  return { ...describedBy(environment, path), inCode: true, ...(otherwise === undefined ? {} : { otherwise }) };
}
