import ipaddr from "ipaddr.js";
import { change, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, unknown, type Verdict } from "../../../policy/verdict";

/** Fewer leading bits than this is no office or VPN: a sixteenth of a percent of the internet and more. */
const shortestPrefix = 16;

export default policy({
  id: "SC-01",
  severity: "error",
  proves: ["CA-23"],
  title: "The Kubernetes API endpoint is private or limited to known networks",
  because:
    "an API that the whole internet reaches is one stolen token, or one bug before authentication, away from being everybody's",
  remedy:
    "list the networks of your offices, VPN and CI in apiAccessCidrs of config/organisation.ts, each /16 or longer",
  equivalents: ["checkov CKV_AWS_38", "checkov CKV_AWS_39", "cdk-nag EKS1", "trivy AWS-0040", "trivy AWS-0041"],
  subjects: (platform) => platform.clusters,
  check: (cluster) => {
    if (cluster.endpointPublicAccess === false) return pass("the endpoint is private");
    // EKS takes an absent setting for public, and absent networks for 0.0.0.0/0.
    if (cluster.publicAccessCidrs.length === 0)
      return fail({
        expected: "public_access_cidrs names the networks allowed",
        actual: "none: EKS then allows 0.0.0.0/0",
        field: "apiAccessCidrs",
      });
    return cluster.publicAccessCidrs.map(narrow);
  },
  mutants: [
    change(
      "open to the world",
      resource("aws_eks_cluster"),
      set("vpc_config.public_access_cidrs", ["203.0.113.0/24", "0.0.0.0/0"]),
    ),
    change("no networks named", resource("aws_eks_cluster"), set("vpc_config.public_access_cidrs", [])),
  ],
  boundary: {
    holds: change("a /16", resource("aws_eks_cluster"), set("vpc_config.public_access_cidrs", ["198.51.0.0/16"])),
    breaks: change("a /15", resource("aws_eks_cluster"), set("vpc_config.public_access_cidrs", ["198.50.0.0/15"])),
  },
});

function narrow(cidr: string): Verdict {
  if (!ipaddr.isValidCIDR(cidr))
    return unknown(`public_access_cidrs holds ${cidr}, which is no network yet`, "apiAccessCidrs");
  const [, length] = ipaddr.parseCIDR(cidr);
  if (length >= shortestPrefix) return pass(cidr);
  return fail({
    expected: `networks of /${shortestPrefix} or longer`,
    actual: cidr,
    field: "apiAccessCidrs",
    message: `${cidr} may reach the Kubernetes API`,
  });
}
