import { objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import type { Platform } from "../../../inventory/platform";
import type { Release } from "../../../inventory/facts/kubernetes/releases";
import { asObject } from "../../../policy/json";
import { change, remove, resource, set, update } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { releaseOf } from "../../../policy-terms/targets";

/** Service account of the release, whose name the chart makes of those of release and chart. */
const WATCHER = { name: "reloader-reloader", namespace: "reloader" };
/** What it asks for in every namespace that it watches (Reloader 1.4.21, internal/pkg/controller, read 2026-11-29). */
const NEEDED = ["list", "watch"];

const isWatcher = (subject: ReturnType<typeof objectOf>): boolean =>
  subject["kind"] === "ServiceAccount" &&
  subject["name"] === WATCHER.name &&
  subject["namespace"] === WATCHER.namespace;

/** Whether a RoleBinding of the namespace lets the account list and watch secrets there. */
function admitted(namespace: string, region: string | undefined, platform: Platform): boolean {
  const here = (one: PlacedObject, kind: string): boolean =>
    one.region === region && one.object.kind === kind && one.object.metadata.namespace === namespace;
  return platform.objects
    .filter((one) => here(one, "RoleBinding") && objectsOf(one.object["subjects"]).some(isWatcher))
    .some(({ object }) => {
      const role = platform.objects.find(
        (one) => here(one, "Role") && one.object.metadata.name === textOf(objectOf(object["roleRef"])["name"]),
      );
      return objectsOf(role?.object["rules"]).some(
        (rule) =>
          textsOf(rule["resources"]).includes("secrets") &&
          NEEDED.every((verb) => textsOf(rule["verbs"]).includes(verb)),
      );
    });
}

const reloader = releaseOf("reloader");
const watched = ["values", "0", "reloader", "namespaces"];
const bindings = resource(
  "kubernetes_role_binding_v1",
  (block) => asObject(block["metadata"])["name"] === "restart-on-new-secrets",
);
const bindingsIn = (stack: string) => resource("kubernetes_role_binding_v1", (_, __, of) => of === stack);
const more = (namespace: string) => update(watched, (list) => [...(Array.isArray(list) ? list : []), namespace]);

export default policy({
  id: "SC-20",
  severity: "error",
  proves: ["FG-24"],
  title: "Reloader may read every namespace that it watches",
  because:
    "in a namespace without RBAC rules its watch is refused without end: it fills its log, and what was meant to restart pods there restarts none",
  remedy: "let Reloader watch the namespaces that RestartRights opens to it: those of applications with secrets",
  subjects: (platform): readonly Release[] => platform.releases.filter(({ chart }) => chart === "reloader"),
  check: (release, platform): Verdict | readonly Verdict[] => {
    if (release.valuesUnknown !== undefined) return unknown(release.valuesUnknown.reason);
    const settings = objectOf(release.values["reloader"]);
    if (settings["watchGlobally"] !== false)
      return fail({ expected: "named namespaces (watchGlobally: false)", actual: "every namespace" });
    return textsOf(settings["namespaces"]).map((namespace) =>
      admitted(namespace, release.region, platform)
        ? pass(namespace)
        : fail({
            expected: `a RoleBinding in ${namespace} that lets it list and watch secrets`,
            actual: "none",
          }),
    );
  },
  mutants: [
    remove("no rights anywhere", bindings),
    remove("no rights in one application of the secondary", bindingsIn("storefront-eu-west-1")),
    change("rights of another owner", bindings, set("subject.0.namespace", "default")),
    change("rights to read, not to watch", resource("kubernetes_role_v1"), set("rule.0.verbs", ["get"])),
    change("every namespace", reloader, set("values.0.reloader.watchGlobally", true)),
  ],
  boundary: {
    holds: change("one namespace twice", reloader, more("storefront")),
    breaks: change("an application without secrets", reloader, more("operator")),
  },
});
