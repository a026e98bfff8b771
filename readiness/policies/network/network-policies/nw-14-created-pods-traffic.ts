import { annotation } from "../../../../contract";
import { numberOf, objectOf, objectsOf } from "../../../inventory/json";
import { matches, selectorOf } from "../../../inventory/kubernetes/selector";
import { type CreatedGroup, createdGroups } from "../../../inventory/views/kubernetes/created-pods";
import type { Platform } from "../../../inventory/platform";
import { holds } from "../../../policy/comparison";
import { change, manifest, remove, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { ofApplication } from "../../../policy-terms/targets";
import { egressPeer, exactly, ingressPeer } from "./_traffic";

/** Policies of the namespace that select every pod with the labels. */
const policiesOf = ({ region, namespace, pods }: CreatedGroup, platform: Platform) =>
  platform.networkPolicies.filter(
    (one) => one.region === region && one.namespace === namespace && matches(one.podSelector, pods.labels),
  );

const isScraped = ({ region, namespace, pods }: CreatedGroup, platform: Platform): boolean =>
  platform.objects
    .filter(({ object }) => object.kind === "PodMonitor" && object.metadata.namespace === namespace)
    .filter(
      (one) => one.region === region && matches(selectorOf(objectOf(one.object["spec"])["selector"]), pods.labels),
    )
    .some(({ object }) =>
      objectsOf(objectOf(object["spec"])["podMetricsEndpoints"]).some(
        ({ portNumber }) => numberOf(portNumber) === pods.metricsPort,
      ),
    );

const cells = ofApplication("operator", "kubernetes_network_policy_v1", "cells");
const CELLS = ["metadata", "annotations", annotation.component, "creates", "cells"];

export default policy({
  id: "NW-14",
  severity: "error",
  proves: ["FF-04"],
  title: "Pods that a program makes are reached, and reach, exactly as declared",
  because:
    "the default deny cuts pods off that no policy selects: they answer no scrape and resolve no name; one that opens too much opens it to whatever image they run",
  remedy: "declare metricsPort, reachedFrom and https of creates; the network policy is made from them",
  subjects: (platform) => createdGroups(platform.workloads),
  check: (group, platform) => {
    const { pods, creator } = group;
    const policies = policiesOf(group, platform);
    const ingress = [
      ...(pods.metricsPort === undefined ? [] : [`${pods.metricsPort}/TCP from namespace monitoring`]),
      ...pods.reachedFrom.map(({ namespace, port }) => `${port ?? "no port"}/TCP from namespace ${namespace}`),
    ];
    const egress = [
      "53/TCP to DNS",
      "53/UDP to DNS",
      ...(pods.https.length > 0 ? ["443/TCP to every public address"] : []),
    ];
    const isolating = (direction: "ingress" | "egress") =>
      policies.filter((one) => (direction === "ingress" ? one.isolatesIngress : one.isolatesEgress));
    return [
      holds(isolating("ingress").length > 0, `a policy isolates the ingress of ${group.label}`, "none"),
      ...exactly(ingress, isolating("ingress"), "ingress", creator, ingressPeer(creator, platform)),
      ...exactly(egress, isolating("egress"), "egress", creator, egressPeer(creator, platform)),
      ...(pods.metricsPort === undefined
        ? []
        : [holds(isScraped(group, platform), `a PodMonitor scrapes port ${pods.metricsPort} of them`, "none")]),
    ];
  },
  mutants: [
    remove("no policy selects them", cells),
    change("a policy of other pods", cells, set("spec.pod_selector.match_labels", { app: "another" })),
    change("no way for the scrape", cells, unset("spec.ingress.0")),
    change("every port", cells, unset("spec.ingress.0.ports")),
    change("everybody", cells, unset("spec.ingress.0.from")),
    change("no DNS", cells, unset("spec.egress.0")),
    change("the whole internet", cells, set("spec.egress.1", { to: [{ ip_block: { cidr: "0.0.0.0/0" } }] })),
    change(
      "the whole internet in the secondary",
      resource(
        "kubernetes_network_policy_v1",
        (_block, id, stack) => stack === "operator-eu-west-1" && id.includes("cells"),
      ),
      set("spec.egress.1", { to: [{ ip_block: { cidr: "0.0.0.0/0" } }] }),
    ),
    change(
      "a declared source that nothing lets in",
      ofApplication("operator", "kubernetes_deployment_v1", "controller"),
      set([...CELLS, "reachedFrom"], [{ namespace: "velero", port: "health" }]),
    ),
    change(
      "nothing scrapes them",
      manifest("PodMonitor", ({ metadata }) => objectOf(metadata)["name"] === "cells"),
      set("spec.selector.matchLabels", { app: "another" }),
    ),
  ],
  boundary: {
    holds: change("the port as a number", cells, set("spec.ingress.0.ports.0.port", 8080)),
    breaks: change("the next port", cells, set("spec.ingress.0.ports.0.port", 8081)),
  },
});
