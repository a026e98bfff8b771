import { ClusterRoleBindingV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-binding-v1";
import { ClusterRoleV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1, type RoleV1Rule } from "@cdktf/provider-kubernetes/lib/role-v1";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { KubernetesRule, LeaderElection } from "../../../config/application/parts/access";
import type { Component } from "../../../config/application/schema";
import { Guarded } from "../../guarded";

export interface KubernetesRightsProps {
  /** Of the service account, which is in the namespace. */
  readonly serviceAccount: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly component: Component;
  readonly dependsOn: ITerraformDependable[];
}

const API_GROUP = "rbac.authorization.k8s.io";

/** Flags of client-go's election; the lease is named after the service account, so that its rights can be. */
export function electionArgs(election: LeaderElection, namespace: string, lease: string): string[] {
  if (election.flags === "leader-elect") return ["--leader-elect"];
  return [
    "--leader-elect",
    `--leader-elect-lease-duration=${election.leaseSeconds}s`,
    `--leader-elect-renew-deadline=${election.renewSeconds}s`,
    `--leader-elect-retry-period=${election.retrySeconds}s`,
    `--leader-elect-resource-name=${lease}`,
    `--leader-elect-resource-namespace=${namespace}`,
  ];
}

/** What a component may do in the Kubernetes API: its declared rules, and its own lease where it elects a leader. */
export class KubernetesRights extends Guarded {
  static readonly guardedBy = ["SC-08", "SC-09", "WL-12"] as const;

  /** Pods wait for them: a controller without its rights crashes until they come. */
  readonly bindings: ITerraformDependable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: KubernetesRightsProps,
  ) {
    super(scope, id);
    const { component } = props;
    const rules = component.kubernetes ?? [];
    const own = [
      ...rules.filter(({ scope: where }) => where !== "cluster").map(ruleOf),
      ...(component.kind === "controller"
        ? leaseRules(component.leaderElection.leaseName ?? props.serviceAccount)
        : []),
    ];
    if (own.length > 0) this.addNamespaced(own);
    const everywhere = rules.filter(({ scope: where }) => where === "cluster").map(ruleOf);
    if (everywhere.length > 0) this.addClusterWide(everywhere);
  }

  private addNamespaced(rule: RoleV1Rule[]): void {
    const { serviceAccount: name, namespace, labels, dependsOn } = this.props;
    const role = new RoleV1(this, "role", { metadata: { name, namespace, labels }, rule, dependsOn });
    this.bindings.push(
      new RoleBindingV1(this, "role-binding", {
        metadata: { name, namespace, labels },
        roleRef: { apiGroup: API_GROUP, kind: "Role", name: role.metadata.name },
        subject: [{ kind: "ServiceAccount", name, namespace }],
      }),
    );
  }

  private addClusterWide(rule: RoleV1Rule[]): void {
    const { serviceAccount: name, namespace, labels } = this.props;
    const role = new ClusterRoleV1(this, "cluster-role", { metadata: { name, labels }, rule });
    this.bindings.push(
      new ClusterRoleBindingV1(this, "cluster-role-binding", {
        metadata: { name, labels },
        roleRef: { apiGroup: API_GROUP, kind: "ClusterRole", name: role.metadata.name },
        subject: [{ kind: "ServiceAccount", name, namespace }],
      }),
    );
  }
}

const ruleOf = ({ group, resources, verbs }: KubernetesRule): RoleV1Rule => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: [...verbs],
});

/** Creating takes no name in RBAC; everything else is allowed on the one lease only. */
function leaseRules(lease: string): RoleV1Rule[] {
  return [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      resourceNames: [lease],
      verbs: ["get", "update", "patch"],
    },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  ];
}
