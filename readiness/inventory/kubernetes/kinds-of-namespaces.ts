import { type Kind, metadata, withSpec } from "./kind";
import { as, block, flag, list, named, text, textMap, texts, withDefault } from "./shape";

/** A namespace with its configuration, identities and limits. */
export const namespaces: Readonly<Record<string, Kind>> = {
  namespace: { apiVersion: "v1", kind: "Namespace", fields: metadata },
  config_map: {
    apiVersion: "v1",
    kind: "ConfigMap",
    fields: { ...metadata, ...named({ binary_data: textMap, data: textMap, immutable: flag }) },
  },
  // Terraform holds plain text and the provider encodes it; stringData lets the API server do that.
  secret: {
    apiVersion: "v1",
    kind: "Secret",
    fields: {
      ...metadata,
      ...named({ immutable: flag, type: text }),
      data: as("stringData", textMap),
      data_wo: as("stringData", textMap),
      binary_data: as("data", textMap),
      binary_data_wo: as("data", textMap),
    },
  },
  service_account: {
    apiVersion: "v1",
    kind: "ServiceAccount",
    fields: {
      ...metadata,
      automount_service_account_token: withDefault("automountServiceAccountToken", flag, true),
      image_pull_secret: as("imagePullSecrets", list(named({ name: text }))),
      secret: as("secrets", list(named({ name: text }))),
    },
  },
  resource_quota: {
    apiVersion: "v1",
    kind: "ResourceQuota",
    fields: withSpec(
      block({
        ...named({ hard: textMap, scopes: texts }),
        scope_selector: as(
          "scopeSelector",
          block({
            match_expression: as("matchExpressions", list(named({ operator: text, scope_name: text, values: texts }))),
          }),
        ),
      }),
    ),
  },
  limit_range: {
    apiVersion: "v1",
    kind: "LimitRange",
    fields: withSpec(
      block({
        limit: as(
          "limits",
          list(
            named({
              default: textMap,
              default_request: textMap,
              max: textMap,
              max_limit_request_ratio: textMap,
              min: textMap,
              type: text,
            }),
          ),
        ),
      }),
    ),
  },
};
