import { isServedByEveryCluster } from "../../../catalog/charts/crd-owners";
import { type OwnedKind, ownedKinds } from "../../figures/capacity/custom-kinds";
import { perPlatform } from "../../figures/per-platform";
import { objectOf, textOf } from "../../inventory/json";
import type { PlacedObject } from "../../inventory/kubernetes/object";
import type { Platform } from "../../inventory/platform";
import { add, addManifest, change, remove, set, together } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { manifest } from "../../policy/target";
import { fail, pass, type Verdict } from "../../policy/verdict";
import { releaseOf } from "../../policy-terms/targets";

const kindsIn = perPlatform(
  (platform: Platform) => new Map(platform.clusters.map(({ region = "" }) => [region, ownedKinds(platform, region)])),
);
/** Stacks of a region in the order of their deployment. */
const layers = ["network", "cluster", "crds", "platform", "alerting", "monitoring", "ingress", "application"];
const layerOf = (platform: Platform, stack: string): number =>
  layers.indexOf(platform.stacks.find(({ name }) => name === stack)?.layer ?? "");

const isOwn = ({ origin, object }: PlacedObject): boolean =>
  origin !== "chart" &&
  object.kind !== "CustomResourceDefinition" &&
  !isServedByEveryCluster(groupOf(object.apiVersion));
const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

function judgeUse(
  { object, resource: user, stack }: PlacedObject,
  kinds: readonly OwnedKind[],
  platform: Platform,
): Verdict {
  const [group, version = ""] = object.apiVersion.split("/");
  const kind = kinds.find((one) => one.group === group && one.kind === object.kind);
  const what = `${object.kind} of ${object.apiVersion}`;
  if (kind === undefined)
    return fail({ expected: `something in the region that brings the kind ${what}`, actual: "nothing does" });
  if (!kind.versions.includes(version))
    return fail({ expected: `a version that ${kind.owner} serves: ${kind.versions.join(", ")}`, actual: what });
  const [before, after] = [layerOf(platform, kind.resource.stack), layerOf(platform, stack)];
  const first =
    kind.resource.stack === stack ? platform.after(user).includes(kind.resource) : before !== -1 && before < after;
  return first
    ? pass(`${what}: ${kind.owner} comes first`)
    : fail({
        expected: `${kind.owner} comes before what uses ${what}`,
        actual:
          kind.resource.stack === stack ? "nothing orders them" : `${stack} does not come after ${kind.resource.stack}`,
      });
}

/** A conversion webhook without an answer makes every read of the kind fail. */
function judgeConversion({ object, region }: PlacedObject, platform: Platform): Verdict {
  const conversion = objectOf(objectOf(object["spec"])["conversion"]);
  if (conversion["strategy"] !== "Webhook") return pass(`${object.metadata.name ?? ""} converts nothing`);
  const service = objectOf(objectOf(objectOf(conversion["webhook"])["clientConfig"])["service"]);
  const [name, namespace] = [textOf(service["name"]) ?? "none", textOf(service["namespace"]) ?? "none"];
  const there = platform.services.some(
    (one) => one.region === region && one.name === name && one.namespace === namespace,
  );
  return there
    ? pass(`Service ${namespace}/${name} converts`)
    : fail({
        expected: `the Service ${namespace}/${name} of the conversion webhook of ${object.metadata.name ?? ""}`,
        actual: "none",
      });
}

const k6Operator = add("", /^storefront-/, "helm_release", "k6", {
  chart: "k6-operator",
  repository: "https://grafana.github.io/helm-charts",
  version: "4.6.0",
  name: "k6",
  namespace: "k6",
  values: ["{}"],
});
const testRun = {
  apiVersion: "k6.io/v1alpha1",
  kind: "TestRun",
  metadata: { name: "light", namespace: "storefront" },
  spec: {},
};

export default policy({
  id: "SU-12",
  severity: "error",
  proves: [],
  beyond: "a deployment that stops half-way for want of a kind leaves a cluster that was never declared",
  title: "Each custom kind has one owner, deployed before its objects",
  because:
    "two releases that own a definition take it from one another, and an object whose kind is not there yet fails the whole deployment",
  remedy:
    "let one release bring the definitions (skip_crds on the other), in a stack before those that use them, or with depends_on in the same stack",
  subjects: (platform) => [
    ...platform.clusters,
    ...platform.objects.filter(
      (placed) => isOwn(placed) || (placed.object.kind === "CustomResourceDefinition" && placed.origin !== "chart"),
    ),
  ],
  check: (subject, platform): Verdict | Verdict[] => {
    const placed = platform.objects.find((one) => one === subject);
    if (placed)
      return isOwn(placed)
        ? judgeUse(placed, kindsIn(platform).get(placed.region) ?? [], platform)
        : judgeConversion(placed, platform);
    const kinds = kindsIn(platform).get(platform.clusters.find((one) => one === subject)?.region ?? "") ?? [];
    const shared = [...new Set(kinds.map(({ name }) => name))]
      .sort()
      .filter((name) => kinds.filter((one) => one.name === name).length > 1);
    if (shared.length === 0) return pass(`${kinds.length} definitions have one owner each`);
    return shared.map((name) =>
      fail({
        expected: `one owner of ${name}`,
        actual: kinds
          .filter((one) => one.name === name)
          .map(({ owner }) => owner)
          .sort()
          .join(" and "),
      }),
    );
  },
  mutants: [
    change(
      "a stack of monitoring that brings its definitions too",
      releaseOf("metrics-server"),
      set("chart", "kube-prometheus-stack"),
    ),
    remove("no release brings the kinds of monitoring", releaseOf("prometheus-operator-crds")),
    change("definitions that are switched off", releaseOf("external-secrets"), set("values.0.installCRDs", false)),
    change("a version that is not served", manifest("ServiceMonitor"), set("apiVersion", "monitoring.coreos.com/v9")),
    change("a kind without a CRD", manifest("ServiceMonitor"), set("kind", "ServiceWatcher")),
    together(
      "definitions that nothing puts before their use",
      k6Operator,
      addManifest("", manifest("ServiceMonitor"), testRun),
    ),
    together(
      "definitions in a later stack than their use",
      k6Operator,
      addManifest("", manifest("VolumeSnapshotClass"), testRun),
    ),
    addManifest("a conversion webhook without its Service", manifest("ServiceMonitor"), {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "worlds.example.com" },
      spec: {
        group: "example.com",
        names: { kind: "World", plural: "worlds" },
        scope: "Namespaced",
        versions: [{ name: "v1", served: true, storage: true }],
        conversion: {
          strategy: "Webhook",
          webhook: { clientConfig: { service: { namespace: "none", name: "ghost" } } },
        },
      },
    }),
  ],
  boundary: {
    holds: change(
      "a second stack of monitoring that leaves its definitions out",
      releaseOf("metrics-server"),
      (block) => {
        set("chart", "kube-prometheus-stack")(block);
        set("skip_crds", true)(block);
      },
    ),
    breaks: change("the same, with them", releaseOf("metrics-server"), (block) => {
      set("chart", "kube-prometheus-stack")(block);
      set("skip_crds", false)(block);
    }),
  },
});
