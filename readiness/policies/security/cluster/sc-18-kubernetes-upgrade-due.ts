import { change, judgedAt, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { supportedFor } from "./_support-days";

export default policy({
  id: "SC-18",
  severity: "warning",
  proves: ["CA-01", "FF-23"],
  title: "The next Kubernetes upgrade is not due within 180 days",
  because: "one upgrade takes planning, staging and two regions: half a year is when it has to begin",
  remedy: "plan the upgrade of kubernetesVersion: staging first, then each region",
  equivalents: ["checkov CKV_AWS_339"],
  subjects: (platform) => platform.clusters,
  check: (cluster, platform) => supportedFor(180, cluster, platform),
  mutants: [
    change("a version near its end", resource("aws_eks_cluster"), set("version", "1.35")),
    judgedAt("two years later", "2028-11-21"),
  ],
  boundary: {
    holds: judgedAt("180 days before the end", "2027-02-03"),
    breaks: judgedAt("179 days before the end", "2027-02-04"),
  },
});
