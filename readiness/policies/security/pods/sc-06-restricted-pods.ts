import { change, resource, set, unset } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { holds } from "../../../policy/comparison";
import { ownContainers } from "../../../policy-terms/scope";

const pod = "spec.template.spec";
const security = `${pod}.container.security_context`;
const deployments = resource("kubernetes_deployment_v1");

export default policy({
  id: "SC-06",
  severity: "error",
  proves: ["FL-02", "FG-04", "CA-23"],
  title: "Containers meet the restricted pod security profile",
  because: "each of these settings limits what an attacker gains from a compromised container",
  remedy:
    "keep the security context of the Workload construct: non-root, read-only root, no escalation, no capability, seccomp",
  equivalents: [
    "checkov CKV_K8S_20",
    "checkov CKV_K8S_22",
    "checkov CKV_K8S_23",
    "checkov CKV_K8S_28",
    "checkov CKV_K8S_31",
  ],
  subjects: ownContainers,
  check: ({ container: { security } }) => [
    holds(security.runAsNonRoot === true, "runAsNonRoot is true", String(security.runAsNonRoot ?? "not set")),
    holds(security.runAsUser !== 0, "runAsUser is not 0", String(security.runAsUser ?? "set by the image"), {
      field: "userId",
    }),
    holds(!security.privileged, "privileged is false", String(security.privileged)),
    holds(
      security.allowPrivilegeEscalation === false,
      "allowPrivilegeEscalation is false",
      String(security.allowPrivilegeEscalation ?? "not set, which means true"),
    ),
    holds(security.readOnlyRootFilesystem, "readOnlyRootFilesystem is true", String(security.readOnlyRootFilesystem)),
    holds(
      security.droppedCapabilities.includes("ALL"),
      "capabilities drop ALL",
      security.droppedCapabilities.join(", ") || "none dropped",
    ),
    holds(
      security.addedCapabilities.every((name) => name === "NET_BIND_SERVICE"),
      "no capability added but NET_BIND_SERVICE",
      security.addedCapabilities.join(", ") || "none added",
    ),
    holds(
      ["RuntimeDefault", "Localhost"].includes(security.seccompProfile ?? ""),
      "seccomp RuntimeDefault or Localhost",
      security.seccompProfile ?? "not set",
    ),
  ],
  mutants: [
    change("may be root", deployments, set(`${security}.run_as_non_root`, false)),
    change("is root", deployments, set(`${pod}.security_context.run_as_user`, "0")),
    change("privileged", deployments, set(`${security}.privileged`, true)),
    change("may escalate", deployments, unset(`${security}.allow_privilege_escalation`)),
    change("writable root", deployments, set(`${security}.read_only_root_filesystem`, false)),
    change("keeps capabilities", deployments, unset(`${security}.capabilities`)),
    change("adds a capability", deployments, set(`${security}.capabilities.add`, ["SYS_ADMIN"])),
    change("no seccomp", deployments, unset(`${pod}.security_context.seccomp_profile`)),
  ],
  boundary: {
    holds: change("user 1", deployments, set(`${pod}.security_context.run_as_user`, "1")),
    breaks: change("user 0", deployments, set(`${pod}.security_context.run_as_user`, "0")),
  },
});
