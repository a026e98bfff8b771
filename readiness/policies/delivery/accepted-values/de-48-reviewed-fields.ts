import { reviewedKind } from "../../../../catalog/resource-types/settings";
import type { JsonObject } from "../../../inventory/json";
import type { Platform } from "../../../inventory/platform";
import type { Subject } from "../../../inventory/subject";
import { deployments } from "../../../policy-terms/targets";
import { change, type Edit, manifest, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { judgeFields } from "./_reviewed-arguments";

interface Described extends Subject {
  readonly object: JsonObject;
}

/** Objects of the stacks themselves: those that charts render follow from values (WL-45). */
const described = ({ objects, launchTemplates }: Platform): readonly Described[] => [
  ...objects.filter(({ origin, object }) => origin !== "chart" && reviewedKind(object.kind) !== undefined),
  ...launchTemplates.flatMap((template) => (template.nodeConfig ? [subjectOf(template, template.nodeConfig)] : [])),
];

const subjectOf = ({ stack, address, constructPath, label }: Subject, object: JsonObject): Described => ({
  stack,
  address,
  constructPath,
  label,
  object,
});

const kubelet =
  (line: string): Edit =>
  (block) => {
    const text = Buffer.from(String(block["user_data"]), "base64").toString("utf8");
    block["user_data"] = Buffer.from(text.replace("      maxPods:", `      ${line}\n      maxPods:`)).toString(
      "base64",
    );
  };
const secrets = manifest("ExternalSecret");
const templates = resource("aws_launch_template");

export default policy({
  id: "DE-48",
  severity: "error",
  proves: ["XB-01"],
  title: "Kubernetes objects and node settings have reviewed fields with reviewed values",
  because:
    "a field that no policy reads changes what an object does without a finding, from a Secret that is never renewed to a kubelet that evicts nothing",
  remedy:
    "leave the field as the construct writes it; for another value, review what it does and enter it in catalog/resource-types/settings.json",
  subjects: described,
  check: ({ label, object }, platform) => judgeFields(label, object, platform),
  mutants: [
    change("a value that is read once", secrets, set("spec.refreshPolicy", "CreatedOnce")),
    change("a Secret that nothing makes", secrets, set("spec.target.creationPolicy", "None")),
    change(
      "an old version, in the secondary",
      manifest("ExternalSecret", (_, __, stack) => stack.endsWith("eu-west-1")),
      set("spec.data.remoteRef.version", "AWSPREVIOUS"),
    ),
    change(
      "secrets of another account",
      manifest("ClusterSecretStore"),
      set("spec.provider.aws.role", "arn:aws:iam::999988887777:role/x"),
    ),
    change(
      "pods of some nodes only",
      manifest("TargetGroupBinding"),
      set("spec.nodeSelector", { matchLabels: { a: "b" } }),
    ),
    change(
      "samples that are dropped",
      manifest("ServiceMonitor"),
      set("spec.endpoints.metricRelabelings", [{ action: "drop" }]),
    ),
    change("a rule without results", manifest("PrometheusRule"), set("spec.groups.limit", 1)),
    change("no way back", deployments, set("spec.revision_history_limit", 0)),
    change(
      "volumes that go",
      resource("kubernetes_stateful_set_v1"),
      set("spec.persistent_volume_claim_retention_policy.when_deleted", "Delete"),
    ),
    change("callers that stay at one pod", resource("kubernetes_service_v1"), set("spec.session_affinity", "ClientIP")),
    change(
      "no replica is added",
      resource("kubernetes_horizontal_pod_autoscaler_v2"),
      set("spec.behavior.scale_up.select_policy", "Disabled"),
    ),
    change("ten processes a pod", templates, kubelet("podPidsLimit: 10")),
    change("a field that kubelet does not know", templates, kubelet("maxpods: 5")),
    change("no interval", secrets, unset("spec.refreshInterval")),
  ],
  boundary: {
    holds: change("one earlier version", deployments, set("spec.revision_history_limit", 1)),
    breaks: change("no earlier version", deployments, set("spec.revision_history_limit", 0)),
  },
});
