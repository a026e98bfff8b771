import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import { add, change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";

/** Groups and users that stand for many, or for administrators. Source: Kubernetes, "Using RBAC Authorization", read 2026-11-28. */
const broad = /^system:(authenticated|unauthenticated|masters|anonymous|serviceaccounts(:.+)?|nodes)$/;
/** Default roles that change everything in their scope. */
const administrative = ["cluster-admin", "admin", "edit"];
const escalating = ["escalate", "bind", "impersonate"];

function judgeBinding(binding: PlacedObject): Verdict[] {
  const role = textOf(objectOf(binding.object["roleRef"])["name"]) ?? "";
  const everybody = objectsOf(binding.object["subjects"])
    .map((subject) => textOf(subject["name"]) ?? "")
    .filter((name) => broad.test(name) || name === "*");
  return [
    everybody.length === 0
      ? pass("named subjects")
      : fail({
          expected: "service accounts by name",
          actual: everybody.join(", "),
          message: `${binding.label} gives role ${role} to ${everybody.join(", ")}: everybody in that group has it`,
        }),
    administrative.includes(role)
      ? fail({
          expected: "a role with the rules that the software needs",
          actual: role,
          message: `${binding.label} binds ${role}, which allows any change in its scope`,
        })
      : pass(role),
  ];
}

function judgeRole(role: PlacedObject): Verdict {
  const rules = objectsOf(role.object["rules"]);
  const escalation = rules.flatMap((rule) => textsOf(rule["verbs"]).filter((verb) => escalating.includes(verb)));
  if (escalation.length > 0)
    return fail({ expected: "no verb that gives further permissions", actual: escalation.join(", ") });
  return role.object.kind === "ClusterRole" && rules.some(readsSecrets)
    ? fail({ expected: "secrets only by a Role of their namespace", actual: "secrets of every namespace" })
    : pass("rules of its own");
}

const readsSecrets = (rule: JsonObject): boolean =>
  textsOf(rule["apiGroups"]).includes("") &&
  textsOf(rule["resources"]).includes("secrets") &&
  textsOf(rule["resourceNames"]).length === 0;

const isRole = ({ object, origin }: PlacedObject): boolean =>
  /^(Cluster)?Role(Binding)?$/.test(object.kind) && origin !== "chart";
const bindings = resource("kubernetes_cluster_role_binding_v1");
const clusterRoles = resource("kubernetes_cluster_role_v1");

export default policy({
  id: "SC-26",
  severity: "error",
  proves: ["FF-05"],
  title: "Roles are bound to named accounts, and none of them administers the cluster",
  because:
    "a binding to system:authenticated or of cluster-admin gives every pod and every user of the cluster the right to read all secrets",
  remedy: "bind a role with the rules that the software needs to its service account",
  equivalents: ["kube-linter cluster-admin-role-binding"],
  subjects: (platform: Platform) => platform.objects.filter(isRole),
  check: (item): Verdict | readonly Verdict[] =>
    item.object.kind.endsWith("Binding") ? judgeBinding(item) : judgeRole(item),
  mutants: [
    change(
      "everybody who is logged in",
      bindings,
      set("subject", [{ kind: "Group", name: "system:authenticated", api_group: "rbac.authorization.k8s.io" }]),
    ),
    change("cluster administrators", bindings, set("role_ref.name", "cluster-admin")),
    add("a binding of administrators to everybody", /^operator-/, "kubernetes_cluster_role_binding_v1", "everybody", {
      metadata: { name: "everybody" },
      role_ref: { api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subject: [{ kind: "Group", name: "system:authenticated", api_group: "rbac.authorization.k8s.io" }],
    }),
    change(
      "impersonation",
      clusterRoles,
      set("rule", [{ api_groups: [""], resources: ["users"], verbs: ["impersonate"] }]),
    ),
    change("all secrets", clusterRoles, set("rule", [{ api_groups: [""], resources: ["secrets"], verbs: ["get"] }])),
  ],
  boundary: {
    holds: change(
      "config maps of all namespaces",
      clusterRoles,
      set("rule", [{ api_groups: [""], resources: ["configmaps"], verbs: ["get"] }]),
    ),
    breaks: change(
      "secrets of all namespaces",
      clusterRoles,
      set("rule", [{ api_groups: [""], resources: ["configmaps", "secrets"], verbs: ["get"] }]),
    ),
  },
});
