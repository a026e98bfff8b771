import addOnCatalog from "../../../catalog/charts/eks-addons.json";
import { platformCharts } from "../../../catalog/charts";
import type { LockedBudget, LockedWorkload } from "../../../catalog/charts/model/lock";
import type { KubernetesObject, PlacedObject } from "../../inventory/kubernetes/object";
import type { JsonObject } from "../../inventory/json";
import type { Platform } from "../../inventory/platform";
import type { Subject } from "../../inventory/subject";
import type { AddOn } from "../../inventory/facts/aws/clusters";
import type { Release } from "../../inventory/facts/kubernetes/releases";
import type { Resource } from "../../inventory/resource";
import { leafDifferences } from "../shape/leaf-differences";

type PodFacts = LockedWorkload | (typeof addOnCatalog.addons)[number]["workloads"][number];
type BudgetFacts = LockedBudget;

/** Objects of charts and add-ons whose pods the catalogue records, and what it does not know. */
export interface CataloguedPods {
  readonly objects: readonly PlacedObject[];
  /** Per region: why the pods there are not all known. */
  readonly unknown: readonly { readonly region: string; readonly reason: string }[];
}

/** Values that decide how many pods there are, how large they are and where they may run. */
const deciding =
  /replica|resources|affinity|toleration|topologyspread|nodeselector|priorityclass|hostnetwork|autoscaling|daemonset|deploymode|nodeagent\.|updatestrategy|\benabled$/i;

/** Pods that no Terraform resource spells out: those of published charts that the inventory did not render, and of EKS add-ons. */
export function cataloguedPods(platform: Platform): CataloguedPods {
  const parts = [
    ...platform.releases.filter(({ rendered }) => !rendered).map(ofRelease),
    ...platform.addOns.map(ofAddOn),
  ];
  return { objects: parts.flatMap(({ objects }) => objects), unknown: parts.flatMap(({ unknown }) => unknown) };
}

function ofRelease(release: Release): CataloguedPods {
  const region = release.region ?? "";
  const own = platformCharts.find(({ lock }) => lock.chart === release.chart && lock.version === release.version);
  const facts = own?.lock.rendered ?? undefined;
  const name = `chart ${release.chart ?? "without a name"} ${release.version ?? ""}`.trim();
  if (own === undefined || facts === undefined)
    return {
      objects: [],
      unknown: [{ region, reason: `the pods of ${name} are not known; add the chart and run \`make charts\`` }],
    };
  const changed = leafDifferences(own.exampleValues() as JsonObject, release.values).filter((path) =>
    deciding.test(path),
  );
  const unknown = [
    ...(release.valuesUnknown === undefined ? [] : [`${name}: ${release.valuesUnknown.reason}`]),
    ...(changed.length === 0
      ? []
      : [
          `${name} was rendered with other values of ${changed.join(", ")}; change its example settings and run \`make charts\``,
        ]),
  ];
  return {
    objects: objectsFrom(release, region, release.resource, facts.workloads, facts.podDisruptionBudgets),
    unknown: unknown.map((reason) => ({ region, reason })),
  };
}

function ofAddOn(addOn: AddOn): CataloguedPods {
  const region = addOn.resource.region ?? "";
  const facts = addOnCatalog.addons.find(({ name }) => name === addOn.name);
  if (facts === undefined)
    return {
      objects: [],
      unknown: [
        {
          region,
          reason: `the pods of add-on ${addOn.name ?? "without a name"} are not known; add them to catalog/charts/eks-addons.json`,
        },
      ],
    };
  const changed = leafDifferences({}, addOn.configuration).filter(
    (path) => deciding.test(path) && !/^enableNetworkPolicy$/.test(path),
  );
  return {
    objects: objectsFrom(addOn, region, addOn.resource, facts.workloads, facts.podDisruptionBudgets),
    unknown: changed.map((path) => ({
      region,
      reason: `add-on ${facts.name} is configured with ${path}, which the recorded pods do not show; record them in catalog/charts/eks-addons.json`,
    })),
  };
}

function objectsFrom(
  owner: Subject,
  region: string,
  resource: Resource,
  workloads: readonly PodFacts[],
  budgets: readonly BudgetFacts[],
): PlacedObject[] {
  const placed = (object: KubernetesObject): PlacedObject => ({
    stack: owner.stack,
    address: owner.address,
    constructPath: owner.constructPath,
    label: owner.label,
    region,
    origin: "chart",
    object,
    resource,
    unknowns: [],
  });
  return [
    ...workloads.map((facts) => placed(workloadObject(facts))),
    ...budgets.map((facts) => placed(budgetObject(facts))),
  ];
}

const filled = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

function workloadObject(facts: PodFacts): KubernetesObject {
  const spec = filled({
    serviceAccountName: facts.serviceAccount,
    priorityClassName: facts.priorityClassName,
    hostNetwork: facts.hostNetwork,
    nodeSelector: facts.nodeSelector,
    tolerations: facts.tolerations as JsonObject[],
    topologySpreadConstraints: facts.topologySpreadConstraints as unknown as JsonObject[],
    affinity: facts.affinity as JsonObject | null,
    terminationGracePeriodSeconds: facts.terminationGracePeriodSeconds,
    initContainers: facts.initContainers.map(containerObject),
    containers: facts.containers.map(containerObject),
  });
  return {
    apiVersion: facts.kind === "Job" ? "batch/v1" : "apps/v1",
    kind: facts.kind,
    metadata: {
      name: facts.name,
      namespace: facts.namespace,
      ...(facts.hook ? { annotations: { "helm.sh/hook": facts.hook } } : {}),
    },
    spec: filled({
      replicas: facts.kind === "DaemonSet" || facts.kind === "Job" ? null : facts.replicas,
      [facts.kind === "Deployment" ? "strategy" : "updateStrategy"]: facts.strategy as JsonObject | null,
      // The API server makes a Job's selector, and takes no other afterwards.
      selector: facts.kind === "Job" ? null : { matchLabels: facts.selector as JsonObject },
      template: { metadata: { labels: facts.podLabels as JsonObject }, spec },
    }),
  };
}

function containerObject(container: {
  name: string;
  cpuMillis: number | null;
  memoryMiB: number | null;
  ports: readonly { name?: string | null; port: number; protocol: string }[];
}): JsonObject {
  return {
    name: container.name,
    resources: { requests: { cpu: `${container.cpuMillis ?? 0}m`, memory: `${container.memoryMiB ?? 0}Mi` } },
    ports: container.ports.map(({ port, protocol }) => ({ containerPort: port, protocol })),
  };
}

const budgetObject = ({ name, namespace, selector, minAvailable, maxUnavailable }: BudgetFacts): KubernetesObject => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name, namespace },
  spec: filled({ minAvailable, maxUnavailable, selector: { matchLabels: selector as JsonObject } }),
});
