import { describeApplication } from "./shipped";

describeApplication("freightliner", ({ containerIn, inBothRegions, of, podOf, spec }) => {
  it("runs three replicas on nodes of their own with their checkpoints (FL-01 to FL-13)", () =>
    inBothRegions("kubernetes_stateful_set_v1", "server", (one) => {
      expect(podOf(one)).toMatchObject({
        termination_grace_period_seconds: 60,
        node_selector: { "plimsoll.dev/pool": "throughput" },
        toleration: expect.arrayContaining([
          { key: "plimsoll.dev/pool", value: "throughput", effect: "NoSchedule", operator: "Equal" },
        ]) as unknown,
        affinity: {
          pod_anti_affinity: {
            required_during_scheduling_ignored_during_execution: [{ topology_key: "kubernetes.io/hostname" }],
          },
        },
      });
      expect(containerIn(one)["resources"]).toMatchObject({ limits: { cpu: "2", memory: "4Gi" } });
      for (const probe of ["startup_probe", "liveness_probe", "readiness_probe"])
        expect(containerIn(one)[probe]).toBeDefined();
      expect(spec(one)["volume_claim_template"]).toEqual([
        expect.objectContaining({
          spec: { access_modes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
        }),
      ]);
    }));
  it("reaches the registries of both clouds with tokens that live an hour (FL-24, FL-31)", () => {
    inBothRegions("kubernetes_stateful_set_v1", "server", (one) => {
      const sources = JSON.stringify(podOf(one)["volume"]);
      expect(sources).toContain('"expiration_seconds":3600');
      expect(sources).toMatch(/workloadIdentityPools\/acme\/providers\/eks-(us-east-1|eu-west-1)/);
    });
    const roles = of("aws_iam_role_policy").map(({ block }) => block["policy"] as string);
    expect(roles).toHaveLength(2);
    for (const role of roles) expect(role).toMatch(/repository\/acme\/mirror\/\*/);
  });
});
