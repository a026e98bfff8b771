import { annotation } from "../../../contract";
import { declarationCommitments, type DeclarationCommitment } from "../../../catalog/claims/commitments";
import { isObject, type Json, objectOf } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Namespace } from "../../inventory/facts/kubernetes/namespaces";
import { equals } from "../../policy/comparison";
import { change, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, forClaim } from "../../policy/verdict";

const OBJECTIVES = annotation.objectives;
const STORES = annotation.stores;

const promises = ({ name }: Namespace, { commitments }: Platform): readonly DeclarationCommitment[] =>
  declarationCommitments(commitments, name);

/** What the application declares, as its file says it. */
function declared({ annotations }: Namespace): Json {
  const read = (annotation: string): object => {
    try {
      return objectOf(JSON.parse(annotations[annotation] ?? "{}") as Json);
    } catch {
      return {};
    }
  };
  return { objectives: read(OBJECTIVES), ...read(STORES) } as Json;
}

const at = (value: Json, path: string): Json | undefined =>
  path.split(".").reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), value);

const namespaceOf = (application: string) =>
  resource("kubernetes_namespace_v1", (_, __, stack) => stack.startsWith(`${application}-`));
const path = (annotation: string, ...steps: string[]): string[] => ["metadata", "annotations", annotation, ...steps];

export default policy({
  id: "GO-08",
  severity: "error",
  proves: ["FF-13", "FF-15", "FG-02", "FG-03", "FG-14", "FL-25", "XB-04"],
  title: "Stores and indicators are declared as committed",
  because:
    "alerts, backups and servers are made from what is declared: what is declared lower is kept lower, and no policy sees it",
  remedy:
    "set databases, caches and objectives.indicators of the application to what its report promises; a promise changes in its report first, then in catalog/claims/commitments.json",
  subjects: (platform) => platform.namespaces.filter((namespace) => promises(namespace, platform).length > 0),
  check: (namespace, platform) => {
    const said = declared(namespace);
    return promises(namespace, platform).map(({ claim, path: field, value }) => {
      const actual = at(said, field);
      const what = `${claim} promises ${field}`;
      return forClaim(
        claim,
        typeof actual === "string" || typeof actual === "number" || typeof actual === "boolean"
          ? equals(value, actual, what, { field })
          : fail({ expected: `${what} ${String(value)}`, actual: "nothing is declared", field }),
      );
    });
  },
  mutants: [
    change("another version", namespaceOf("orders"), set(path(STORES, "databases", "main", "version"), "17")),
    change("a queue that forgets", namespaceOf("orders"), set(path(STORES, "caches", "queue", "persistent"), false)),
    change("no indicator", namespaceOf("operator"), unset(path(OBJECTIVES, "indicators"))),
    change("no stores at all", namespaceOf("orders"), unset(path(STORES))),
  ],
  boundary: {
    holds: change(
      "an indicator more",
      namespaceOf("operator"),
      set(path(OBJECTIVES, "indicators", "webhooks"), { latencyMeanMs: 1 }),
    ),
    breaks: change(
      "a millisecond more",
      namespaceOf("ledger"),
      set(path(OBJECTIVES, "indicators", "metrics-endpoint", "latencyP95Ms"), 251),
    ),
  },
});
