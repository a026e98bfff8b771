import { ClusterRoleBindingV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-binding-v1";
import { ClusterRoleV1 } from "@cdktf/provider-kubernetes/lib/cluster-role-v1";
import type { Construct } from "constructs";
import { PROMOTION_GROUP } from "../../aws/stores/promotion";
import { Guarded } from "../../guarded";
import { type Ownership, ownershipLabels } from "../labels";

const NAME = "promotion";

/** Lets the promotion start what waits for it: see writer-switch.ts. It reads no secret and deletes nothing. */
export class PromotionRights extends Guarded {
  static readonly guardedBy = ["MR-21", "SC-09"] as const;

  constructor(scope: Construct, id: string, { ownership }: { readonly ownership: Ownership }) {
    super(scope, id);
    const labels = ownershipLabels(ownership);
    const role = new ClusterRoleV1(this, "role", {
      metadata: { name: NAME, labels },
      rule: [
        { apiGroups: ["batch"], resources: ["cronjobs"], verbs: ["list", "patch"] },
        { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "get"] },
        { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["list", "patch"] },
        { apiGroups: ["keda.sh"], resources: ["scaledobjects"], verbs: ["list", "patch"] },
      ],
    });
    new ClusterRoleBindingV1(this, "binding", {
      metadata: { name: NAME, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
      subject: [{ kind: "Group", name: PROMOTION_GROUP, apiGroup: "rbac.authorization.k8s.io" }],
    });
  }
}
