import { gzipSync } from "node:zlib";
import type { CustomKind, RenderedFacts } from "../../../catalog/charts/model/lock";
import { arrayOf, type Json, numberOf, objectOf, objectsOf, textOf, textsOf } from "../../../readiness/inventory/json";
import type { KubernetesObject } from "../../../readiness/inventory/kubernetes/object";
import { imagesOf } from "../charts-part";
import { operatorWorkload } from "./operator-pods";
import { labelsOf, workloadFacts } from "./pod-facts";

const MONITORS = new Set(["ServiceMonitor", "PodMonitor"]);
const WEBHOOKS = /^(Validating|Mutating)WebhookConfiguration$/;

/** Facts of everything that a chart renders. @param manifest the same as text, certificates normalised */
export function renderedFacts(
  objects: readonly KubernetesObject[],
  secret: { readonly chart: string; readonly values: string; readonly manifest: string },
): RenderedFacts {
  const workloads = objects.flatMap((object) => workloadFacts(object) ?? operatorWorkload(object, objects) ?? []);
  const images = workloads.flatMap(({ containers, initContainers }) =>
    [...containers, ...initContainers].map(({ image }) => image),
  );
  return {
    crdCount: objects.filter(({ kind }) => kind === "CustomResourceDefinition").length,
    objectCount: objects.length,
    releaseSecretBytes: secretBytes(secret),
    images: [...new Set([...imagesOf(objects), ...images])].filter((image) => image !== "").sort(),
    workloads,
    podDisruptionBudgets: objects.filter(({ kind }) => kind === "PodDisruptionBudget").map(budgetFacts),
    services: objects.filter(({ kind }) => kind === "Service").map(serviceFacts),
    monitors: objects.filter(({ kind }) => MONITORS.has(kind)).map(monitorFacts),
    serviceAccounts: namesOf(objects, /^ServiceAccount$/),
    webhooks: objects.filter(({ kind }) => WEBHOOKS.test(kind)).flatMap(webhookFacts),
    wildcardRoles: namesOf(objects.filter(hasWildcard), /^(Cluster)?Role$/),
  };
}

/** Helm keeps base64 of the gzip of the release as JSON. */
const secretBytes = (parts: object): number => Math.ceil(gzipSync(JSON.stringify(parts), { level: 9 }).length / 3) * 4;

const where = ({ metadata }: KubernetesObject) => ({
  namespace: metadata.namespace ?? "",
  name: metadata.name ?? "",
});

const amountOf = (value: Json | undefined): number | string | null => numberOf(value) ?? textOf(value) ?? null;

function budgetFacts(object: KubernetesObject): RenderedFacts["podDisruptionBudgets"][number] {
  const spec = objectOf(object["spec"]);
  return {
    ...where(object),
    maxUnavailable: amountOf(spec["maxUnavailable"]),
    minAvailable: amountOf(spec["minAvailable"]),
    unhealthyPods: textOf(spec["unhealthyPodEvictionPolicy"]) ?? null,
    selector: labelsOf(objectOf(spec["selector"])["matchLabels"]),
  };
}

function serviceFacts(object: KubernetesObject): RenderedFacts["services"][number] {
  const spec = objectOf(object["spec"]);
  return {
    ...where(object),
    type: textOf(spec["type"]) ?? "ClusterIP",
    selector: labelsOf(spec["selector"]),
    ports: objectsOf(spec["ports"]).map((port) => ({
      name: textOf(port["name"]) ?? null,
      port: numberOf(port["port"]) ?? 0,
      targetPort: amountOf(port["targetPort"]) ?? numberOf(port["port"]) ?? 0,
      protocol: textOf(port["protocol"]) ?? "TCP",
    })),
  };
}

function monitorFacts(object: KubernetesObject): RenderedFacts["monitors"][number] {
  const spec = objectOf(object["spec"]);
  return {
    kind: object.kind,
    ...where(object),
    selector: labelsOf(objectOf(spec["selector"])["matchLabels"]),
    ports: [...objectsOf(spec["endpoints"]), ...objectsOf(spec["podMetricsEndpoints"])].map(
      (endpoint) => textOf(endpoint["port"]) ?? textOf(endpoint["targetPort"]) ?? null,
    ),
  };
}

const webhookFacts = (object: KubernetesObject): RenderedFacts["webhooks"] =>
  objectsOf(object["webhooks"]).map((webhook) => ({
    kind: object.kind,
    name: textOf(webhook["name"]) ?? "",
    failurePolicy: textOf(webhook["failurePolicy"]) ?? "Fail",
    service: textOf(objectOf(objectOf(webhook["clientConfig"])["service"])["name"]) ?? null,
  }));

const namesOf = (objects: readonly KubernetesObject[], kind: RegExp): string[] =>
  objects
    .filter((object) => kind.test(object.kind))
    .map(({ metadata }) => metadata.name ?? "")
    .sort();

const hasWildcard = (object: KubernetesObject): boolean =>
  objectsOf(object["rules"]).some((rule) =>
    ["apiGroups", "resources", "verbs"].some((field) => arrayOf(rule[field]).includes("*")),
  );

/** Kinds that the CRDs of a render define, sorted by name. */
export const kindsIn = (objects: readonly KubernetesObject[]): CustomKind[] =>
  objects
    .filter(({ kind }) => kind === "CustomResourceDefinition")
    .map(({ metadata, ...object }) => {
      const spec = objectOf(object["spec"]);
      return {
        name: metadata.name ?? "",
        group: textOf(spec["group"]) ?? "",
        kind: textOf(objectOf(spec["names"])["kind"]) ?? "",
        versions: objectsOf(spec["versions"])
          .filter((version) => version["served"] !== false)
          .flatMap((version) => textsOf([version["name"] ?? ""])),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
