import {
  CreatedPods,
  createdPodsManifests,
  type CreatedPodsProps,
} from "../../../../constructs/kubernetes/workload/created-pods";
import { type Arguments, Made } from "../../empty-stack";

const props = (pods: Partial<CreatedPodsProps["pods"]> = {}): CreatedPodsProps => ({
  name: "runs",
  application: "shop",
  namespace: "shop",
  labels: {},
  pods: { labels: { run: "yes" }, ...pods } as CreatedPodsProps["pods"],
  dependsOn: [],
});
const policyOf = (pods: Partial<CreatedPodsProps["pods"]> = {}) =>
  new Made((stack) => new CreatedPods(stack, "pods", props(pods))).only("kubernetes_network_policy_v1")["spec"] as {
    readonly ingress?: readonly Arguments[];
    readonly egress: readonly Arguments[];
  };

describe("pods that a program makes", () => {
  it("are reached by nothing and reach names alone by default", () => {
    expect(policyOf()).toMatchObject({ pod_selector: { match_labels: { run: "yes" } } });
    expect(policyOf().ingress ?? []).toEqual([]);
    expect(policyOf().egress).toMatchObject([{ ports: [{ port: "53" }, { port: "53" }] }]);
  });

  it("are scraped, reached and reach as is declared", () => {
    const policy = policyOf({
      metricsPort: 9090,
      ports: { http: 8080 },
      reachedFrom: [{ namespace: "front", port: "http" }],
      https: ["api.example.org"],
    });
    expect(policy.ingress?.map(({ ports }) => ports)).toMatchObject([[{ port: "9090" }], [{ port: "8080" }]]);
    expect(policy.egress).toHaveLength(2);
  });

  it("get the security context and the pool that the program does not write", () => {
    const manifests = createdPodsManifests(props());
    expect(manifests.map(({ kind }) => kind)).toEqual(["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]);
    expect(manifests[0]?.["spec"]).toMatchObject({
      failurePolicy: "Fail",
      matchConstraints: { objectSelector: { matchLabels: { run: "yes" } } },
    });
    const text = JSON.stringify(manifests[0]);
    for (const part of ["runAsNonRoot", "RuntimeDefault", "allowPrivilegeEscalation", "/spec/nodeSelector"])
      expect(text).toContain(part);
  });

  it("have a monitor where they have metrics", () =>
    expect(createdPodsManifests(props({ metricsPort: 9090 }))[2]).toMatchObject({
      kind: "PodMonitor",
      spec: { podMetricsEndpoints: [{ portNumber: 9090, path: "/metrics" }] },
    }));
});
