import type { Role } from "../../../inventory/facts/kubernetes/roles";
import { excludes, holds } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";

/** Verbs by which a pod makes itself more than it is. Source: Kubernetes, "RBAC good practices", privilege escalation; read 2026-11-21. */
const escalating = ["bind", "escalate", "impersonate"];
/** Resources whose content, or whose creation anywhere, is as good as being administrator. */
const openEverywhere = ["secrets", "serviceaccounts/token", "nodes/proxy"];

/** Subresources by which a caller becomes the program of another pod. Source: the same page, "workload creation" and "exec"; read 2026-11-29. */
const intoPods = ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "pods/proxy"];

function judge(rule: Role["rules"][number], clusterWide: boolean): Verdict[] {
  const named = rule.resourceNames.length > 0;
  return [
    excludes("*", rule.apiGroups, "API groups"),
    excludes(["*", ...intoPods], rule.resources, "resources"),
    excludes(["*", ...escalating], rule.verbs, "verbs"),
    excludes("*", rule.nonResourceUrls, "URLs"),
    ...(clusterWide
      ? [
          holds(
            named || !rule.resources.some((name) => openEverywhere.includes(name)),
            `no right in every namespace on ${openEverywhere.join(", ")}`,
            rule.resources.join(", "),
            { field: "kubernetes" },
          ),
        ]
      : []),
  ];
}

const roles = resource("kubernetes_role_v1");
const clusterRoles = resource("kubernetes_cluster_role_v1");

export default policy({
  id: "SC-09",
  severity: "error",
  title: "RBAC rules name API groups, resources and verbs (no wildcards)",
  because:
    "a wildcard also allows what the next release adds, and bind, escalate and impersonate lead to cluster administrator",
  remedy: "declare each rule under kubernetes of the component with what the software really calls",
  proves: ["FL-14", "FL-33", "FF-05", "XB-10"],
  equivalents: ["kube-linter wildcard-in-rules"],
  // Rights of a published chart are the chart's; who wants fewer chooses another.
  subjects: (platform) => platform.roles.filter(({ origin }) => origin !== "chart"),
  check: (role) => role.rules.flatMap((rule) => judge(rule, role.clusterWide)),
  mutants: [
    change("every verb", roles, set("rule.verbs", ["*"])),
    change("every resource", clusterRoles, set("rule.resources", ["*"])),
    change("every group", clusterRoles, set("rule.api_groups", ["*"])),
    change("every URL", clusterRoles, set("rule.non_resource_urls", ["*"])),
    change("a role that may give itself another", roles, set("rule.verbs", ["get", "bind"])),
    change("a way into other pods", roles, set("rule.resources", ["pods/exec"])),
    change("secrets of every namespace", clusterRoles, set("rule.resources", ["secrets"])),
  ],
  boundary: {
    holds: change("a verb more", clusterRoles, set("rule.verbs", ["get", "list", "watch", "create"])),
    breaks: change(
      "a verb that makes administrators",
      clusterRoles,
      set("rule.verbs", ["get", "list", "watch", "escalate"]),
    ),
  },
});
