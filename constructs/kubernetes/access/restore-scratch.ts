import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1, type RoleV1Rule } from "@cdktf/provider-kubernetes/lib/role-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import {
  absentKinds,
  type RestoredKind,
  restoredKinds,
  restoreTestNames,
} from "../../../catalog/kubernetes/restored-kinds";
import { type Declaration, Guarded } from "../../guarded";
import { DEFAULT_MEMORY_LIMIT, GuardedNamespace } from "../guarded-namespace";
import { type Ownership, ownershipLabels } from "../labels";

export interface RestoreScratchProps {
  readonly ownership: Ownership;
  /** Namespaces of the applications: a Restore is named after each. */
  readonly namespaces: readonly string[];
  /** Namespace of Velero, and what has to be there before a Role in it. */
  readonly velero: { readonly namespace: string; readonly guards: ITerraformDependable[] };
  readonly declaration: Declaration;
}

/** Room for the pods that mount restored volumes, and for nothing of an application. */
const quota = {
  cpuMillis: 100,
  memoryMiB: 320,
  memoryLimitMiB: 1280,
  pods: 10,
  largestContainer: { cpu: "100m", memory: DEFAULT_MEMORY_LIMIT },
} as const;

/**
 * The namespace that restore tests fill and empty, and what their function may do.
 *
 * Nothing reaches it and it reaches nothing: all traffic is denied, no service account of it has a role in AWS, and what
 * would route, scale or run is not restored (catalog/kubernetes/restored-kinds.json). The function may delete nothing outside of it
 * but its own Restores.
 */
export class RestoreScratch extends Guarded {
  static readonly guardedBy = ["DR-26", "SC-09", "NW-01", "SC-05"] as const;

  constructor(scope: Construct, id: string, props: RestoreScratchProps) {
    super(scope, id, props.declaration);
    const { ownership, velero } = props;
    const { scratch, restorePrefix } = restoreTestNames;
    const { name, guards } = new GuardedNamespace(this, "namespace", {
      name: scratch,
      ownership,
      quota,
      declaration: props.declaration,
    });
    this.addRights("scratch", name, ownership, guards, [
      ...byGroup(restoredKinds, ["delete", "list"]),
      { apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list"] },
      ...byGroup(
        absentKinds.filter(({ resource }) => resource !== "pods"),
        ["list"],
      ),
    ]);
    this.addRights("restores", velero.namespace, ownership, velero.guards, [
      { apiGroups: ["velero.io"], resources: ["backups", "datadownloads"], verbs: ["list"] },
      // What it may create the guard in Velero's namespace says: RBAC cannot.
      { apiGroups: ["velero.io"], resources: ["restores"], verbs: ["create"] },
      {
        apiGroups: ["velero.io"],
        resources: ["restores"],
        resourceNames: props.namespaces.map((namespace) => `${restorePrefix}${namespace}`),
        verbs: ["delete", "get"],
      },
    ]);
  }

  private addRights(
    id: string,
    namespace: string,
    ownership: Ownership,
    dependsOn: ITerraformDependable[],
    rule: RoleV1Rule[],
  ): void {
    const metadata = { name: "restore-test", namespace, labels: ownershipLabels(ownership) };
    const role = new RoleV1(this, `${id}-role`, { metadata, rule, dependsOn });
    new RoleBindingV1(this, `${id}-binding`, {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subject: [{ kind: "Group", name: restoreTestNames.group, apiGroup: "rbac.authorization.k8s.io" }],
    });
  }
}

/** One rule for the kinds of each API group. */
function byGroup(kinds: readonly RestoredKind[], verbs: string[]): RoleV1Rule[] {
  const groups = [...new Set(kinds.map(({ group }) => group))].sort();
  return groups.map((group) => ({
    apiGroups: [group],
    resources: kinds.filter((kind) => kind.group === group).map(({ resource }) => resource),
    verbs,
  }));
}
