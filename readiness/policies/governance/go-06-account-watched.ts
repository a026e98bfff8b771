import { equals, holds } from "../../policy/comparison";
import { change, remove, resource, set, unset } from "../../policy/mutation";
import { policy } from "../../policy/policy";
import { fail, type Verdict } from "../../policy/verdict";
import type { Platform } from "../../inventory/platform";

const [trails, detectors] = [resource("aws_cloudtrail"), resource("aws_guardduty_detector")];
const auditFeature = resource("aws_guardduty_detector_feature", ({ name }) => name === "EKS_AUDIT_LOGS");

const recordsAll = (platform: Platform): readonly Verdict[] => {
  const [trail] = platform.ofType("aws_cloudtrail");
  if (trail === undefined) return [fail({ expected: "a trail of the account", actual: "none" })];
  return [
    equals(true, trail.flag("is_multi_region_trail") ?? false, "is_multi_region_trail of the trail"),
    equals(true, trail.flag("include_global_service_events") ?? true, "include_global_service_events of the trail"),
    equals(true, trail.flag("enable_logging") ?? true, "enable_logging of the trail"),
    equals(true, trail.flag("enable_log_file_validation") ?? false, "enable_log_file_validation of the trail"),
  ];
};

export default policy({
  id: "GO-06",
  severity: "warning",
  proves: ["CA-23", "XB-20", "FL-33"],
  title: "CloudTrail records the account and GuardDuty analyses EKS audit logs",
  because:
    "after a break-in the first question is what was touched, and only what was recorded and sealed before can answer it",
  remedy:
    "keep the AuditStack: a trail of all regions with validated files, and in each cluster's region a GuardDuty detector with EKS_AUDIT_LOGS enabled",
  equivalents: ["checkov CKV_AWS_67", "checkov CKV_AWS_36", "checkov CKV2_AWS_3"],
  subjects: (platform) => platform.clusters,
  check: ({ resource: { region } }, platform) => {
    const [detector] = platform
      .ofType("aws_guardduty_detector")
      .filter((one) => one.region === region && one.flag("enable") !== false);
    const searched = platform
      .ofType("aws_guardduty_detector_feature")
      .some(
        (feature) =>
          feature.resource("detector_id") === detector &&
          feature.text("name") === "EKS_AUDIT_LOGS" &&
          feature.text("status") === "ENABLED",
      );
    return [
      ...recordsAll(platform),
      holds(
        detector !== undefined,
        `a GuardDuty detector that is enabled in ${region ?? "the cluster's region"}`,
        "none",
      ),
      holds(detector !== undefined && searched, "EKS_AUDIT_LOGS enabled in it", "it searches no audit log"),
    ];
  },
  mutants: [
    remove("no trail", trails),
    change("a trail of one region", trails, set("is_multi_region_trail", false)),
    change("without the global services", trails, set("include_global_service_events", false)),
    change("a trail that is off", trails, set("enable_logging", false)),
    change("files without validation", trails, unset("enable_log_file_validation")),
    remove("no detector", detectors),
    change("a detector that sleeps", detectors, set("enable", false)),
    change("audit logs that are not searched", auditFeature, set("status", "DISABLED")),
  ],
  boundary: {
    holds: change("findings published hourly", detectors, set("finding_publishing_frequency", "ONE_HOUR")),
    breaks: remove("one feature less", auditFeature),
  },
});
