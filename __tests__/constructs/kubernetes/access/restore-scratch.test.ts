import { absentKinds, restoredKinds, restoreTestNames } from "../../../../catalog/kubernetes/restored-kinds";
import { RestoreScratch } from "../../../../constructs/kubernetes/access/restore-scratch";
import { type Arguments, Made } from "../../empty-stack";

describe("the scratch of restore tests", () => {
  const made = new Made(
    (stack) =>
      new RestoreScratch(stack, "scratch", {
        ownership: { application: "platform", owner: "operations", tier: 1, costCentre: "cc-2000" },
        namespaces: ["shop", "desk"],
        velero: { namespace: "velero", guards: [] },
        declaration: { file: "here.ts" },
      }),
  );
  const rulesIn = (namespace: string): readonly Arguments[] =>
    made
      .all("kubernetes_role_v1")
      .filter((role) => JSON.stringify(role["metadata"]).includes(namespace))
      .flatMap((role) => role["rule"] as readonly Arguments[]);
  const inScratch = rulesIn("kubernetes_namespace_v1");
  const mayDo = (resource: string): readonly string[] =>
    inScratch
      .filter((rule) => (rule["resources"] as readonly string[]).includes(resource))
      .flatMap((rule) => rule["verbs"] as readonly string[]);

  it("is a namespace in which all traffic is denied and little room is", () => {
    expect(made.only("kubernetes_namespace_v1")).toMatchObject({ metadata: { name: restoreTestNames.scratch } });
    expect(made.only("kubernetes_network_policy_v1")["spec"]).toEqual({
      pod_selector: {},
      policy_types: ["Ingress", "Egress"],
    });
    expect(made.only("kubernetes_resource_quota_v1")["spec"]).toMatchObject({
      hard: { pods: "10", "services.loadbalancers": "0", "services.nodeports": "0" },
    });
  });

  it("has rights in two namespaces, none in the whole cluster, for the function's group alone", () => {
    expect(made.counts).toMatchObject({ kubernetes_role_v1: 2, kubernetes_role_binding_v1: 2 });
    expect(made.counts).not.toHaveProperty("kubernetes_cluster_role_v1");
    for (const { subject } of made.all("kubernetes_role_binding_v1"))
      expect(subject).toMatchObject([{ kind: "Group", name: restoreTestNames.group }]);
  });

  it("is emptied of every kind that is restored, and only looked at for what must not be there", () => {
    for (const { resource } of restoredKinds) expect(mayDo(resource)).toEqual(["delete", "list"]);
    for (const { resource } of absentKinds)
      expect(mayDo(resource)).toEqual(resource === "pods" ? ["create", "delete", "get", "list"] : ["list"]);
    expect(inScratch.flatMap((rule) => rule["resources"] as readonly string[])).toHaveLength(
      restoredKinds.length + absentKinds.length,
    );
  });

  it("lets the function delete the Restores of its own names in Velero's namespace, and nothing else there", () => {
    const deleting = rulesIn("velero").filter((rule) => (rule["verbs"] as readonly string[]).includes("delete"));
    expect(deleting).toEqual([
      {
        api_groups: ["velero.io"],
        resources: ["restores"],
        resource_names: ["restore-test-shop", "restore-test-desk"],
        verbs: ["delete", "get"],
      },
    ]);
    expect(rulesIn("velero").filter((rule) => !deleting.includes(rule))).toMatchObject([
      { resources: ["backups", "datadownloads"], verbs: ["list"] },
      { resources: ["restores"], verbs: ["create"] },
    ]);
  });
});
