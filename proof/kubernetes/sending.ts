import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../../readiness/inventory/json";
import { isDefinition, install, servedKinds } from "./definitions";
import { type KubernetesApi, type KubernetesObject, nameOf, type Reference, Refusal } from "./kubernetes-api";
import type { Ledger } from "../run/ledger";
import { inParallel } from "../run/parallel";
import type { SentObject } from "./region-content";
import { awaitRollouts, hasRollout } from "./rollout";

/** What others need to be there: in this order, then everything else, then what runs pods. */
const FIRST: readonly (readonly string[])[] = [
  ["Namespace"],
  [
    "PriorityClass",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "ValidatingAdmissionPolicy",
    "MutatingAdmissionPolicy",
  ],
  [
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "ClusterRole",
    "Role",
    "ValidatingAdmissionPolicyBinding",
    "MutatingAdmissionPolicyBinding",
    "PersistentVolume",
  ],
];
const LAST = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod", "ReplicaSet"]);

const rankOf = (kind: string): number => {
  const first = FIRST.findIndex((kinds) => kinds.includes(kind));
  return first >= 0 ? first : LAST.has(kind) ? FIRST.length + 1 : FIRST.length;
};

export const labelOf = ({ stack, address, object }: SentObject): string =>
  `${stack} ${address} (${nameOf({ apiVersion: object.apiVersion, kind: object.kind, metadata: { ...object.metadata, name: object.metadata.name ?? "" } })})`;

/** As the API server wants it: no namespace on what has none, `default` on what has one and does not say. */
export async function addressed(api: KubernetesApi, { object }: SentObject): Promise<KubernetesObject> {
  const { namespace, ...metadata } = object.metadata;
  const own = (await api.isNamespaced(object.apiVersion, object.kind)) ? { namespace: namespace ?? "default" } : {};
  return {
    ...(object as JsonObject),
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: { ...metadata, name: metadata.name ?? "", ...own },
  };
}

/**
 * Whether Helm deletes what an earlier release left of the object before it creates it: a Job of a hook cannot be changed.
 * It does so without a policy, too (Helm's documentation, "Chart Hooks", hook deletion policies; read 2026-11-29).
 */
export function isCreatedAnew({ metadata: { annotations } }: Pick<KubernetesObject, "metadata">): boolean {
  if (annotations?.["helm.sh/hook"] === undefined) return false;
  const policies = annotations["helm.sh/hook-delete-policy"] ?? "before-hook-creation";
  return policies.split(",").some((policy) => policy.trim() === "before-hook-creation");
}

/** Deletes it, and waits until it is gone: an object that is being deleted is changed, not created. */
async function deleteEarlier(api: KubernetesApi, object: KubernetesObject, seconds = 30): Promise<void> {
  const end = performance.now() + seconds * 1000;
  await api.delete(object);
  while ((await api.get(object)) !== undefined) {
    if (performance.now() > end) throw new Error(`${nameOf(object)}: its end not reached in ${seconds} s`);
    await sleep(150);
  }
}

export interface Sent {
  readonly sent: SentObject;
  readonly reference: Reference;
}

/**
 * Applies objects in the order that they need among themselves, and waits for those that are waited for.
 * @returns what the API server took
 */
export async function send(
  api: KubernetesApi,
  ledger: Ledger,
  environment: string,
  objects: readonly SentObject[],
): Promise<readonly Sent[]> {
  const definitions = objects.filter(({ object }) => isDefinition(object));
  const taken: Sent[] = [];
  const refuse = (sent: SentObject, error: unknown): void => {
    if (!(error instanceof Refusal) && !(error instanceof Error && /not reached in/.test(error.message))) throw error;
    ledger.failed(`${environment}/${labelOf(sent)}: not taken by the API server`, error.message);
  };
  await inParallel(definitions, 4, async (sent) => {
    try {
      await install(api, [sent.object]);
      taken.push({ sent, reference: await addressed(api, sent) });
    } catch (error) {
      refuse(sent, error);
    }
  });
  const others = objects.filter((sent) => !definitions.includes(sent));
  for (const rank of [...new Set(others.map(({ object }) => rankOf(object.kind)))].sort((a, b) => a - b)) {
    await inParallel(
      others.filter(({ object }) => rankOf(object.kind) === rank),
      8,
      async (sent) => {
        try {
          const object = await addressed(api, sent);
          if (isCreatedAnew(object)) await deleteEarlier(api, object);
          const { warnings } = await api.apply(object);
          taken.push({ sent, reference: object });
          if (warnings.length > 0) warn(ledger, environment, sent, warnings);
        } catch (error) {
          refuse(sent, error);
        }
      },
    );
  }
  await waitFor(
    api,
    ledger,
    environment,
    taken.filter(({ sent }) => sent.waited && hasRollout(sent.object.kind)),
  );
  return taken;
}

/** Our own objects are to be taken without a warning; what a chart is warned of is its authors' business, and reported. */
function warn(ledger: Ledger, environment: string, sent: SentObject, warnings: readonly string[]): void {
  if (sent.origin === "typed" || sent.origin === "manifest")
    ledger.failed(`${environment}/${labelOf(sent)}: taken with a warning`, warnings.join("\n"));
  else ledger.note(`${environment}/${labelOf(sent)}: the API server warns: ${warnings.join("; ")}`);
}

export async function waitFor(
  api: KubernetesApi,
  ledger: Ledger,
  environment: string,
  sent: readonly Sent[],
  seconds = 60,
): Promise<void> {
  const incomplete = await awaitRollouts(
    api,
    sent.map(({ reference }) => reference),
    seconds,
  );
  for (const one of sent) {
    const words = incomplete.get(one.reference);
    if (words !== undefined)
      ledger.failed(
        `${environment}/${labelOf(one.sent)}: ${one.sent.object.kind === "Job" ? "did not complete" : "not rolled out"} in ${seconds} s`,
        words,
      );
    else if (one.sent.origin !== "stand-in")
      ledger.proved(one.sent.object.kind === "Job" ? "Jobs completed" : "rollouts completed");
  }
}

/** Kinds that the objects need and that neither the API server has nor one of the objects defines. */
export async function undefinedKinds(api: KubernetesApi, objects: readonly SentObject[]): Promise<ReadonlySet<string>> {
  const defined = new Set(
    objects.filter(({ object }) => isDefinition(object)).flatMap(({ object }) => servedKinds(object)),
  );
  const needed = [...new Set(objects.map(({ object }) => `${object.apiVersion} ${object.kind}`))]
    .filter((kind) => !defined.has(kind))
    .sort();
  const missing = new Set<string>();
  for (const kind of needed) {
    const [apiVersion = "", name = ""] = kind.split(" ");
    if (!(await api.serves(apiVersion, name))) missing.add(kind);
  }
  return missing;
}
