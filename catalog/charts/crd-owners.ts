import data from "./crd-owners.json";

/** A kind that is not Kubernetes' own, as one owner brings it. */
export interface CustomKind {
  /** `<plural>.<group>`. */
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  /** Served. */
  readonly versions: readonly string[];
}

/** What brings kinds into a cluster. */
export interface KindOwner {
  readonly owner: string;
  readonly kind: string;
  readonly installation: string;
  /** Dotted path of the value that decides whether they are installed. */
  readonly switch?: { readonly path: string; readonly default: boolean };
  readonly crds: readonly CustomKind[];
}

const owners: readonly KindOwner[] = data.owners;

export const chartKinds = (chart: string): KindOwner | undefined =>
  owners.find(({ owner, kind }) => owner === chart && kind === "chart");
export const addOnKinds = (addOn: string): KindOwner | undefined =>
  owners.find(({ owner, kind }) => owner === addOn && kind === "EKS add-on");

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
