import { noCommitments } from "../../catalog/claims/commitments";
import { commitmentsOf, merged, type RegisteredClaims } from "../../catalog/claims/registered";
import { coverageOf } from "./coverage";
import type { Item } from "./item";
import { placedObjects } from "./kubernetes/objects";
import type { KubernetesObject, PlacedObject } from "./kubernetes/object";
import type { Platform, PlatformFacts, PlatformUnknown, SynthesisedStack } from "./platform";
import { State } from "./state";
import { backupsOf } from "./views/kubernetes/backups";
import { addOnsOf, clustersOf, launchTemplatesOf, nodeGroupsOf, podIdentitiesOf } from "./views/aws/clusters";
import { alarmsOf, healthChecksOf, recordsOf } from "./views/aws/dns";
import { iamStatementsOf } from "./views/aws/iam";
import { loadBalancersOf, targetGroupsOf } from "./views/aws/load-balancers";
import { namespaceOf } from "./views/kubernetes/namespaces";
import { networksOf } from "./views/aws/networks";
import { releasesOf } from "./views/kubernetes/releases";
import { securityGroupsOf } from "./views/aws/security-groups";
import { limitRangeOf, quotaOf, roleOf, storageClassOf } from "./views/kubernetes/single-objects";
import { bucketsOf, keysOf, repositoriesOf, secretsOf } from "./views/kubernetes/storage";
import { policyDocumentsOf } from "./views/aws/policy-documents";
import { cachesOf, databasesOf } from "./views/aws/stores";
import { backendsOf, providersOf } from "./views/terraform";
import { workloadGraph } from "./views/kubernetes/workload-graph";
import type { Namespace } from "./facts/kubernetes/namespaces";
import type { WorkloadContainer } from "./facts/kubernetes/workload-graph";

/** What a published chart renders with the project's values. */
export interface RenderedChart {
  readonly chart: string;
  readonly version: string;
  readonly objects: readonly KubernetesObject[];
}

/**
 * Turns the synthesised Terraform of all stacks into typed facts.
 *
 * @param charts objects of published charts, if they were rendered. @default none - such releases count as opaque
 * @throws UnknownKubernetesArgument if a Kubernetes resource has an argument that the conversion tables do not know
 */
export function takeInventory(
  stacks: readonly SynthesisedStack[],
  facts: PlatformFacts,
  charts: readonly RenderedChart[] = [],
): Platform {
  const state = new State(stacks);
  const views = { ...awsViews(state), ...kubernetesViews(state, charts) };
  const registeredClaims = once(() => registeredIn(views.namespaces()));
  const named = {
    environment: () => facts.environment,
    now: () => facts.now,
    registeredClaims,
    commitments: once(() =>
      merged([
        facts.commitments ?? noCommitments,
        ...Object.entries(registeredClaims()).map(([application, claims]) => commitmentsOf(application, claims)),
      ]),
    ),
    applicationRecords: () => facts.applicationRecords ?? [],
    shapes: () => facts.shapes,
    dataLock: () => facts.dataLock,
    stacks: () => state.stacks,
    resources: () => state.resources,
    unknowns: () => unknownsOf(views),
    coverage: () => coverageOf(state, views.releases()),
    policyDocuments: once(() => policyDocumentsOf(state, facts.environment.accountId)),
  };
  const platform = {
    ofType: state.ofType.bind(state),
    referrers: state.referrers.bind(state),
    dependencies: state.dependencies.bind(state),
    after: state.after.bind(state),
  };
  for (const [name, get] of Object.entries({ ...named, ...views }))
    Object.defineProperty(platform, name, { get, enumerable: true });
  return platform as Platform;
}

/** Every Kubernetes object that the stacks bring to their clusters, exactly as the API server takes it. */
export function kubernetesObjects(
  stacks: readonly SynthesisedStack[],
  charts: readonly RenderedChart[] = [],
): readonly PlacedObject[] {
  return kubernetesViews(new State(stacks), charts).objects();
}

