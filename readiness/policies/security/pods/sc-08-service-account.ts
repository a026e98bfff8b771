import { objectsOf, textOf } from "../../../inventory/json";
import { holds } from "../../../policy/comparison";
import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail } from "../../../policy/verdict";
import { ownWorkloads } from "../../../policy-terms/scope";

const pod = "spec.template.spec";
const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SC-08",
  severity: "warning",
  proves: ["CA-24", "FL-14"],
  title: "Each workload has its own service account and mounts no token it does not need",
  because:
    "a mounted token is what an attacker in a pod tries first, and a shared account can do what all its users may",
  remedy:
    "name a service account of the workload's own and set automountServiceAccountToken to false unless the pod calls the Kubernetes API",
  equivalents: ["checkov CKV_K8S_38", "checkov CKV_K8S_41"],
  subjects: ownWorkloads,
  check: (workload, platform) => {
    const account = workload.pod.serviceAccount;
    if (account === undefined || account === "default")
      return fail({ expected: "a service account of its own", actual: account ?? "default" });
    const others = ownWorkloads(platform).filter(
      (other) =>
        other !== workload &&
        other.region === workload.region &&
        other.namespace === workload.namespace &&
        other.pod.serviceAccount === account,
    );
    const bound = platform.objects.some(
      ({ region, object }) =>
        region === workload.region &&
        /RoleBinding$/.test(object.kind) &&
        objectsOf(object["subjects"]).some(
          (subject) => textOf(subject["name"]) === account && textOf(subject["namespace"]) === workload.namespace,
        ),
    );
    return [
      holds(
        others.length === 0,
        "no other workload uses the account",
        others.map((other) => other.name).join(", ") || "none",
      ),
      holds(
        workload.pod.automountsToken === false || bound,
        "automountServiceAccountToken is false",
        String(workload.pod.automountsToken ?? "not set, which means true"),
      ),
    ];
  },
  mutants: [
    change("the default account", deployments, set(`${pod}.service_account_name`, "default")),
    change("one account for all", deployments, set(`${pod}.service_account_name`, "shared")),
    change("token mounted", deployments, set(`${pod}.automount_service_account_token`, true)),
  ],
  boundary: {
    holds: change("token not mounted, said again", deployments, set(`${pod}.enable_service_links`, true)),
    breaks: change("token setting left out", deployments, unset(`${pod}.automount_service_account_token`)),
  },
});
