import { describeApplication } from "./shipped";

describeApplication("fleetforge", ({ containerIn, inBothRegions, podOf, spec }) => {
  it("elects a leader among 3 to 10 controllers with the declared RBAC rules (FF-01 to FF-05)", () => {
    inBothRegions("kubernetes_deployment_v1", "controller", (one) => {
      expect(containerIn(one)["args"]).toEqual(["--zap-devel=false", "--leader-elect"]);
      expect(containerIn(one)["resources"]).toMatchObject({
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { cpu: "500m", memory: "512Mi" },
      });
      expect(podOf(one)["automount_service_account_token"]).toBe(true);
    });
    inBothRegions("kubernetes_horizontal_pod_autoscaler_v2", "controller", (one) =>
      expect(spec(one)).toMatchObject({ min_replicas: 3, max_replicas: 10 }),
    );
    inBothRegions("kubernetes_role_v1", "fleetforge-controller", ({ block }) =>
      expect(block["rule"]).toContainEqual({
        api_groups: ["coordination.k8s.io"],
        resources: ["leases"],
        resource_names: ["fleetforge-controller-manager"],
        verbs: ["get", "update", "patch"],
      }),
    );
    inBothRegions("kubernetes_resource_quota_v1", "quota", (one) =>
      // Eleven controllers, four that end during a rollout, and five cells: 15 × 100m + 5 × 500m.
      expect(spec(one)["hard"]).toMatchObject({ "requests.cpu": "4000m", "requests.memory": "8960Mi", pods: "20" }),
    );
    inBothRegions("kubernetes_network_policy_v1", "cells", (one) => {
      expect(spec(one)["pod_selector"]).toEqual({ match_labels: { app: "fleetforge-cell" } });
      expect(spec(one)["ingress"]).toEqual([
        {
          ports: [{ port: "8080", protocol: "TCP" }],
          from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        },
      ]);
      expect(spec(one)["egress"]).toHaveLength(1);
    });
    inBothRegions("kubernetes_network_policy_v1", "controller", (one) => {
      expect(spec(one)["ingress"]).toEqual([
        {
          ports: [{ port: "8080", protocol: "TCP" }],
          from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        },
      ]);
      expect(spec(one)["egress"]).toContainEqual({
        ports: [{ port: "443", protocol: "TCP" }],
        to: [
          { ip_block: { cidr: "172.20.0.1/32" } },
          { ip_block: { cidr: expect.stringMatching(/^10\./) as unknown } },
        ],
      });
    });
  });
});
