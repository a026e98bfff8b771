import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";
import { matches } from "../../../inventory/kubernetes/selector";
import { createdGroups } from "../../../inventory/views/kubernetes/created-pods";
import type { Platform } from "../../../inventory/platform";
import type { LabelSelector } from "../../../inventory/facts/kubernetes/label-selector";
import type { NetworkPolicy } from "../../../inventory/facts/kubernetes/workload-graph";
import { named } from "../../../policy-terms/targets";

const api = named("kubernetes_network_policy_v1", "api");
/** Namespaces that every cluster has. */
const builtIn = ["default", "kube-node-lease", "kube-public", "kube-system"];
const nameLabel = "kubernetes.io/metadata.name";

export default policy({
  id: "NW-05",
  severity: "warning",
  proves: ["CA-15", "FL-15"],
  title: "Selectors of NetworkPolicies match something",
  because: "a policy with a mistyped label protects nothing, and no error shows it",
  remedy:
    "name a namespace that the platform has, make selectors of pods from the pods' own labels, or remove the rule",
  equivalents: ["kube-linter dangling-networkpolicy", "kube-linter dangling-networkpolicypeer-podselector"],
  subjects: (platform) => platform.networkPolicies,
  check: (policyOfPods, platform) => [selected(policyOfPods, platform), ...peers(policyOfPods, platform)],
  mutants: [
    change("selects no pod", api, set("spec.pod_selector.match_labels", { "app.kubernetes.io/component": "apj" })),
    change(
      "allows pods that are not there",
      api,
      set("spec.ingress.0.from", [{ pod_selector: { match_labels: { app: "gone" } } }]),
    ),
    change(
      "allows a namespace that is not there",
      api,
      set("spec.ingress.1.from", [{ namespace_selector: { match_labels: { [nameLabel]: "monitorin" } } }]),
    ),
  ],
  boundary: {
    holds: change("all pods of the namespace", api, set("spec.ingress.0.from", [{ pod_selector: {} }])),
    breaks: change(
      "one label too many",
      api,
      set("spec.ingress.0.from", [
        { pod_selector: { match_labels: { "app.kubernetes.io/component": "api", app: "api" } } },
      ]),
    ),
  },
});

const isEmpty = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0;

function selected(subject: NetworkPolicy, platform: Platform): Verdict {
  const made = createdGroups(platform.workloads).filter(
    ({ region, namespace, pods }) =>
      region === subject.region && namespace === subject.namespace && matches(subject.podSelector, pods.labels),
  );
  if (isEmpty(subject.podSelector) || subject.workloads.length + made.length > 0)
    return pass(`${subject.workloads.length + made.length} workloads`);
  return hasOpaqueChart(subject, platform)
    ? unknown("a chart of the namespace is not rendered: its pods are not known")
    : fail({ expected: "a pod selector that matches", actual: JSON.stringify(subject.podSelector.matchLabels) });
}

function peers(subject: NetworkPolicy, platform: Platform): Verdict[] {
  return [...subject.ingress, ...subject.egress]
    .flatMap((rule) => rule.peers)
    .flatMap(({ podSelector, namespaceSelector }): Verdict[] => {
      const name = namespaceSelector?.matchLabels[nameLabel];
      if (
        name !== undefined &&
        !builtIn.includes(name) &&
        !platform.namespaces.some((one) => one.region === subject.region && one.name === name)
      )
        return [fail({ expected: "a peer namespace that is there", actual: name, field: "reachedFrom" })];
      if (namespaceSelector !== undefined || podSelector === undefined || isEmpty(podSelector)) return [];
      const found = platform.workloads.some(
        (workload) =>
          workload.region === subject.region &&
          workload.namespace === subject.namespace &&
          matches(podSelector, workload.podLabels),
      );
      if (found) return [];
      return [
        hasOpaqueChart(subject, platform)
          ? unknown("a chart of the namespace is not rendered: its pods are not known")
          : fail({ expected: "a peer selector that matches", actual: JSON.stringify(podSelector.matchLabels) }),
      ];
    });
}

const hasOpaqueChart = (subject: NetworkPolicy, platform: Platform): boolean =>
  platform.releases.some(
    (release) => release.region === subject.region && release.namespace === subject.namespace && !release.rendered,
  );
