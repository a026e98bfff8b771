import { join } from "node:path";
import { Release } from "@cdktf/provider-helm/lib/release";
import { AssetType, TerraformAsset, TerraformStack, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../guarded";

/** A Kubernetes object as the API server takes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly [field: string]: unknown;
}

export interface ManifestsProps {
  /** Name of the release, at most 53 characters. */
  readonly name: string;
  readonly namespace: string;
  readonly manifests: readonly Manifest[];
  readonly dependsOn?: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/**
 * Custom resources, as a release of the small chart beside this file.
 *
 * Not `kubernetes_manifest`: that one needs the API server and the kind's definition when it plans, so it can't be planned
 * together with what installs them.
 */
export class Manifests extends Guarded {
  static readonly guardedBy = ["SU-09", "SU-10", "SU-12", "GO-05"] as const;

  readonly release: Release;

  constructor(scope: Construct, id: string, props: ManifestsProps) {
    super(scope, id, props.declaration);
    this.release = new Release(this, "release", {
      name: props.name,
      namespace: props.namespace,
      chart: `./${chartOf(this).path}`,
      values: [JSON.stringify({ manifests: props.manifests })],
      atomic: true,
      wait: true,
      timeout: 300,
      upgradeInstall: true,
      maxHistory: 5,
      ...(props.dependsOn ? { dependsOn: props.dependsOn } : {}),
    });
  }
}

/** The chart as a stack's folder holds it: once, however many releases are made of it. */
function chartOf(scope: Construct): TerraformAsset {
  const stack = TerraformStack.of(scope);
  const id = "manifests-chart";
  const present = stack.node.tryFindChild(id);
  return present instanceof TerraformAsset
    ? present
    : new TerraformAsset(stack, id, { path: join(__dirname, id), type: AssetType.DIRECTORY });
}
