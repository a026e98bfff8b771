import { type JsonObject, objectOf, objectsOf, textOf } from "../../../inventory/json";
import type { PlacedObject } from "../../../inventory/kubernetes/object";
import { change, manifest, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { ownWorkloads } from "../_own";

const otherwise = "the program gets the value of another secret, which is accepted until it is used";

/** Variables that read the key of another name. */
function judgeWorkload({ pod, label, region }: Workload): readonly Verdict[] {
  return objectsOf(pod.spec["containers"])
    .flatMap(({ env }) => objectsOf(env))
    .flatMap((variable) => {
      const [name, key] = [textOf(variable["name"]), textOf(keyOf(variable))];
      if (key === undefined || key === name) return [];
      return [
        fail({
          expected: `${name ?? "?"} from the key of its name`,
          actual: key,
          message: `${label} in ${region}: variable ${name ?? "?"} is read from key ${key}: ${otherwise}`,
        }),
      ];
    });
}

const keyOf = (variable: JsonObject) => objectOf(objectOf(variable["valueFrom"])["secretKeyRef"])["key"];

/** Keys that a template, or the store, fills with the value of another name. */
function judgeExternal({ object, label, region }: PlacedObject): readonly Verdict[] {
  const spec = objectOf(object["spec"]);
  const data = objectsOf(spec["data"]);
  const keys = data.flatMap(({ secretKey }) => textOf(secretKey) ?? []);
  const templates = Object.entries(objectOf(objectOf(objectOf(spec["target"])["template"])["data"]));
  const filled = templates
    .filter(([key, text]) => keys.includes(key) && !new RegExp(String.raw`\.${key}\b`).test(textOf(text) ?? ""))
    .map(([key, text]) => [key, textOf(text) ?? ""] as const);
  const fetched = data.flatMap((entry) => {
    const [key, remote] = [textOf(entry["secretKey"]) ?? "", objectOf(entry["remoteRef"])];
    const [name = "", property] = [(textOf(remote["key"]) ?? "").split("/").at(-1), textOf(remote["property"])];
    const fits = [name, property, `${name}_${property ?? ""}`].includes(key);
    return fits || !keys.includes(key) ? [] : [[key, textOf(remote["key"]) ?? ""] as const];
  });
  return [...filled, ...fetched].map(([key, text]) =>
    fail({
      expected: `${key} from the secret of its name`,
      actual: text,
      message: `${label} in ${region}: ${key} is filled from ${text}: ${otherwise}`,
    }),
  );
}

const ofApplication = (item: PlacedObject, names: readonly string[]): boolean =>
  item.object.kind === "ExternalSecret" && names.includes(item.object.metadata.namespace ?? "");

const ledger = manifest("ExternalSecret", (_, id, stack) => id.endsWith("/api-secrets") && stack.startsWith("ledger-"));
const worker = manifest(
  "ExternalSecret",
  (_, id, stack) => id.endsWith("/worker-secrets") && stack.startsWith("storefront-"),
);
const variables = resource("kubernetes_deployment_v1", (_, __, stack) => stack.startsWith("ledger-"));

export default policy({
  id: "WL-50",
  severity: "error",
  proves: ["FG-12", "CA-28"],
  title: "Secrets reach programs under their own names",
  because:
    "two names that were swapped leave every object valid: tokens are signed with the wrong key, and callers are refused, or accepted, for it",
  remedy: "declare the secret under the name of the variable; ApplicationSecrets and the component write the rest",
  subjects: (platform): readonly (Workload | PlacedObject)[] => {
    const names = platform.namespaces.flatMap(({ name, objectives }) => (objectives === undefined ? [] : name));
    return [...ownWorkloads(platform), ...platform.objects.filter((item) => ofApplication(item, names))];
  },
  check: (item): Verdict | readonly Verdict[] => {
    const found = "pod" in item ? judgeWorkload(item) : judgeExternal(item);
    return found.length === 0 ? pass("under their names") : found;
  },
  mutants: [
    change(
      "two variables swapped",
      variables,
      set("spec.template.spec.container.env", [
        { name: "REDIS_URL", value_from: { secret_key_ref: { name: "api-secrets", key: "DATABASE_URL" } } },
      ]),
    ),
    change("another secret in a key", worker, set("spec.target.template.data.GITHUB_TOKEN", "{{ .REDIS_URL }}")),
    change("another secret behind a key", worker, (object) => {
      for (const entry of objectsOf(objectOf(object["spec"])["data"]))
        if (entry["secretKey"] === "GITHUB_TOKEN")
          Object.assign(objectOf(entry["remoteRef"]), { key: "organisation/production/storefront/API_KEY" });
    }),
    change("a constant", worker, set("spec.target.template.data.GITHUB_TOKEN", "changeme")),
  ],
  boundary: {
    holds: change("a key of a text that is rendered", ledger, set("spec.target.template.data.NOTE", "none")),
    breaks: change("the key of a secret", ledger, (object) => {
      set("spec.data.4", { secretKey: "NOTE", remoteRef: { key: "organisation/production/ledger/OTHER" } })(object);
    }),
  },
});
