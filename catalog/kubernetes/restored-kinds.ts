import data from "./restored-kinds.json";

/** A kind of Kubernetes object as the API's paths name it. */
export interface RestoredKind {
  readonly group: string;
  readonly resource: string;
}

/** A kind that a restore test must not bring back. */
export interface AbsentKind extends RestoredKind {
  /** Names that the platform itself has put into the scratch. @default [] */
  readonly keeps?: readonly string[];
  readonly because: string;
}

/** Kinds that Velero restores into the scratch namespace: what they do there is nothing. */
export const restoredKinds: readonly RestoredKind[] = data.restored;

/** Kinds that would act in the scratch namespace; the test fails when one of them is there. */
export const absentKinds: readonly AbsentKind[] = data.absent;

/** Kinds that no restore brings back, into whatever namespace: with them Velero's restore fails in part, or does work twice. */
export const rebuiltKinds: readonly (RestoredKind & { readonly because: string })[] = data.rebuilt;

/** How Velero and RBAC name a kind: `deployments.apps`, `services`. */
export const qualified = ({ group, resource }: RestoredKind): string =>
  group === "" ? resource : `${resource}.${group}`;

/** Names that the weekly restore of namespaces shares between its function, its rights, and Velero's guard. */
export const restoreTestNames = {
  /** Namespace that applications are restored into, one after another. */
  scratch: "restore-test",
  /** Begins the names of the test's Restores; the application's name follows. */
  restorePrefix: "restore-test-",
  /** Kubernetes group of the function. */
  group: "plimsoll:restore-test",
  /** Policy of the API server that holds the function's restores to the scratch, and ConfigMap that keeps them idle. */
  guard: "restore-test",
} as const;
