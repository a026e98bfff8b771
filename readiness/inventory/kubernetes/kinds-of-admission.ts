import { type Kind, metadata } from "./kind";
import { labelSelector } from "./shared-shapes";
import { as, block, flag, integer, list, named, text, texts } from "./shape";

const webhookClient = block({
  ...named({ ca_bundle: text, url: text }),
  service: as("service", block(named({ name: text, namespace: text, path: text, port: integer }))),
});
/** Blocks that both kinds of webhook configuration have; a mutating one may also be called again. */
const webhookFields = {
  ...named({
    admission_review_versions: texts,
    client_config: webhookClient,
    failure_policy: text,
    match_policy: text,
    name: text,
    namespace_selector: labelSelector,
    object_selector: labelSelector,
    reinvocation_policy: text,
    side_effects: text,
    timeout_seconds: integer,
  }),
  rule: as(
    "rules",
    list(named({ api_groups: texts, api_versions: texts, operations: texts, resources: texts, scope: text })),
  ),
};
const webhooks = as("webhooks", list(webhookFields));

/** What the API server asks, or hands on to, before it answers. */
export const admission: Readonly<Record<string, Kind>> = {
  mutating_webhook_configuration: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    fields: { ...metadata, webhook: webhooks },
  },
  validating_webhook_configuration: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    fields: { ...metadata, webhook: webhooks },
  },
  api_service: {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    fields: {
      ...metadata,
      spec: as(
        "spec",
        block({
          ...named({
            ca_bundle: text,
            group: text,
            group_priority_minimum: integer,
            version: text,
            version_priority: integer,
          }),
          insecure_skip_tls_verify: as("insecureSkipTLSVerify", flag),
          service: as("service", block(named({ name: text, namespace: text, port: integer }))),
        }),
      ),
    },
  },
};
