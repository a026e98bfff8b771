import { block, flag, list, named, text, textMap, texts } from "./shape";

// Argument names and which blocks repeat: @cdktf/provider-kubernetes 12.1.1 (provider 2.38.0), index.d.ts of deployment-v1,
// stateful-set-v1, daemon-set-v1, job-v1 and cron-job-v1, read 2026-11-21. Kubernetes names: core/v1 of Kubernetes 1.36.

export const objectMeta = block(
  named({ annotations: textMap, generate_name: text, labels: textMap, name: text, namespace: text }),
);
export const labelSelector = block(
  named({ match_labels: textMap, match_expressions: list(named({ key: text, operator: text, values: texts })) }),
);
export const resources = block(named({ limits: textMap, requests: textMap }));

export const keyRef = block(named({ key: text, name: text, optional: flag }));
export const fieldRef = block(named({ api_version: text, field_path: text }));
export const resourceFieldRef = block(named({ container_name: text, divisor: text, resource: text }));
export const seLinuxOptions = block(named({ level: text, role: text, type: text, user: text }));
export const seccompProfile = block(named({ localhost_profile: text, type: text }));
