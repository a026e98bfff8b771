import { qualified, restoredKinds, restoreTestNames } from "../../../../catalog/kubernetes/restored-kinds";
import { restoreTests } from "../../../figures/recovery/restore-tests";
import { arrayOf, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { BackupSystem } from "../../../inventory/facts/kubernetes/backups";
import type { Role } from "../../../inventory/facts/kubernetes/roles";
import { contains, excludes, holds, within } from "../../../policy/comparison";
import { change, manifest, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import type { Verdict } from "../../../policy/verdict";
import { applicationNamespaces } from "../_velero";

const { scratch, restorePrefix, guard } = restoreTestNames;
const role = (part: string) => resource("kubernetes_role_v1", (_, id) => id.startsWith(`restore-scratch_${part}-role`));
const binding = (part: string) =>
  resource("kubernetes_role_binding_v1", (_, id) => id.startsWith(`restore-scratch_${part}-binding`));
const guards = manifest("ValidatingAdmissionPolicy", (_, id) => id.endsWith(`/${guard}`));
const bound = manifest("ValidatingAdmissionPolicyBinding", (_, id) => id.endsWith(`/${guard}`));
const entry = resource("aws_eks_access_entry", (block) => JSON.stringify(block).includes("restore-test"));

export default policy({
  id: "DR-27",
  severity: "error",
  proves: ["FF-25"],
  title: "The restore test of namespaces may do its work, and delete nothing else",
  because:
    "a function that may create any Restore lets Velero write anything anywhere, and one without its rights tests nothing",
  remedy:
    "keep the roles of RestoreScratch, and the admission policy of catalog/charts/velero/restore-test.ts with its binding",
  subjects: (platform) => platform.backups,
  check: (system, platform) => {
    const groups = groupsOf(system, platform);
    const rights = rolesOf(groups, system.region, platform);
    const verbs = (namespace: string, kind: string): string[] =>
      rights
        .filter((one) => one.namespace === namespace)
        .flatMap(({ rules }) => rules)
        .filter(({ apiGroups, resources }) =>
          apiGroups.some((group) => resources.some((name) => qualified({ group, resource: name }) === kind)),
        )
        .flatMap((rule) => rule.verbs);
    return [
      ...restoredKinds.map((kind) =>
        contains(["delete", "list"], verbs(scratch, qualified(kind)), `verbs on ${qualified(kind)} in the scratch`),
      ),
      contains(["create", "delete", "get", "list"], verbs(scratch, "pods"), "verbs on pods in the scratch"),
      contains("list", verbs("velero", "backups.velero.io"), "verbs on backups"),
      contains("list", verbs("velero", "datadownloads.velero.io"), "verbs on data downloads"),
      contains(["create", "delete", "get"], verbs("velero", "restores.velero.io"), "verbs on restores"),
      ...bounded(rights, system, platform),
      ...guarded(system.region, groups, platform),
    ];
  },
  mutants: [
    remove("no rights in the scratch", role("scratch")),
    remove("rights in the scratch without a binding", binding("scratch")),
    remove("no rights on restores", role("restores")),
    remove("rights on restores without a binding", binding("restores")),
    remove("no access entry", entry),
    change("an access entry without a group", entry, unset("kubernetes_groups")),
    change("it may delete every Restore", role("restores"), unset("rule.resource_names")),
    change("it may delete backups", role("restores"), set("rule.0.verbs", ["list", "delete"])),
    change("it may read passwords", role("scratch"), set("rule.0.resources", ["secrets", "configmaps"])),
    change("rights in every namespace", binding("scratch"), set("metadata.namespace", "shop")),
    remove("no guard", guards),
    remove("a guard without a binding", bound),
    change("a guard that only warns", bound, set("spec.validationActions", ["Warn"])),
    change("a guard that lets pass when it fails", guards, set("spec.failurePolicy", "Ignore")),
    change("a guard of another group", guards, set("spec.matchConditions.0.expression", "false")),
    change("a guard of backups", guards, set("spec.matchConstraints.resourceRules.0.resources", ["backups"])),
    change("a guard that knows no scratch", guards, unset("spec.validations.0")),
  ],
  boundary: {
    holds: change("audited too", bound, set("spec.validationActions", ["Deny", "Audit"])),
    breaks: change("audited only", bound, set("spec.validationActions", ["Audit"])),
  },
});

/** Groups of the function's access entry. */
function groupsOf({ region }: BackupSystem, platform: Platform): readonly string[] {
  const functions = restoreTests(platform)
    .filter((test) => test.region === region && test.stores.some(({ kind }) => kind === "namespace"))
    .flatMap(({ check }) => check?.resource("role") ?? []);
  return platform
    .ofType("aws_eks_access_entry")
    .filter((one) => functions.some((own) => one.resource("principal_arn") === own))
    .flatMap((one) => one.list("kubernetes_groups").map(String));
}

/** Roles that the cluster binds to one of the groups; a binding gives its rights in its own namespace. */
const rolesOf = (groups: readonly string[], region: string | undefined, platform: Platform): readonly Role[] =>
  platform.objects
    .filter((one) => one.region === region && /^(Cluster)?RoleBinding$/.test(one.object.kind))
    .filter(({ object }) => objectsOf(object["subjects"]).some(({ name }) => groups.includes(String(name))))
    .flatMap(({ object }) => {
      const namespace = object.metadata.namespace ?? "";
      const found = platform.roles.find(
        (one) =>
          one.region === region &&
          one.name === textOf(objectOf(object["roleRef"])["name"]) &&
          (one.clusterWide || one.namespace === namespace),
      );
      return found ? [{ ...found, namespace, clusterWide: object.kind === "ClusterRoleBinding" }] : [];
    });

/** Nothing outside the two namespaces, no content of Secrets, and only Restores of its own are deleted. */
function bounded(rights: readonly Role[], system: BackupSystem, platform: Platform): Verdict[] {
  const rules = rights.filter(({ namespace }) => namespace === "velero").flatMap((one) => one.rules);
  const deletes = rules.filter(({ verbs }) => verbs.some((verb) => !["create", "list"].includes(verb)));
  const names = deletes.flatMap(({ resourceNames }) => resourceNames);
  const wanted = applicationNamespaces(platform)
    .filter(({ region }) => region === system.region)
    .map(({ name }) => `${restorePrefix}${name}`);
  return [
    within(
      [scratch, "velero"],
      rights.map(({ namespace, clusterWide }) => (clusterWide ? "every namespace" : namespace)),
      "namespaces of its rights",
    ),
    excludes(
      "secrets",
      rights.flatMap((one) => one.rules.flatMap(({ resources }) => resources)),
      "kinds of its rights",
    ),
    holds(
      deletes.every(({ resources, resourceNames }) => resources.join() === "restores" && resourceNames.length > 0),
      "it changes named Restores only in Velero's namespace",
      deletes.map(({ resources, verbs }) => `${resources.join()}: ${verbs.join()}`).join("; "),
    ),
    contains(wanted, names, "Restores that it deletes"),
  ];
}

/** The API server refuses a Restore of the group that does not go into the scratch. */
function guarded(region: string | undefined, groups: readonly string[], platform: Platform): Verdict[] {
  const named = (kind: string) =>
    platform.objects.filter((one) => one.region === region && one.object.kind === kind).map(({ object }) => object);
  const binds = named("ValidatingAdmissionPolicyBinding").map((object) => objectOf(object["spec"]));
  const guarding = named("ValidatingAdmissionPolicy").filter((object) => {
    const spec = objectOf(object["spec"]);
    const rules = objectsOf(objectOf(spec["matchConstraints"])["resourceRules"]);
    const conditions = objectsOf(spec["matchConditions"]).map(({ expression }) => String(expression));
    const expressions = objectsOf(spec["validations"]).map(({ expression }) => String(expression));
    return (
      spec["failurePolicy"] === "Fail" &&
      rules.some(
        ({ resources, operations }) =>
          arrayOf(resources).includes("restores") && arrayOf(operations).includes("CREATE"),
      ) &&
      conditions.every((text) => groups.some((group) => text.includes(`"${group}"`))) &&
      expressions.some((text) => text.includes("namespaceMapping") && text.includes(`== "${scratch}"`)) &&
      expressions.some((text) => text.includes("includedResources")) &&
      expressions.some((text) => text.includes("resourceModifier"))
    );
  });
  const denies = guarding.some(({ metadata: { name } }) =>
    binds.some((spec) => spec["policyName"] === name && arrayOf(spec["validationActions"]).includes("Deny")),
  );
  return [
    holds(
      denies,
      "an admission policy that holds its Restores to the scratch, bound to deny",
      guarding.length === 0 ? "none" : "it denies nothing",
    ),
  ];
}
