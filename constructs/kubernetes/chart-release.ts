import { Release } from "@cdktf/provider-helm/lib/release";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../guarded";
import { valuesOf } from "./chart-source";

export interface ChartReleaseProps {
  readonly chart: {
    readonly key: string;
    readonly chart: string;
    /** Address of the chart repository: `https://…` or `oci://…`. */
    readonly repository: string;
    readonly version: string;
    readonly releaseName: string;
    readonly namespace: string;
  };
  readonly values: Record<string, unknown>;
  /** Leave out what the chart keeps under `crds/`, because another release owns the definitions. @default false */
  readonly skipCrds?: boolean;
  readonly dependsOn?: ITerraformDependable[];
  /** @default the chart's file in the catalogue */
  readonly declaration?: Declaration;
}

/** One release of a chart at its exact version; a failed first installation is removed, so that the next run can succeed. */
export class ChartRelease extends Guarded {
  static readonly guardedBy = ["SU-05", "SU-07", "SU-08", "SU-10", "SU-12"] as const;

  readonly release: Release;

  constructor(scope: Construct, id: string, props: ChartReleaseProps) {
    super(scope, id, props.declaration ?? valuesOf(props.chart));
    const { chart, repository, version, releaseName, namespace } = props.chart;
    this.release = new Release(this, "release", {
      name: releaseName,
      namespace,
      version,
      values: [JSON.stringify(props.values)],
      // The provider takes an OCI chart by its whole reference in `repository` plus the chart's name.
      repository,
      chart,
      atomic: true,
      wait: true,
      timeout: 600,
      upgradeInstall: true,
      maxHistory: 5,
      createNamespace: false,
      ...(props.skipCrds ? { skipCrds: true } : {}),
      ...(props.dependsOn ? { dependsOn: props.dependsOn } : {}),
    });
  }
}
