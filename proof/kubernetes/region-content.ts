import { cataloguedPods } from "../../readiness/figures/capacity/catalogued-pods";
import { type JsonObject, objectOf, objectsOf } from "../../readiness/inventory/json";
import { kubernetesObjects, type RenderedChart, takeInventory } from "../../readiness/inventory/inventory";
import type { KubernetesObject, PlacedObject } from "../../readiness/inventory/kubernetes/object";
import type { Platform } from "../../readiness/inventory/platform";
import { State } from "../../readiness/inventory/state";
import type { Release } from "../../readiness/inventory/facts/kubernetes/releases";
import { type ChartRelease, type Charts, ChartUnreachable } from "../charts/charts";
import { plausibleJson, plausibleObject } from "./plausible-objects";
import type { Synthesised } from "../run/synthesised";

/** An object as it is sent, with the Terraform resource that brings it. */
export interface SentObject {
  readonly stack: string;
  readonly address: string;
  readonly origin: PlacedObject["origin"] | "stand-in";
  readonly object: KubernetesObject;
  /** Whether the release or resource waits until it is ready. */
  readonly waited: boolean;
}

/** What one region's cluster is to hold. */
export interface RegionContent {
  readonly region: string;
  readonly platform: Platform;
  /** Of our own stacks, in the order of waves: what a wave depends on is in an earlier one. */
  readonly waves: readonly (readonly SentObject[])[];
  /** Pods of add-ons, which EKS brings with the cluster. */
  readonly addOns: readonly SentObject[];
  /** Objects of our stacks, without those of charts and stand-ins. */
  readonly ownCount: number;
  /** Charts that could not be had; their recorded pods stand in for them. */
  readonly unrendered: readonly { readonly release: Release; readonly because: string }[];
  readonly renderings: readonly { readonly release: Release; readonly objects: readonly KubernetesObject[] }[];
  readonly state: State;
  readonly accountId: string;
  /** Charts that helm refused to render. */
  readonly refused: readonly { readonly release: Release; readonly words: string }[];
}

interface Rendering {
  readonly release: Release;
  readonly objects?: readonly KubernetesObject[];
  readonly because?: string;
  readonly words?: string;
}

/** Renders the region's charts and puts everything into the order of deployment. */
export async function regionContent(
  synthesised: Synthesised,
  region: string,
  charts: Charts | undefined,
  now: string,
): Promise<RegionContent> {
  const { stacks, environment } = synthesised;
  const inRegion = new Set(
    stacks
      .filter(({ terraform }) => objectOf(objectOf(terraform["//"])["plimsoll"])["region"] === region)
      .map(({ name }) => name),
  );
  const state = new State(stacks);
  const { accountId } = environment;
  const first = takeInventory(stacks, { environment, now });
  const releases = first.releases.filter(({ stack, local }) => inRegion.has(stack) && !local);
  const renderings = await Promise.all(releases.map((release) => rendering(charts, state, accountId, release)));
  const known = renderings.flatMap(({ release, objects }): RenderedChart[] =>
    objects ? [{ chart: release.chart ?? "", version: release.version ?? "", objects }] : [],
  );
  const platform = takeInventory(stacks, { environment, now }, known);
  const own = kubernetesObjects(stacks)
    .filter((placed) => placed.region === region)
    .map((placed): SentObject => ({
      ...partsOf(placed),
      origin: placed.origin,
      object: plausibleObject(state, accountId, placed) as KubernetesObject,
      waited: waits(placed.resource.arguments, placed.resource.type),
    }));
  const charted = renderings.flatMap(({ release, objects = [] }) =>
    objects.map((object): SentObject => ({ ...partsOf(release), origin: "chart", object, waited: true })),
  );
  const standIns = cataloguedPods(platform)
    .objects.filter((placed) => placed.region === region)
    .map(standIn);
  const addOns = standIns.filter(({ address }) => address.startsWith("aws_eks_addon."));
  const rest = [...own, ...charted, ...standIns.filter((sent) => !addOns.includes(sent))];
  return {
    region,
    platform,
    addOns,
    state,
    accountId,
    ownCount: own.length,
    waves: inWaves(state, synthesised, rest),
    renderings: renderings.flatMap(({ release, objects }) => (objects ? [{ release, objects }] : [])),
    unrendered: renderings.flatMap(({ release, because }) => (because === undefined ? [] : [{ release, because }])),
    refused: renderings.flatMap(({ release, words }) => (words === undefined ? [] : [{ release, words }])),
  };
}

const partsOf = ({
  stack,
  address,
}: {
  readonly stack: string;
  readonly address: string;
}): { stack: string; address: string } => ({ stack, address });

