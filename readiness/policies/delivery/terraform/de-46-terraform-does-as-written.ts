import { change, changeStack, resource, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { pass } from "../../../policy/verdict";
import { stackSubject } from "../../../policy-terms/region-subjects";
import { blocksBeside } from "./_terraform-blocks";

const alarms = resource("aws_cloudwatch_metric_alarm");
const deployments = resource("kubernetes_deployment_v1");
const database = "aws_db_instance.database_storefront_main_instance";
const state = "data.terraform_remote_state.cross-stack-reference-input-cluster-eu-west-1";

export default policy({
  id: "DE-46",
  severity: "error",
  proves: ["XB-01", "CA-28"],
  title: "Terraform makes each resource once, as written, in the account that is judged",
  because:
    "count, ignored changes, removed and import blocks and provider settings decide what is deployed, and where, beside every argument that was judged",
  remedy:
    "write each resource by itself, leave lifecycle, provider and remote state as PlatformStack and the constructs make them, and remove blocks that change the state",
  subjects: (platform) => platform.stacks.map(stackSubject),
  check: ({ of }, platform) => {
    const found = blocksBeside(of, platform);
    return found.length > 0 ? found : [pass("each once")];
  },
  mutants: [
    change("no alarm at all", alarms, set("count", 0)),
    change("none of a list", resource("kubernetes_network_policy_v1"), set("for_each", {})),
    change("images that are never deployed", deployments, set("lifecycle", { ignore_changes: ["spec[0].template"] })),
    change("nothing of it", resource("aws_lb"), set("lifecycle", { ignore_changes: "all" })),
    change("nodes that every deployment removes", resource("aws_eks_node_group"), set("lifecycle.ignore_changes", [])),
    change("made anew", resource("aws_db_instance"), set("lifecycle.replace_triggered_by", ["aws_security_group.x"])),
    changeStack("destroyed", /^stores-/, set("removed", [{ from: database, lifecycle: { destroy: true } }])),
    changeStack("another database", /^stores-eu-west-1$/, set("import", [{ id: "other", to: database }])),
    changeStack("an old address", /^stores-us-east-1$/, set("moved", [{ from: "aws_db_instance.old", to: database }])),
    changeStack(
      "as a role of another account",
      /^network-/,
      set("provider.aws.0.assume_role", [{ role_arn: "arn:aws:iam::999988887777:role/x" }]),
    ),
    changeStack("any account", "stores-eu-west-1", set("provider.aws.0.allowed_account_ids", ["999988887777"])),
    changeStack("outputs that are made up", /^platform-/, set(`${state}.defaults`, { endpoint: "x" })),
  ],
  boundary: {
    holds: changeStack(
      "forgotten, not destroyed",
      /^stores-/,
      set("removed", [{ from: database, lifecycle: { destroy: false } }]),
    ),
    breaks: changeStack("forgotten and destroyed", /^stores-/, set("removed", [{ from: database }])),
  },
});
