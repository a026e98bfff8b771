import type { ApplicationRecord } from "../../../../catalog/applications";
import { arrayOf, objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { contains, equals } from "../../../policy/comparison";
import { change, changeRecords, manifest, remove, resource, set, type Mutation } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, type Verdict } from "../../../policy/verdict";
import { rulesBoundTo } from "../../../policy-terms/bound-rules";

type RecordedKind = NonNullable<ApplicationRecord["kinds"]>[number];

interface Deployed extends Subject {
  readonly record: ApplicationRecord;
  readonly region: string | undefined;
}

/** Namespaces of applications whose code is recorded with kinds or calls of the Kubernetes API. */
const subjectsOf = ({ namespaces, applicationRecords }: Platform): readonly Deployed[] =>
  namespaces.flatMap((namespace) => {
    const record = applicationRecords.find(({ application }) => application === namespace.name);
    return record && (record.kinds ?? record.rights) ? [{ ...namespace, record }] : [];
  });

function judgeKind(kind: RecordedKind, region: string | undefined, { objects }: Platform): Verdict[] {
  const found = objects.find(
    (one) => one.region === region && one.object.metadata.name === `${kind.plural}.${kind.group}`,
  );
  if (found?.object.kind !== "CustomResourceDefinition")
    return [fail({ expected: `the CRD of ${kind.kind}, ${kind.plural}.${kind.group}`, actual: "none" })];
  const spec = objectOf(found.object["spec"]);
  const version = objectsOf(spec["versions"]).find(({ name }) => name === kind.version);
  const schema = objectOf(objectOf(objectOf(version?.["schema"])["openAPIV3Schema"])["properties"]);
  return [
    equals(kind.kind, textOf(objectOf(spec["names"])["kind"]), "kind of the CRD"),
    equals(kind.scope, textOf(spec["scope"]), `scope of ${kind.kind}`),
    contains(kind.version, version?.["served"] === true ? [kind.version] : [], `served versions of ${kind.kind}`),
    contains(kind.required, textsOf(arrayOf(objectOf(schema["spec"])["required"])), `required fields of ${kind.kind}`),
  ];
}

/** Rules that are bound to any pod of the application: which of its programs calls is not recorded. */
function judgeRights({ record, region }: Deployed, platform: Platform): Verdict[] {
  const rules = platform.workloads
    .filter((workload) => workload.region === region && workload.namespace === record.application)
    .flatMap((workload) => rulesBoundTo(workload, platform));
  return (record.rights ?? []).map(({ group, resource: name, verbs }) => {
    const given = rules
      .filter(({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(name))
      .flatMap((rule) => rule.verbs);
    return contains(verbs, [...new Set(given)].sort(), `verbs on ${group || "core"}/${name}`);
  });
}

const kindOfOperator = (name: string, other: Partial<RecordedKind>): Mutation =>
  changeRecords(name, (records) => {
    for (const record of records)
      if (record.application === "operator") record.kinds = (record.kinds ?? []).map((kind) => ({ ...kind, ...other }));
  });

const verbsOfOperator = (name: string, verbs: readonly string[]): Mutation =>
  changeRecords(name, (records) => {
    for (const record of records)
      if (record.application === "operator")
        record.rights = (record.rights ?? []).map((right) => ({ ...right, verbs }));
  });

const definitions = manifest(
  "CustomResourceDefinition",
  (object) => objectOf(object["spec"])["group"] === "operator.dev",
);

export default policy({
  id: "WL-41",
  severity: "error",
  proves: ["FF-05"],
  title: "CRDs and RBAC rules are those that the application's code uses",
  because:
    "a controller that watches a kind of another group or version, or that may not list it, logs errors and reconciles nothing, while its pods are ready",
  remedy:
    "declare customResources and kubernetes as catalog/applications/<application>.json records them; after a change of the program, record its new commit first",
  subjects: subjectsOf,
  check: (deployed, platform) => [
    ...(deployed.record.kinds ?? []).flatMap((kind) => judgeKind(kind, deployed.region, platform)),
    ...judgeRights(deployed, platform),
  ],
  mutants: [
    change("a kind of another group", definitions, set("metadata.name", "worldspecs.other.dev")),
    change("a kind for the whole cluster", definitions, set("spec.scope", "Cluster")),
    change("a version that is not served", definitions, set("spec.versions.0.served", false)),
    kindOfOperator("code that names its version anew", { version: "v1" }),
    kindOfOperator("code that requires another field", { required: ["realm"] }),
    remove(
      "no rule for the kind",
      resource("kubernetes_cluster_role_v1", (_, __, stack) => stack.startsWith("operator-")),
    ),
  ],
  boundary: {
    holds: verbsOfOperator("code that only lists", ["list"]),
    breaks: verbsOfOperator("code that deletes, too", ["list", "delete"]),
  },
});