async function rendering(
  charts: Charts | undefined,
  state: State,
  accountId: string,
  release: Release,
): Promise<Rendering> {
  if (charts === undefined) return { release, because: "helm is not at hand" };
  try {
    return { release, objects: await charts.render(plausibleRelease({ state, accountId }, release)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof ChartUnreachable ? { release, because: message } : { release, words: message };
  }
}

/** A release as helm takes it, with values of the right form where only a deployment knows them. */
export function plausibleRelease(
  { state, accountId }: Pick<RegionContent, "state" | "accountId">,
  release: Release,
): ChartRelease {
  const {
    chart = "",
    version = "",
    repository,
    name = "",
    namespace = "default",
    skipsCrds,
    stack,
    region = "",
  } = release;
  const values = plausibleJson(state, stack, { region, accountId }, release.values) as JsonObject;
  return { chart, version, repository, name, namespace, values, skipsCrds };
}

const waits = (settings: JsonObject, type: string): boolean =>
  type === "helm_release"
    ? settings["wait"] !== false
    : settings["wait_for_rollout"] !== false && settings["wait_for_completion"] !== false;

/** Allowed by the strictest pod security standard: the recorded facts say what the pods ask for, not how they are confined. */
const CONFINED = {
  runAsNonRoot: true,
  runAsUser: 65534,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The recorded pods of a chart or add-on, as objects that a cluster takes. */
function standIn(placed: PlacedObject): SentObject {
  const sent = { ...partsOf(placed), origin: "stand-in" as const, waited: true };
  if (placed.object.kind === "PodDisruptionBudget") return { ...sent, object: placed.object };
  const spec = objectOf(placed.object["spec"]);
  const template = objectOf(spec["template"]);
  const pod = objectOf(template["spec"]);
  const contained = (list: unknown): JsonObject[] =>
    objectsOf(list as JsonObject[]).map((container) => ({
      ...container,
      image: "example.invalid/stand-in:1.0.0",
      securityContext: CONFINED,
    }));
  const whole = {
    ...pod,
    serviceAccountName: "default",
    containers: contained(pod["containers"]),
    initContainers: contained(pod["initContainers"]),
    ...(placed.object.kind === "Job" ? { restartPolicy: "Never" } : {}),
  };
  return {
    ...sent,
    object: { ...placed.object, spec: { ...spec, template: { ...template, spec: whole } } },
  };
}

/** A resource comes after its stack's dependencies and its own. */
function inWaves(
  state: State,
  { stacks }: Synthesised,
  objects: readonly SentObject[],
): readonly (readonly SentObject[])[] {
  const ranks = new Map<string, number>();
  const stackEnd = new Map<string, number>();
  const pending = [...stacks];
  while (pending.length > 0) {
    const at = pending.findIndex(({ dependencies }) =>
      dependencies.every((name) => stackEnd.has(name) || !stacks.some((stack) => stack.name === name)),
    );
    const [stack] = pending.splice(Math.max(0, at), 1);
    if (!stack) break;
    const base = Math.max(0, ...stack.dependencies.map((name) => stackEnd.get(name) ?? 0));
    const own = [...new Set(objects.filter((one) => one.stack === stack.name).map(({ address }) => address))];
    const depth = depths(state, stack.name, new Set(own));
    for (const address of own) ranks.set(`${stack.name}/${address}`, base + (depth.get(address) ?? 0));
    stackEnd.set(stack.name, base + 1 + Math.max(-1, ...own.map((address) => depth.get(address) ?? 0)));
  }
  const waves = new Map<number, SentObject[]>();
  for (const sent of objects) {
    const rank = ranks.get(`${sent.stack}/${sent.address}`) ?? 0;
    waves.set(rank, [...(waves.get(rank) ?? []), sent]);
  }
  return [...waves].sort(([a], [b]) => a - b).map(([, wave]) => wave);
}

/** How many of the stack's own resources must be there before each. */
function depths(state: State, stack: string, addresses: ReadonlySet<string>): ReadonlyMap<string, number> {
  const depth = new Map<string, number>();
  const measure = (address: string): number => {
    const known = depth.get(address);
    if (known !== undefined) return known;
    depth.set(address, 0);
    const resource = state.at(stack, address);
    const before = resource
      ? state
          .after(resource)
          .filter((one) => one.stack === stack && one.address !== address && addresses.has(one.address))
      : [];
    const found = before.length === 0 ? 0 : 1 + Math.max(...before.map((one) => measure(one.address)));
    depth.set(address, found);
    return found;
  };
  for (const address of addresses) measure(address);
  return depth;
}
