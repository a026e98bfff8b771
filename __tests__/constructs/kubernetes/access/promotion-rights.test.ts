import { PROMOTION_GROUP } from "../../../../constructs/aws/stores/promotion";
import { PromotionRights } from "../../../../constructs/kubernetes/access/promotion-rights";
import { type Arguments, Made } from "../../empty-stack";

describe("what the promotion may do in the cluster", () => {
  const ownership = { application: "platform", owner: "operations", tier: 1, costCentre: "cc-2000" };
  const made = new Made((stack) => new PromotionRights(stack, "rights", { ownership }));
  const rules = made.only("kubernetes_cluster_role_v1")["rule"] as readonly Arguments[];
  const mayDo = (resource: string): readonly string[] =>
    rules
      .filter((rule) => (rule["resources"] as readonly string[]).includes(resource))
      .flatMap((rule) => rule["verbs"] as readonly string[]);

  it("is given to its own group, and to no other", () => {
    expect(made.counts).toEqual({ kubernetes_cluster_role_v1: 1, kubernetes_cluster_role_binding_v1: 1 });
    expect(made.only("kubernetes_cluster_role_binding_v1")).toMatchObject({
      role_ref: { kind: "ClusterRole" },
      subject: [{ kind: "Group", name: PROMOTION_GROUP }],
    });
  });

  it("starts what waits: it lists and patches schedules, workloads and scalers, and makes jobs", () => {
    for (const kind of ["cronjobs", "deployments", "statefulsets", "scaledobjects"])
      expect(mayDo(kind)).toEqual(["list", "patch"]);
    expect(mayDo("jobs")).toEqual(["create", "get"]);
  });

  it("is these kinds alone: no secret, no pod, no right and no wildcard", () =>
    expect(rules.flatMap((rule) => rule["resources"] as readonly string[]).sort()).toEqual([
      "cronjobs",
      "deployments",
      "jobs",
      "scaledobjects",
      "statefulsets",
    ]));

  it("deletes nothing and replaces nothing", () => {
    const verbs = new Set(rules.flatMap((rule) => rule["verbs"] as readonly string[]));
    expect([...verbs].sort()).toEqual(["create", "get", "list", "patch"]);
  });
});
