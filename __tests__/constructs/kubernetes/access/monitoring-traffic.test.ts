import { MonitoringTraffic } from "../../../../constructs/kubernetes/access/monitoring-traffic";
import { type Arguments, Made } from "../../empty-stack";

describe("traffic of monitoring", () => {
  const spec = new Made(
    (stack) =>
      new MonitoringTraffic(stack, "traffic", {
        namespace: "monitoring",
        ownership: { application: "platform", owner: "operations", tier: 1, costCentre: "cc" },
        senders: [{ namespace: "shop", ports: [4317, 4318] }],
        networkCidr: "10.65.0.0/16",
        dependsOn: [],
      }),
  ).only("kubernetes_network_policy_v1")["spec"] as {
    readonly ingress: readonly Arguments[];
    readonly egress: readonly Arguments[];
  };

  it("comes from its own pods and from the senders at their ports", () =>
    expect(spec.ingress).toEqual([
      { from: [{ pod_selector: {} }] },
      {
        ports: ["4317", "4318"].map((port) => ({ port, protocol: "TCP" })),
        from: [{ namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "shop" } } }],
      },
    ]));

  it("reaches every port inside the cluster, and only HTTPS and mail outside of it", () => {
    const to = (cidr: string) => spec.egress.filter((rule) => JSON.stringify(rule["to"]).includes(`"${cidr}"`));
    expect(to("10.65.0.0/16")).toMatchObject([{ ports: [{ port: "1", end_port: 65535 }] }]);
    expect(to("0.0.0.0/0")).toMatchObject([{ ports: [{ port: "443" }, { port: "587" }] }]);
  });
});
