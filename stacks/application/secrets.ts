import type { Application, Component, Job } from "../../config/application/schema";
import type { Site } from "../../config/site";
import type { Manifest } from "../../constructs/kubernetes/manifests";
import { secretName } from "../data";
import { SECRET_STORE } from "../platform-services";
import { type ConnectionSecret, connectionSecret } from "../stores/connections";
import type { StoreEndpoint } from "../stores/endpoint";
import type { StoresStack } from "../stores/stack";

/** The application's secrets, as Secrets Manager of the region holds them and as its pods read them. */
export class ApplicationSecrets {
  constructor(
    private readonly site: Site,
    private readonly application: Application,
    private readonly stores: StoresStack,
  ) {}

  /** Its name in Secrets Manager. */
  remoteKey(key: string): string {
    return secretName(this.site, this.application.name, key);
  }

  /** Store that the secret connects to; undefined: it is a plain one. */
  endpointOf(key: string): StoreEndpoint | undefined {
    const store = this.application.secrets?.[key]?.connection;
    return store === undefined ? undefined : this.stores.endpointOf(this.application.name, store);
  }

  /** The part's secrets, copied from Secrets Manager by external-secrets. */
  externalSecret(name: string, part: Component | Job, metadata: Manifest["metadata"]): Manifest {
    const { secrets: keys = [] } = part;
    return {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata,
      spec: {
        refreshInterval: "1h",
        secretStoreRef: { kind: "ClusterSecretStore", name: SECRET_STORE },
        target: {
          name: `${name}-secrets`,
          creationPolicy: "Owner",
          deletionPolicy: "Retain",
          ...this.templateOf(part),
        },
        data: keys.flatMap((key) => this.connectionSecretOf(key).data),
      },
    };
  }

  /**
   * What the Secret holds beyond plain copies: connections, composed of user, password and the endpoint of the region, and
   * texts rendered from secrets.
   */
  private templateOf({ secrets: keys = [], secretFiles, secretVariables, secretsAs }: Component | Job) {
    const texts = Object.entries({ ...secretFiles, ...secretVariables });
    const connected = keys.some((key) => this.endpointOf(key) !== undefined);
    if (texts.length === 0 && !connected) return {};
    const values = keys.map((key) => this.connectionSecretOf(key));
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

  private connectionSecretOf(key: string): ConnectionSecret {
    return connectionSecret(key, this.remoteKey(key), this.endpointOf(key));
  }
}
