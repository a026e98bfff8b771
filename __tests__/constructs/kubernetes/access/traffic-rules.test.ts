import type { Component, Job } from "../../../../config/application/schema";
import { TrafficRules, type TrafficRulesProps } from "../../../../constructs/kubernetes/access/traffic-rules";
import { type Arguments, Made } from "../../empty-stack";

const networkCidr = "10.65.0.0/16";
/** Rules follow from these fields of a part alone. */
const specOf = (part: object, props: Partial<TrafficRulesProps> = {}) =>
  new Made(
    (stack) =>
      new TrafficRules(stack, "traffic", {
        name: "api",
        application: "shop",
        part: part as Component | Job,
        namespace: "shop",
        labels: {},
        selector: { part: "api" },
        networkCidr,
        servicePorts: { web: 3000 },
        callers: [],
        dependsOn: [],
        ...props,
      }),
  ).only("kubernetes_network_policy_v1")["spec"] as {
    readonly ingress?: readonly Arguments[];
    readonly egress: readonly Arguments[];
  };
const service = { kind: "service", port: 8080, metrics: "none" };
const tcp = (port: string) => [{ port, protocol: "TCP" }];
const podsOf = (component: string) => ({
  pod_selector: { match_labels: { "app.kubernetes.io/name": "shop", "app.kubernetes.io/component": component } },
});
const namespaceOf = (name: string) => ({
  namespace_selector: { match_labels: { "kubernetes.io/metadata.name": name } },
});
const https = { ports: tcp("443"), to: [{ ip_block: { cidr: "0.0.0.0/0", except: expect.any(Array) as unknown } }] };
const agent = { ports: tcp("80"), to: [{ ip_block: { cidr: "169.254.170.23/32" } }] };
/** Beside DNS, which is always the first. */
const reached = (part: object) => specOf({ ...service, ...part }).egress.slice(1);

describe("the traffic of a component or job", () => {
  it("has no rule for a port that does not exist", () => {
    expect(() => reached({ talksTo: [{ component: "gone" }] })).toThrow("api: talksTo gone: no such port");
    expect(() => reached({ reachedFrom: [{ namespace: "other", port: "gone" }] })).toThrow(
      "api: reachedFrom other, port gone: no such port",
    );
  });

  it.each([service, { kind: "migration" }])(
    "of %j is DNS of the cluster by default, and nothing reaches it",
    (part) => {
      const { ingress = [], egress, ...scope } = specOf(part);
      expect(scope).toEqual({ pod_selector: { match_labels: { part: "api" } }, policy_types: ["Ingress", "Egress"] });
      expect(ingress).toEqual([]);
      expect(egress).toMatchObject([
        {
          ports: [{ port: "53" }, { port: "53" }],
          to: [{ ...namespaceOf("kube-system"), pod_selector: { match_labels: { "k8s-app": "kube-dns" } } }],
        },
      ]);
    },
  );

  it("comes from its callers and the load balancer at its one port", () =>
    expect(specOf(service, { callers: ["web"], loadBalancerCidrs: ["10.65.9.0/24"] }).ingress).toEqual([
      { ports: tcp("8080"), from: [{ ip_block: { cidr: "10.65.9.0/24" } }, podsOf("web")] },
    ]));

  it("comes from scrapers and from declared namespaces, each at its port", () => {
    const part = { kind: "worker", metricsPort: 9090, ports: { admin: 7000 } };
    expect(specOf({ ...part, reachedFrom: [{ namespace: "keda", port: "admin" }] }).ingress).toEqual([
      { ports: tcp("9090"), from: [namespaceOf("monitoring")] },
      { ports: tcp("7000"), from: [namespaceOf("keda")] },
    ]);
  });

  it("goes to stores in the region's network, and to components at their ports", () =>
    expect(reached({ talksTo: [{ postgres: "orders" }, { redis: "jobs" }, { component: "web" }] })).toEqual([
      { ports: tcp("5432"), to: [{ ip_block: { cidr: networkCidr } }] },
      { ports: tcp("6379"), to: [{ ip_block: { cidr: networkCidr } }] },
      { ports: tcp("3000"), to: [podsOf("web")] },
    ]));

  it("goes to hosts outside by one rule, which no private address is in", () => {
    const [rule, ...more] = reached({ talksTo: [{ https: "a.example" }, { https: "b.example" }] });
    expect([rule, more]).toEqual([https, []]);
    for (const range of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"])
      expect(JSON.stringify(rule)).toContain(range);
  });

  it.each([
    ["AWS with credentials of the node's agent", { aws: {} }, [agent, https]],
    [
      "the API server where it has rights in it",
      { kubernetes: [] },
      [{ ports: tcp("443"), to: ["172.20.0.1/32", networkCidr].map((cidr) => ({ ip_block: { cidr } })) }],
    ],
  ])("goes to %s", (_, part, rules) => expect(reached(part)).toEqual(rules));
});
