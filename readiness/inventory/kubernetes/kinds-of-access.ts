import { type Kind, metadata } from "./kind";
import { as, block, list, named, text, textMap, texts } from "./shape";

const ruleFields = {
  ...named({ api_groups: texts, resource_names: texts, resources: texts, verbs: texts }),
  non_resource_urls: as("nonResourceURLs", texts),
};
const roleRef = block(named({ api_group: text, kind: text, name: text }));
const subjects = as("subjects", list(named({ api_group: text, kind: text, name: text, namespace: text })));
const rules = as("rules", list(ruleFields));

/** Roles and who has them. */
export const access: Readonly<Record<string, Kind>> = {
  role: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", fields: { ...metadata, rule: rules } },
  role_binding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    fields: { ...metadata, role_ref: as("roleRef", roleRef), subject: subjects },
  },
  cluster_role: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    fields: {
      ...metadata,
      rule: rules,
      aggregation_rule: as(
        "aggregationRule",
        block(
          named({
            cluster_role_selectors: list(
              named({
                match_labels: textMap,
                match_expressions: list(named({ key: text, operator: text, values: texts })),
              }),
            ),
          }),
        ),
      ),
    },
  },
  cluster_role_binding: {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    fields: { ...metadata, role_ref: as("roleRef", roleRef), subject: subjects },
  },
};
