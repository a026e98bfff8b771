import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1, type RoleV1Rule } from "@cdktf/provider-kubernetes/lib/role-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Declaration, Guarded } from "../../guarded";
import { type Ownership, ownershipLabels } from "../labels";

/** Annotation of a workload: Secrets whose change starts its pods again, separated by commas (Reloader 1.4, docs/reference, read 2026-11-21). */
export const RESTART_ANNOTATION = "secret.reloader.stakater.com/reload";
/** Annotation that Reloader writes into the pod template: it is not configuration, so Terraform must leave it alone. */
const LAST_RESTART = "reloader.stakater.com/last-reloaded-from";
/** Service account of the release `reloader` in namespace `reloader`. */
export const RESTARTER = { name: "reloader-reloader", namespace: "reloader" } as const;

/** Annotations of a workload whose pods read the Secret, whether as files or as variables. */
export const restartedBy = (secretName: string | undefined): Record<string, string> =>
  secretName === undefined ? {} : { [RESTART_ANNOTATION]: secretName };

/** What such a workload's `lifecycle.ignoreChanges` needs: without it the next apply would restart all pods once more. */
export const restartIgnored = (secretName: string | undefined): string[] =>
  secretName === undefined ? [] : [`spec[0].template[0].metadata[0].annotations["${LAST_RESTART}"]`];

export interface RestartRightsProps {
  readonly namespace: string;
  readonly ownership: Ownership;
  /** @default "workloads" - an application's namespace; `own`: what Reloader needs where it runs itself */
  readonly of?: "workloads" | "own";
  readonly dependsOn: ITerraformDependable[];
  readonly declaration?: Declaration;
}

/** Of kinds that are watched but never used here Reloader asks for lists only; it may not read what it cannot restart. */
const rules: Readonly<Record<NonNullable<RestartRightsProps["of"]>, RoleV1Rule[]>> = {
  workloads: [
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["get", "list", "patch", "update"] },
    { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  ],
  own: [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create", "get", "update"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get", "list", "update", "watch"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  ],
};

/**
 * Lets Reloader start the pods of one namespace again when a secret of theirs has changed.
 *
 * The chart's own roles are not used: they reach Jobs too, and an account that may create a Job in a namespace runs with its service
 * accounts. Reloader waits for a namespace that it may not read yet, so it can be installed before the applications.
 */
export class RestartRights extends Guarded {
  static readonly guardedBy = ["SC-09", "SC-15", "DE-09"] as const;

  readonly binding: ITerraformDependable;

  constructor(scope: Construct, id: string, props: RestartRightsProps) {
    super(scope, id, props.declaration);
    const metadata = {
      name: "restart-on-new-secrets",
      namespace: props.namespace,
      labels: ownershipLabels(props.ownership),
    };
    const role = new RoleV1(this, "role", {
      metadata,
      rule: rules[props.of ?? "workloads"],
      dependsOn: props.dependsOn,
    });
    this.binding = new RoleBindingV1(this, "binding", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subject: [{ kind: "ServiceAccount", ...RESTARTER }],
    });
  }
}
