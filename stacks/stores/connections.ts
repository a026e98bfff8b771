import type { StoreEndpoint } from "./endpoint";

/** Entries of an ExternalSecret for one key, and the template that makes its value of them. */
export interface ConnectionSecret {
  readonly data: readonly {
    readonly secretKey: string;
    readonly remoteRef: { readonly key: string; readonly property?: string };
  }[];
  readonly template: Readonly<Record<string, string>>;
  /** The text with `.KEY` inside its actions replaced by what makes the value. */
  readonly within: (text: string) => string;
}

/**
 * One key of a Secret. A plain secret is copied; a connection becomes a URL of the user and password in Secrets Manager,
 * the same in both regions, and the endpoint of the pods' own region. Passwords are letters and digits: no character of
 * them needs escaping.
 */
export function connectionSecret(key: string, remote: string, endpoint: StoreEndpoint | undefined): ConnectionSecret {
  if (endpoint === undefined)
    return {
      data: [{ secretKey: key, remoteRef: { key: remote } }],
      template: { [key]: `{{ .${key} }}` },
      within: (text) => text,
    };
  const [username, password] = [`${key}_username`, `${key}_password`];
  return {
    data: [
      { secretKey: username, remoteRef: { key: remote, property: "username" } },
      { secretKey: password, remoteRef: { key: remote, property: "password" } },
    ],
    template: { [key]: urlOf(`{{ .${username} }}:{{ .${password} }}`, endpoint) },
    within: (text) =>
      text.replaceAll(
        new RegExp(`\\.${key}\\b`, "g"),
        () => `(print "${urlOf(`" .${username} ":" .${password} "`, endpoint)}")`,
      ),
  };
}

function urlOf(credentials: string, { kind, host, port, database }: StoreEndpoint): string {
  return kind === "postgres"
    ? `postgresql://${credentials}@${host}:${port}/${database}?sslmode=require`
    : `rediss://${credentials}@${host}:${port}/${database}`;
}

/** `host:port`; empty where there is no endpoint, which no declared queue has. */
export const addressOf = (endpoint: StoreEndpoint | undefined): string =>
  endpoint === undefined ? "" : `${endpoint.host}:${endpoint.port}`;
