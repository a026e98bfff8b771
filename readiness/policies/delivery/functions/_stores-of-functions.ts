import type { Platform } from "../../../inventory/platform";
import { isObject } from "../../../inventory/json";
import type { Block, Resource } from "../../../inventory/resource";
import { holds, oneOf } from "../../../policy/comparison";
import { fail, type Verdict } from "../../../policy/verdict";

/** Databases that RDS and ElastiCache listen on without a port of their own: API references, CreateDBInstance and CreateReplicationGroup. */
const portOf = { postgres: 5432, redis: 6379 } as const;

/** What a function is given of a store, by the secret with its credentials. */
interface Entry {
  readonly secret: string | undefined;
  readonly block: Block;
}

interface Store {
  readonly kind: keyof typeof portOf;
  readonly name: string;
  readonly resource: Resource;
  readonly database: string;
}

/** Entries of a list, or of a record by secret; undefined where the text is not JSON. */
export function entriesOf(called: Resource, variable: string): readonly Entry[] | undefined {
  const parsed = called.parsed(`environment.variables.${variable}`);
  const value = parsed?.raw("value");
  if (parsed === undefined) return undefined;
  if (!isObject(value)) return parsed.blocks("value").map((block) => ({ secret: block.text("secret"), block }));
  return Object.keys(value).flatMap((secret) => {
    const block = parsed.block(`value.${secret}`);
    return block ? [{ secret, block }] : [];
  });
}

/** As `equals`, but nothing is written: that is no value which is known later. */
export const same = (
  expected: string | number | undefined,
  actual: string | number | undefined,
  what: string,
): Verdict =>
  holds(expected !== undefined && expected === actual, `${what}: ${expected ?? "known"}`, String(actual ?? "nothing"));

/** The store whose endpoint the entry names. */
function storeOf({ block }: Entry, { databases, caches }: Platform): Store | undefined {
  const host = block.reference("host");
  const database = databases.find(({ resource }) => resource === host?.resource && host.attribute === "address");
  const cache = caches.find(
    ({ resource }) => resource === host?.resource && host.attribute === "primary_endpoint_address",
  );
  const found = database ?? cache;
  if (found === undefined) return undefined;
  return {
    kind: database ? "postgres" : "redis",
    name: `${found.application ?? ""}/${found.store ?? ""}`,
    resource: found.resource,
    // A promotion loads into database 0 (constructs/aws/functions/cache-copy/index.mjs), and PostgreSQL's is the instance's.
    database: database ? (found.resource.text("db_name") ?? "") : "0",
  };
}

/** Secret that store-credentials writes for each store. */
function secretsOfStores(platform: Platform): ReadonlyMap<string, string> {
  const functions = platform.ofType("aws_lambda_function").filter((one) => one.has("environment.variables.STORES"));
  return new Map(
    functions
      .flatMap((one) => entriesOf(one, "STORES") ?? [])
      .flatMap((entry) => {
        const store = storeOf(entry, platform);
        return store && entry.secret !== undefined ? [[store.name, entry.secret] as const] : [];
      }),
  );
}

/** Further fields that name the store, where the entry has them. */
function namesOf({ block }: Entry, { name, resource, kind }: Store): Verdict[] {
  const users = resource
    .resources("user_group_ids")
    .flatMap((group) => group.resources("user_ids"))
    .filter((user) => user.text("user_id") === user.text("user_name"))
    .flatMap((user) => user.text("user_id") ?? []);
  const expected: Readonly<Record<string, string | undefined>> = {
    name,
    prefix: `caches/${name}/`,
    instance: resource.text("identifier"),
    master: resource.text("username"),
  };
  return [
    ...Object.entries(expected).flatMap(([field, text]) =>
      block.has(field) ? [same(text, block.text(field), `${field} of ${name}`)] : [],
    ),
    ...(kind === "redis" && block.has("user")
      ? [oneOf(users, block.text("user"), `user of ${name}, of those of its group`)]
      : []),
  ];
}

/** Whether each entry names one store of the function's region, by endpoint, credentials and names alike. */
export function judgeStores(called: Resource, variable: string, platform: Platform): Verdict[] {
  const entries = entriesOf(called, variable);
  if (entries === undefined)
    return [
      fail({ expected: `${variable} of JSON`, actual: called.expanded(`environment.variables.${variable}`) ?? "" }),
    ];
  const secrets = secretsOfStores(platform);
  const named = new Set(platform.secrets.map(({ name }) => name));
  return entries.flatMap((entry) => {
    const store = storeOf(entry, platform);
    if (store === undefined || store.resource.region !== called.region)
      return [
        fail({
          expected: `${variable} with the endpoint of a store in ${called.region ?? "its region"}`,
          actual: `host ${String(entry.block.raw("host") ?? "none")} of ${entry.secret ?? "an entry without secret"}`,
        }),
      ];
    const { name, kind, database, resource } = store;
    return [
      holds(named.has(entry.secret), `a secret of the platform for ${name}`, entry.secret ?? "none"),
      same(secrets.get(name) ?? entry.secret, entry.secret, `secret with the credentials of ${name}`),
      holds(
        entry.secret?.includes(`/${name.split("/")[0] ?? ""}/`) === true,
        `a secret of the application of ${name}`,
        entry.secret ?? "none",
      ),
      same(kind, entry.block.text("kind"), `kind of ${name}`),
      same(resource.number("port") ?? portOf[kind], entry.block.number("port"), `port of ${name}`),
      same(database, entry.block.text("database"), `database of ${name}`),
      ...namesOf(entry, store),
    ];
  });
}
