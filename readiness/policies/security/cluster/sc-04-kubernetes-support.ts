import { change, judgedAt, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { supportedFor } from "./_support-days";

export default policy({
  id: "SC-04",
  severity: "error",
  proves: ["CA-01", "FF-23"],
  title: "The Kubernetes version stays in standard support for at least 90 days",
  because: "after it the control plane costs six times as much, and a year later AWS upgrades it by itself",
  remedy: "set kubernetesVersion to a newer version of catalog/support-calendar.json, after staging ran on it",
  equivalents: ["checkov CKV_AWS_339"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => supportedFor(90, cluster, platform),
  mutants: [
    change("a version near its end", resource("aws_eks_cluster"), set("version", "1.34")),
    judgedAt("two years later", "2028-11-21"),
  ],
  boundary: {
    holds: judgedAt("90 days before the end", "2027-05-04"),
    breaks: judgedAt("89 days before the end", "2027-05-05"),
  },
});
