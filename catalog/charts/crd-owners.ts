import others from "./crd-owners.json";
import { platformCharts } from ".";
import type { CustomKind } from "./model/lock";

export type { CustomKind } from "./model/lock";

/** What brings kinds into a cluster. */
export interface KindOwner {
  readonly owner: string;
  readonly installation: string;
  /** Dotted path of the value that decides whether they are installed. */
  readonly switch?: { readonly path: string; readonly default: boolean };
  readonly crds: readonly CustomKind[];
}

interface ListedOwner extends KindOwner {
  readonly kind: string;
}
const listed: readonly ListedOwner[] = others.owners;

/** CRDs of a chart: from its lock, or from the list of charts that the platform does not install. */
export function chartKinds(name: string): KindOwner | undefined {
  const own = platformCharts.find(({ chart }) => chart === name);
  if (own === undefined) return listed.find(({ owner, kind }) => owner === name && kind === "chart");
  const { installation, kinds } = own.lock.crds;
  return kinds.length === 0
    ? undefined
    : { owner: name, installation, crds: kinds, ...(own.crdSwitch === undefined ? {} : { switch: own.crdSwitch }) };
}

export const addOnKinds = (addOn: string): KindOwner | undefined =>
  listed.find(({ owner, kind }) => owner === addOn && kind === "EKS add-on");

/** Groups that the API server serves by itself. Source: Kubernetes 1.36, API overview; read 2026-11-21. */
const builtIn =
  /^(|apps|batch|autoscaling|policy|(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io)$/;
/** Groups whose kinds EKS installs with every cluster. Source: Amazon EKS user guide, network policies and security groups for pods; read 2026-11-21. */
const ofEks: ReadonlySet<string> = new Set([
  "networking.k8s.aws",
  "vpcresources.k8s.aws",
  "crd.k8s.amazonaws.com",
  "eks.amazonaws.com",
]);

export const isServedByEveryCluster = (group: string): boolean => builtIn.test(group) || ofEks.has(group);
