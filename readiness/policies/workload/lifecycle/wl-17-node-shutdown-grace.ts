import { atMost } from "../../../policy/comparison";
import { change, resource, set } from "../../../policy/mutation";
import type { JsonObject } from "../../../policy/json";
import { policy } from "../../../policy/policy";
import { fail, notApplicable, type Verdict } from "../../../policy/verdict";
import { groupsOf, placesOf } from "../../../policy-terms/capacity/placement";
import { ownServices } from "../../../policy-terms/scope";
import { deployments, POD } from "../../../policy-terms/targets";

const templates = resource("aws_launch_template");
const inUserData = (from: RegExp, to: string) => (block: JsonObject) => {
  const text = Buffer.from(String(block["user_data"]), "base64").toString("utf8");
  block["user_data"] = Buffer.from(text.replace(from, to)).toString("base64");
};
const shutdown = (seconds: number) => inUserData(/shutdownGracePeriod: \d+s/, `shutdownGracePeriod: ${seconds}s`);
const grace = (seconds: number) => set(`${POD}.termination_grace_period_seconds`, seconds);
const critical = ["system-cluster-critical", "system-node-critical"];

export default policy({
  id: "WL-17",
  severity: "error",
  proves: ["FL-05", "CA-03"],
  title: "A node that shuts down gives its pods their whole grace period",
  because:
    "the kubelet ends every pod when the node's own period is over: a Spot node, a repaired or an updated one then drops what its pods were still finishing",
  remedy: "shorten drainSeconds of the component, or raise SHUTDOWN_SECONDS in constructs/aws/cluster/node-config.ts",
  subjects: ownServices,
  check: (workload, platform): Verdict | Verdict[] => {
    if (critical.includes(workload.pod.priorityClass ?? ""))
      return notApplicable("critical pods have the last part too");
    const groups = groupsOf(placesOf(workload, platform));
    if (groups.length === 0) return notApplicable("no node group takes it; AV-06 judges that");
    return groups.map((group) => {
      const { shutdownGraceSeconds, shutdownGraceCriticalSeconds = 0 } = group.launchTemplate?.kubelet ?? {};
      return shutdownGraceSeconds === undefined
        ? fail({ expected: `a shutdownGracePeriod of ${group.label}`, actual: "none: the node waits for no pod" })
        : atMost(
            shutdownGraceSeconds - shutdownGraceCriticalSeconds,
            workload.pod.graceSeconds,
            `seconds of grace, against what ${group.label} gives`,
            {
              field: "drainSeconds",
              arithmetic: `node ${shutdownGraceSeconds} − critical ${shutdownGraceCriticalSeconds}`,
            },
          );
    });
  },
  mutants: [
    change("a grace of five minutes", deployments, grace(300)),
    change("nodes that wait for a minute", templates, shutdown(60)),
    change("nodes that wait for no pod", templates, inUserData(/\n\s*shutdownGracePeriod: \d+s/, "")),
    change("all of it for critical pods", templates, inUserData(/CriticalPods: \d+s/, "CriticalPods: 150s")),
    change(
      "nodes of the secondary that wait for a minute",
      resource("aws_launch_template", (_, __, stack) => stack.endsWith("eu-west-1")),
      shutdown(60),
    ),
  ],
  boundary: {
    holds: change("120 s of the 150 s", deployments, grace(120)),
    breaks: change("121 s of the 150 s", deployments, grace(121)),
  },
});
