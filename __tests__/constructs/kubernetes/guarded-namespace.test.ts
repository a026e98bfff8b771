import { GuardedNamespace, type NamespaceProps } from "../../../constructs/kubernetes/guarded-namespace";
import { type Arguments, Made } from "../empty-stack";

const ownership = { application: "shop", owner: "shopkeepers", tier: 2, costCentre: "cc-2000" };
const made = (props: Partial<NamespaceProps> = {}) =>
  new Made((stack) => new GuardedNamespace(stack, "namespace", { name: "shop", ownership, ...props }));
const labelsOf = (namespace: Made) =>
  (namespace.only("kubernetes_namespace_v1")["metadata"] as { readonly labels: Arguments }).labels;

describe("a namespace", () => {
  it("enforces the restricted standard and denies all traffic by default", () => {
    const namespace = made();
    expect(namespace.counts).toEqual({ kubernetes_namespace_v1: 1, kubernetes_network_policy_v1: 1 });
    expect(labelsOf(namespace)).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
    });
    expect(namespace.only("kubernetes_network_policy_v1")["spec"]).toEqual({
      pod_selector: {},
      policy_types: ["Ingress", "Egress"],
    });
  });

  it("takes another standard and no default deny where both are asked for", () => {
    const namespace = made({ podSecurity: "privileged", defaultDeny: false });
    expect(labelsOf(namespace)["pod-security.kubernetes.io/enforce"]).toBe("privileged");
    expect(namespace.counts).toEqual({ kubernetes_namespace_v1: 1 });
  });

  it("waits for healthy targets only behind the load balancer", () => {
    const gate = "elbv2.k8s.aws/pod-readiness-gate-inject";
    expect(labelsOf(made({ behindLoadBalancer: true }))[gate]).toBe("enabled");
    expect(labelsOf(made())).not.toHaveProperty([gate]);
  });

  it("bounds what its pods request, and gives a container without limits small ones", () => {
    const quota = { cpuMillis: 1500, memoryMiB: 2048, memoryLimitMiB: 4096, pods: 12 };
    const namespace = made({ quota: { ...quota, largestContainer: { memory: "1Gi" } } });
    expect(namespace.only("kubernetes_resource_quota_v1")["spec"]).toEqual({
      hard: {
        "requests.cpu": "1500m",
        "requests.memory": "2048Mi",
        "limits.memory": "4096Mi",
        pods: "12",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
      },
    });
    expect(namespace.only("kubernetes_limit_range_v1")["spec"]).toMatchObject({
      limit: [{ type: "Container", default: { memory: "256Mi" }, max: { memory: "1Gi" } }],
    });
  });
});
