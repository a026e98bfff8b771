import { isObject, objectOf, textOf } from "../inventory/json";
import type { Item } from "../inventory/item";
import type { Platform } from "../inventory/platform";
import type { Resource } from "../inventory/resource";
import type { Secret } from "../inventory/facts/aws/secrets";

/** What a variable of a function holds as JSON; an unreadable one holds nothing. */
function variableOf({ resource }: Item, name: string): readonly object[] {
  try {
    const parsed: unknown = JSON.parse(resource.expanded(`environment.variables.${name}`) ?? "[]");
    return Object.values(Object(parsed) as object).filter(isObject);
  } catch {
    return [];
  }
}

const textsOf = (item: Item, variable: string, field: string): ReadonlySet<string | undefined> =>
  new Set(variableOf(item, variable).map((entry) => textOf(objectOf(entry as never)[field])));

/** Users of caches, in all regions, whose passwords the function changes. */
export function changedUsers(item: Item, platform: Platform): readonly Resource[] {
  const ids = textsOf(item, "STORES", "user");
  return platform.ofType("aws_elasticache_user").filter((user) => ids.has(user.text("user_id")));
}

/** Databases of the region whose master password the function changes, or which it promotes. */
export function changedDatabases(item: Item, region: string, platform: Platform): readonly Resource[] {
  const names = new Set([...textsOf(item, "STORES", "instance"), ...textsOf(item, "DATABASES", "identifier")]);
  return platform
    .ofType("aws_db_instance")
    .filter((database) => database.region === region && names.has(database.text("identifier")));
}

/** Secrets with the passwords of the caches that the function copies. */
export function secretsOfCopies(item: Item, platform: Platform): readonly Secret[] {
  const names = textsOf(item, "CACHES", "secret");
  return platform.secrets.filter(({ name }) => name !== undefined && names.has(name));
}

/** Secrets with the passwords of the databases in which the function commits. */
export function secretsOfHeartbeats(item: Item, platform: Platform): readonly Secret[] {
  const names = textsOf(item, "HEARTBEATS", "secret");
  return platform.secrets.filter(({ name }) => name !== undefined && names.has(name));
}

/** Bucket of a function's copies: written where it is in another region, else read. */
export function copiesBucket({ resource }: Item, region: string, use: "written" | "read"): readonly Resource[] {
  return resource
    .resources("environment.variables.BUCKET")
    .filter(({ type, region: lies }) => type === "aws_s3_bucket" && (lies === region) === (use === "read"));
}
