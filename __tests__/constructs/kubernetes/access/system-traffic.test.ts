import { SystemTraffic, type SystemTrafficProps } from "../../../../constructs/kubernetes/access/system-traffic";
import { type Arguments, Made } from "../../empty-stack";

const networkCidr = "10.65.0.0/16";
const policyOf = (props: Partial<SystemTrafficProps> = {}) =>
  new Made(
    (stack) =>
      new SystemTraffic(stack, "traffic", {
        namespace: "velero",
        ownership: { application: "platform", owner: "operations", tier: 1, costCentre: "cc-2000" },
        webhookPorts: [],
        networkCidr,
        dependsOn: [],
        ...props,
      }),
  ).only("kubernetes_network_policy_v1");
const specOf = (props: Partial<SystemTrafficProps> = {}) =>
  policyOf(props)["spec"] as { readonly ingress: readonly Arguments[]; readonly egress: readonly Arguments[] };
const tcp = (port: string) => [{ port, protocol: "TCP" }];
const namespaceOf = (name: string) => ({
  namespace_selector: { match_labels: { "kubernetes.io/metadata.name": name } },
});
const dnsPods = { ...namespaceOf("kube-system"), pod_selector: { match_labels: { "k8s-app": "kube-dns" } } };
const network = [{ ip_block: { cidr: networkCidr } }];
const ownPods = [{ pod_selector: {} }];

describe("the traffic of platform controllers", () => {
  it("is judged both ways, for every pod of the namespace", () =>
    expect(policyOf()).toMatchObject({
      metadata: { namespace: "velero" },
      spec: { pod_selector: {}, policy_types: ["Ingress", "Egress"] },
    }));

  it("comes from monitoring alone by default", () =>
    expect(specOf().ingress).toEqual([{ from: [namespaceOf("monitoring")] }]));

  it("goes to DNS, HTTPS and the agent of the node's credentials alone by default", () =>
    expect(specOf().egress).toEqual([
      { ports: [{ port: "53", protocol: "UDP" }, ...tcp("53")], to: [dnsPods] },
      { ports: tcp("443"), to: [{ ip_block: { cidr: "0.0.0.0/0" } }] },
      { ports: tcp("80"), to: [{ ip_block: { cidr: "169.254.170.23/32" } }] },
    ]));

  it("comes from the API server at the ports of webhooks", () => {
    const props = { webhookPorts: [9443] };
    expect(specOf(props).ingress.slice(1)).toEqual([{ ports: tcp("9443"), from: network }]);
    expect(specOf(props).egress).toEqual(specOf().egress);
  });

  it("stays between pods of the namespace at the ports on which they know each other", () => {
    const { ingress, egress } = specOf({ withinPorts: [7946] });
    expect(ingress.slice(1)).toEqual([{ ports: tcp("7946"), from: ownPods }]);
    expect(egress.slice(3)).toEqual([{ ports: tcp("7946"), to: ownPods }]);
  });

  it("goes to stores at their ports in the region's network, and none comes back by itself", () => {
    const { ingress, egress } = specOf({ storePorts: [6379] });
    expect(egress.slice(3)).toEqual([{ ports: tcp("6379"), to: network }]);
    expect(ingress).toEqual(specOf().ingress);
  });
});
