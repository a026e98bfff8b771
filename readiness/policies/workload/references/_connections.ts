import { objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { CacheGroup, DatabaseInstance } from "../../../inventory/facts/aws/stores";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";

export type Store = DatabaseInstance | CacheGroup;
export const isDatabase = (store: Store): store is DatabaseInstance => "instanceClass" in store;

/** A connection as a template writes it: everything that stands around the address of a store. */
export interface Connection {
  /** Key of the Secret that holds it. */
  readonly key: string;
  readonly scheme: string | undefined;
  /** Keys fetched for user and password. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** As written: a reference to a store, or text. */
  readonly host: string;
  /** Store and attribute that the host is; undefined: it is text, or a resource that is no store of the region. */
  readonly store: Store | undefined;
  readonly attribute: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly sslmode: string | undefined;
}

const schemes = String.raw`postgres(?:ql)?(?:\+\w+)?|rediss?|valkeys?|mysql|mongodb`;
const host = String.raw`\$\{[^}]+\}|[\w.-]+`;
const rest = String.raw`(?::(\d+))?(?:\/([\w-]*))?(?:\?([\w=&-]*))?`;
const urls = new RegExp(String.raw`(${schemes}):\/\/([^@\s]*?(?:\{\{[^}]*\}\}[^@]*?|"[^@]*?)*)@(${host})${rest}`, "g");
const addresses = new RegExp(
  String.raw`(?<!@)(\$\{aws_(?:db_instance|elasticache_replication_group)\.[^}]+\})${rest}`,
  "g",
);
const fields = (text: string): string[] => [...text.matchAll(/(?<![\w.)])\.(\w+)/g)].flatMap(([, name]) => name ?? []);

/** Every connection in the templates of an ExternalSecret; a store's address without a scheme is one too. */
export function connectionsOf(external: PlacedObject, platform: Platform): readonly Connection[] {
  const target = objectOf(objectOf(external.object["spec"])["target"]);
  const templates = Object.entries(objectOf(objectOf(target["template"])["data"]));
  return templates.flatMap(([key, written]) => {
    const text = textOf(written) ?? "";
    return [
      ...[...text.matchAll(urls)].map(([, scheme, credentials = "", at = "", ...after]) => ({
        ...place(at, external, platform, after),
        key,
        scheme,
        user: fields(credentials)[0],
        password: fields(credentials)[1],
      })),
      ...[...text.matchAll(addresses)].map(([, at = "", ...after]) => ({
        ...place(at, external, platform, after),
        key,
        scheme: undefined,
        user: undefined,
        password: undefined,
      })),
    ];
  });
}

function place(at: string, { region }: PlacedObject, platform: Platform, [port, database, query]: readonly string[]) {
  const [, address, attribute] = /^\$\{(aws_\w+\.[\w-]+)\.(\w+)\}$/.exec(at) ?? [];
  const stores: readonly Store[] = [...platform.databases, ...platform.caches];
  return {
    host: at,
    store: stores.find((store) => store.region === region && store.resource.address === address),
    attribute,
    port: port === undefined ? undefined : Number(port),
    database,
    sslmode: /sslmode=([\w-]+)/.exec(query ?? "")?.[1],
  };
}

/** Secret and property behind a key that a template uses. */
export function fetchedFor(external: PlacedObject, key: string | undefined) {
  const entry = objectsOf(objectOf(external.object["spec"])["data"]).find((one) => textOf(one["secretKey"]) === key);
  const remote = objectOf(entry?.["remoteRef"]);
  return { name: textOf(remote["key"]), property: textOf(remote["property"]) };
}