function awsViews(state: State) {
  const launchTemplates = once(() => launchTemplatesOf(state));
  const nodeGroups = once(() => nodeGroupsOf(state, launchTemplates()));
  const addOns = once(() => addOnsOf(state));
  const podIdentities = once(() => podIdentitiesOf(state));
  const buckets = once(() => bucketsOf(state));
  const alarms = once(() => alarmsOf(state));
  const healthChecks = once(() => healthChecksOf(state, alarms()));
  const targetGroups = once(() => targetGroupsOf(state));
  return {
    launchTemplates,
    nodeGroups,
    addOns,
    podIdentities,
    buckets,
    alarms,
    healthChecks,
    targetGroups,
    clusters: once(() => clustersOf(state, nodeGroups(), addOns(), podIdentities())),
    networks: once(() => networksOf(state)),
    iamStatements: once(() => iamStatementsOf(state)),
    keys: once(() => keysOf(state)),
    secrets: once(() => secretsOf(state)),
    databases: once(() => databasesOf(state)),
    caches: once(() => cachesOf(state)),
    repositories: once(() => repositoriesOf(state)),
    records: once(() => recordsOf(state, healthChecks())),
    securityGroups: once(() => securityGroupsOf(state)),
    loadBalancers: once(() => loadBalancersOf(state, targetGroups())),
    backends: once(() => backendsOf(state, buckets())),
    providers: once(() => providersOf(state)),
  };
}

function kubernetesViews(state: State, charts: readonly RenderedChart[]) {
  const rendered = (chart: string, version: string | undefined): RenderedChart | undefined =>
    charts.find((one) => one.chart === chart && one.version === version);
  const releases = once(() => releasesOf(state, (chart, version) => rendered(chart, version) !== undefined));
  const objects = once(() =>
    placedObjects(state, releases(), (release) => rendered(release.chart ?? "", release.version)?.objects ?? []),
  );
  const of = <View>(view: (placed: PlacedObject) => View, ...kinds: readonly string[]) =>
    once(() =>
      objects()
        .filter(({ object }) => kinds.includes(object.kind))
        .map(view),
    );
  const graph = once(() => workloadGraph(objects()));
  const quotas = of(quotaOf, "ResourceQuota");
  const limitRanges = of(limitRangeOf, "LimitRange");
  return {
    releases,
    objects,
    quotas,
    limitRanges,
    backups: once(() => backupsOf(state, releases())),
    workloads: () => graph().workloads,
    services: () => graph().services,
    autoscalers: () => graph().autoscalers,
    networkPolicies: () => graph().networkPolicies,
    disruptionBudgets: () => graph().disruptionBudgets,
    containers: once(() =>
      graph().workloads.flatMap((workload): WorkloadContainer[] => [
        ...workload.pod.initContainers.map((container) => ({
          ...workload,
          label: `${workload.label} container ${container.name}`,
          workload,
          init: !container.sidecar,
          container,
        })),
        ...workload.containers.map((container) => ({
          ...workload,
          label: `${workload.label} container ${container.name}`,
          workload,
          init: false,
          container,
        })),
      ]),
    ),
    namespaces: of(
      (placed) =>
        namespaceOf(placed, {
          quotas: quotas(),
          limitRanges: limitRanges(),
          networkPolicies: graph().networkPolicies,
          workloads: graph().workloads,
        }),
      "Namespace",
    ),
    storageClasses: of(storageClassOf, "StorageClass"),
    roles: of(roleOf, "Role", "ClusterRole"),
  };
}

/** Namespaces of one application say the same in both regions; a claim that only one of them has is judged as well. */
function registeredIn(namespaces: readonly Namespace[]): Readonly<Record<string, RegisteredClaims>> {
  const found: Record<string, RegisteredClaims> = {};
  for (const { name, claims } of namespaces)
    if (Object.keys(claims).length > 0) found[name] = { ...found[name], ...claims };
  return found;
}

function once<Result>(compute: () => Result): () => Result {
  let done: { readonly result: Result } | undefined;
  return () => (done ??= { result: compute() }).result;
}

/** Items repeat where a workload's containers share its object: each unknown is listed once. */
function unknownsOf(views: Readonly<Record<string, () => readonly unknown[]>>): readonly PlatformUnknown[] {
  const found = new Map<string, PlatformUnknown>();
  for (const view of Object.values(views))
    for (const item of view() as readonly Partial<Item>[])
      for (const unknown of item.unknowns ?? []) {
        const subject = item as Item;
        const key = `${subject.stack} ${subject.address} ${unknown.path} ${unknown.reason}`;
        if (!found.has(key))
          found.set(key, {
            subject: {
              stack: subject.stack,
              address: subject.address,
              constructPath: subject.constructPath,
              label: subject.label,
            },
            ...unknown,
          });
      }
  return [...found.entries()]
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    .map(([, unknown]) => unknown);
}
