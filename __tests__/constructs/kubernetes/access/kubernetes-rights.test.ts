import type { Component } from "../../../../config/application/schema";
import { electionArgs, KubernetesRights } from "../../../../constructs/kubernetes/access/kubernetes-rights";
import { Made } from "../../empty-stack";

const made = (component: object) =>
  new Made(
    (stack) =>
      new KubernetesRights(stack, "rights", {
        serviceAccount: "operator",
        namespace: "shop",
        labels: {},
        // Rights follow from these fields alone.
        component: component as Component,
        dependsOn: [],
      }),
  );
const pods = { group: "", resources: ["pods"], verbs: ["get", "list"] };
const election = { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2 };

describe("what a component may do in the Kubernetes API", () => {
  it("is nothing without declared rules", () => expect(made({ kind: "service" }).counts).toEqual({}));

  it("is what its rules say in its namespace", () => {
    const rights = made({ kind: "service", kubernetes: [pods] });
    expect(rights.counts).toEqual({ kubernetes_role_v1: 1, kubernetes_role_binding_v1: 1 });
    expect(rights.only("kubernetes_role_v1")).toMatchObject({
      metadata: { name: "operator", namespace: "shop" },
      rule: [{ api_groups: [""], resources: ["pods"], verbs: ["get", "list"] }],
    });
    expect(rights.only("kubernetes_role_binding_v1")).toMatchObject({
      role_ref: { kind: "Role" },
      subject: [{ kind: "ServiceAccount", name: "operator", namespace: "shop" }],
    });
  });

  it("reaches the whole cluster only by rules that say so", () => {
    const rights = made({ kind: "service", kubernetes: [pods, { ...pods, resources: ["nodes"], scope: "cluster" }] });
    expect(rights.only("kubernetes_cluster_role_v1")["rule"]).toMatchObject([{ resources: ["nodes"] }]);
    expect(rights.only("kubernetes_role_v1")["rule"]).toMatchObject([{ resources: ["pods"] }]);
  });

  it.each([
    [election, "operator"],
    [{ ...election, leaseName: "own-lease" }, "own-lease"],
  ])("takes a lease of the elected name alone: %j", (leaderElection, lease) => {
    const rules = made({ kind: "controller", leaderElection }).only("kubernetes_role_v1")["rule"];
    expect(rules).toMatchObject([
      { resources: ["leases"], verbs: ["create"] },
      { resources: ["leases"], resource_names: [lease], verbs: ["get", "update", "patch"] },
      { resources: ["events"] },
    ]);
  });
});

describe("the flags of an election", () => {
  it("name its times and its lease, where the program takes them", () => {
    expect(electionArgs(election, "shop", "operator")).toEqual([
      "--leader-elect",
      "--leader-elect-lease-duration=15s",
      "--leader-elect-renew-deadline=10s",
      "--leader-elect-retry-period=2s",
      "--leader-elect-resource-name=operator",
      "--leader-elect-resource-namespace=shop",
    ]);
    expect(electionArgs({ ...election, flags: "leader-elect" }, "shop", "operator")).toEqual(["--leader-elect"]);
  });
});
