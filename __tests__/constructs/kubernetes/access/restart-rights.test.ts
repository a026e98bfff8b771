import {
  RESTARTER,
  restartedBy,
  restartIgnored,
  RestartRights,
  type RestartRightsProps,
} from "../../../../constructs/kubernetes/access/restart-rights";
import { type Arguments, Made } from "../../empty-stack";

const ownership = { application: "shop", owner: "shopkeepers", tier: 2, costCentre: "cc-2000" };
const made = (of?: RestartRightsProps["of"]) =>
  new Made(
    (stack) =>
      new RestartRights(stack, "rights", { namespace: "shop", ownership, dependsOn: [], ...(of ? { of } : {}) }),
  );
const mayDo = (rights: Made, resource: string): readonly string[] =>
  (rights.only("kubernetes_role_v1")["rule"] as readonly Arguments[])
    .filter((rule) => (rule["resources"] as readonly string[]).includes(resource))
    .flatMap((rule) => rule["verbs"] as readonly string[]);

describe("rights to restart", () => {
  it("are those of one namespace, for Reloader's account alone", () => {
    const rights = made();
    expect(rights.counts).toEqual({ kubernetes_role_v1: 1, kubernetes_role_binding_v1: 1 });
    expect(rights.only("kubernetes_role_binding_v1")["subject"]).toEqual([{ kind: "ServiceAccount", ...RESTARTER }]);
  });

  it("change what runs on, and create nothing that runs", () => {
    expect(mayDo(made(), "deployments")).toContain("patch");
    expect(mayDo(made(), "statefulsets")).toContain("patch");
    expect(mayDo(made(), "daemonsets")).not.toContain("patch");
    for (const kind of ["deployments", "statefulsets", "daemonsets", "pods"])
      expect(mayDo(made(), kind)).not.toContain("create");
    expect(mayDo(made(), "jobs")).toEqual([]);
  });

  it("lead Reloader in its own namespace, and restart nothing there", () => {
    expect(mayDo(made("own"), "leases")).toEqual(["create", "get", "update"]);
    expect(mayDo(made("own"), "deployments")).toEqual(["get", "list"]);
  });

  it("are used by workloads that read a Secret, whose last restart Terraform leaves alone", () => {
    expect(Object.values(restartedBy("keys"))).toEqual(["keys"]);
    expect(restartIgnored("keys")).toHaveLength(1);
    expect([restartedBy(undefined), restartIgnored(undefined)]).toEqual([{}, []]);
  });
});
