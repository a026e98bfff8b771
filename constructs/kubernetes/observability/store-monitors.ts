import { POSTGRES_EXPORTER } from "../../../catalog/charts/prometheus-postgres-exporter/chart";
import { REDIS_EXPORTER } from "../../../catalog/charts/prometheus-redis-exporter/chart";
import type { Manifest } from "../manifests";

/** A store as its exporter reaches it. */
export interface WatchedStore {
  readonly application: string;
  readonly name: string;
  readonly kind: "postgres" | "redis";
  readonly host: string;
  readonly port: number;
  /** Database inside the instance. */
  readonly database: string;
  /** Name in Secrets Manager of the secret with its users. */
  readonly secret: string;
  /** User of a cache; those of a database are in the secret. */
  readonly user?: string;
  /** Lists of a cache whose lengths are measured. */
  readonly lists: readonly string[];
}

/** Secrets that the exporters read, one each. */
export const EXPORTER_SECRETS = { postgres: POSTGRES_EXPORTER.name, redis: REDIS_EXPORTER.name } as const;

const idOf = ({ application, name }: WatchedStore): string => `${application}-${name}`;
/** Key of a value in the template of an ExternalSecret: a Go identifier. */
const variable = (store: WatchedStore, what: string): string =>
  `${store.application}_${store.name}_${what}`.replaceAll("-", "_");

const address = ({ user = "", host, port }: WatchedStore): string => `rediss://${user}@${host}:${port}`;

/** The file that an exporter reads when it starts. Passwords are letters and digits: no character needs escaping. */
const files = {
  postgres: (stores: readonly WatchedStore[]) => ({
    "postgres_exporter.yml": `{"auth_modules":{${stores
      .map(
        (store) =>
          `"${idOf(store)}":{"type":"userpass","userpass":{"username":"{{ .${variable(store, "user")} }}","password":"{{ .${variable(store, "password")} }}"},"options":{"sslmode":"require"}}`,
      )
      .join(",")}}}`,
    "data-source": "",
  }),
  redis: (stores: readonly WatchedStore[]) => ({
    "passwords.json": `{${stores.map((store) => `"${address(store)}":"{{ .${variable(store, "password")} }}"`).join(",")}}`,
  }),
};

/** Secret of an exporter: users that may read statistics, never those of the applications' tables. */
export function exporterSecret(
  kind: WatchedStore["kind"],
  stores: readonly WatchedStore[],
  namespace: string,
  store: { readonly kind: string; readonly name: string },
): Manifest {
  const name = EXPORTER_SECRETS[kind];
  const entry = (one: WatchedStore, what: string, property: string) => ({
    secretKey: variable(one, what),
    remoteRef: { key: one.secret, property },
  });
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace },
    spec: {
      refreshInterval: "1h",
      secretStoreRef: store,
      target: { name, creationPolicy: "Owner", deletionPolicy: "Retain", template: { data: files[kind](stores) } },
      data: stores.flatMap((one) =>
        kind === "postgres"
          ? [entry(one, "user", "monitorUsername"), entry(one, "password", "monitorPassword")]
          : [entry(one, "password", "password")],
      ),
    },
  };
}

const relabel = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).map(([targetLabel, replacement]) => ({ action: "replace", targetLabel, replacement }));

/** What Prometheus asks the exporter for: one endpoint a store, with the labels that alerts and dashboards read. */
export function storeMonitor(kind: WatchedStore["kind"], stores: readonly WatchedStore[], namespace: string): Manifest {
  const exporter = kind === "postgres" ? POSTGRES_EXPORTER : REDIS_EXPORTER;
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name: `${exporter.name}-stores`, namespace },
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/instance": exporter.name } },
      endpoints: stores.map((store) => ({
        port: exporter.port,
        interval: "30s",
        scrapeTimeout: "10s",
        ...(kind === "postgres"
          ? {
              path: "/probe",
              params: { target: [`${store.host}:${store.port}/${store.database}`], auth_module: [idOf(store)] },
            }
          : {
              path: "/scrape",
              params: {
                target: [address(store)],
                ...(store.lists.length === 0 ? {} : { "check-single-keys": [store.lists.join(",")] }),
              },
            }),
        relabelings: relabel({ application: store.application, store: store.name, instance: idOf(store) }),
      })),
    },
  };
}
