import { equals } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";

const templates = resource("aws_launch_template");

export default policy({
  id: "SC-12",
  severity: "error",
  proves: ["CA-23"],
  title: "Nodes reach instance metadata, by IMDSv2 only and with a hop limit of 1",
  because:
    "a pod that reaches the metadata service gets the permissions of its node, and a node that does not reach it never joins the cluster",
  remedy:
    "set http_endpoint to enabled, http_tokens to required and http_put_response_hop_limit to 1 in the launch template",
  equivalents: ["checkov CKV_AWS_79"],
  subjects: (platform) => platform.nodeGroups,
  check: ({ launchTemplate }) =>
    launchTemplate === undefined
      ? fail({ expected: "a launch template with metadata options", actual: "none: EKS leaves the hop limit at 2" })
      : [
          // nodeadm and the kubelet read the instance's name, zone and credentials there (awslabs/amazon-eks-ami, nodeadm).
          equals("enabled", launchTemplate.httpEndpoint ?? "enabled", "http_endpoint"),
          equals("required", launchTemplate.httpTokens ?? "optional", "http_tokens"),
          equals(1, launchTemplate.hopLimit ?? 2, "http_put_response_hop_limit"),
        ],
  mutants: [
    change("no metadata options", templates, unset("metadata_options")),
    change("tokens optional", templates, set("metadata_options.http_tokens", "optional")),
    change("no metadata at all", templates, set("metadata_options.http_endpoint", "disabled")),
    change("a hop limit that EC2 refuses", templates, set("metadata_options.http_put_response_hop_limit", 0)),
    change("no launch template", resource("aws_eks_node_group"), unset("launch_template")),
  ],
  boundary: {
    holds: change("hop limit 1, tags readable", templates, set("metadata_options.instance_metadata_tags", "enabled")),
    breaks: change("hop limit 2", templates, set("metadata_options.http_put_response_hop_limit", 2)),
  },
});
