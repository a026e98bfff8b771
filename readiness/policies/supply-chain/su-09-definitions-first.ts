import { platformCharts } from "../../../catalog/charts";
import { leafDifferences } from "../../figures/shape/leaf-differences";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../inventory/json";
import type { Release } from "../../inventory/facts/kubernetes/releases";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import type { Workload } from "../../inventory/facts/kubernetes/workload-graph";
import { equals, holds } from "../../policy/comparison";
import { asObject } from "../../policy/json";
import { addManifest, change, changeStack, manifest, type Mutation, resource, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, notApplicable, pass, type Verdict } from "../../policy/verdict";
import { releaseOf } from "../../policy-terms/targets";

const KEEP = "helm.sh/resource-policy";

/** A chart that keeps its definitions does so by a value: without it they, and every object of their kinds, go with the release. */
function keptBy(release: Release): Verdict {
  const own = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  const lost = leafDifferences((own?.exampleValues() ?? {}) as JsonObject, release.values).filter((path) =>
    path.endsWith(KEEP),
  );
  return lost.length === 0
    ? pass("its definitions stay, or it has none")
    : fail({
        expected: `${lost.join(", ")}: keep`,
        actual: "another value, or none",
        message: `${release.label} in ${release.region ?? ""}: ${lost.join(", ")} is not keep: when the release is removed, Kubernetes deletes its definitions and every object of their kinds`,
      });
}

/** Workloads whose service account is bound to rights on the group of the definition: they watch its kind. */
function watchers(definition: PlacedObject, platform: Platform): readonly Workload[] {
  const group = textOf(objectOf(definition.object["spec"])["group"]);
  const roles = platform.roles
    .filter(
      ({ region, rules }) =>
        region === definition.region && rules.some(({ apiGroups }) => group !== undefined && apiGroups.includes(group)),
    )
    .map(({ name }) => name);
  const accounts = platform.objects
    .filter(
      ({ region, object }) =>
        region === definition.region &&
        /RoleBinding$/.test(object.kind) &&
        roles.includes(textOf(objectOf(object["roleRef"])["name"]) ?? ""),
    )
    .flatMap(({ object }) =>
      objectsOf(object["subjects"]).map(
        (subject) => `${textOf(subject["namespace"]) ?? ""}/${textOf(subject["name"]) ?? ""}`,
      ),
    );
  return platform.workloads.filter(
    (workload) =>
      workload.region === definition.region &&
      workload.origin !== "chart" &&
      accounts.includes(`${workload.namespace}/${workload.pod.serviceAccount ?? ""}`),
  );
}

const definitions = manifest("CustomResourceDefinition");
/** Only resources of the types that match still wait for the definition; what a pod needs waits for it too. */
const waits = (name: string, types: RegExp): Mutation =>
  changeStack(name, /^operator-/, (terraform) => {
    for (const [type, blocks] of Object.entries(asObject(terraform["resource"])))
      for (const block of Object.values(asObject(blocks)).map(asObject)) {
        const list = block["depends_on"];
        if (Array.isArray(list) && !types.test(type))
          block["depends_on"] = list.filter((one) => !String(one).includes("definitions"));
      }
  });
const apart = (name: string) =>
  addManifest(name, definitions, {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "worldspecs.operator.dev", annotations: { [KEEP]: "keep" } },
    spec: {},
  });

export default policy({
  id: "SU-09",
  severity: "error",
  title: "A CRD has one owner and stays when its release is removed",
  because:
    "a controller without its kind crashes until it is installed; with two owners each removes the other's; and with a definition Kubernetes deletes every object of the kind",
  remedy:
    "declare the kind once, under customResources of the application: its components wait for it, and Helm keeps it",
  proves: ["FF-05"],
  subjects: (platform): readonly (PlacedObject | Release)[] => [
    ...platform.objects.filter(
      ({ object, origin }) => object.kind === "CustomResourceDefinition" && origin !== "chart",
    ),
    ...platform.releases.filter(({ local }) => !local),
  ],
  check: (definition, platform) => {
    if ("chart" in definition) return keptBy(definition);
    const { name, annotations } = definition.object.metadata;
    if (name === undefined) return notApplicable("the API server refuses an object without a name");
    const owners = platform.objects.filter(
      ({ region, object }) =>
        region === definition.region && object.kind === "CustomResourceDefinition" && object.metadata.name === name,
    );
    return [
      equals(1, owners.length, `definitions named ${name} in ${definition.region}`),
      equals(
        "keep",
        annotations?.[KEEP] ?? "none",
        `annotation ${KEEP}: objects of the kind stay when the release goes`,
      ),
      ...watchers(definition, platform).map((workload) =>
        holds(
          platform.after(workload.resource).includes(definition.resource),
          `${workload.label} starts after ${name} is defined`,
          "nothing orders them",
          { field: "customResources" },
        ),
      ),
    ];
  },
  mutants: [
    apart("a second definition of the same name"),
    change("KEDA's definitions go with their release", releaseOf("keda"), unset("values.0.crds.additionalAnnotations")),
    change(
      "Prometheus' definitions go with their release, in the secondary",
      resource(
        "helm_release",
        (block, _, stack) => block["chart"] === "prometheus-operator-crds" && stack.endsWith("eu-west-1"),
      ),
      unset("values.0.crds.annotations"),
    ),
    change("the definition goes with its release", definitions, unset(["metadata", "annotations", KEEP])),
    waits("the controller does not wait", /^helm_release$/),
  ],
  boundary: {
    holds: waits("the Deployment waits, and nothing else", /^kubernetes_deployment_v1$/),
    breaks: waits("the Service waits, and nothing else", /^kubernetes_service_v1$/),
  },
});
