import { objectOf, objectsOf, textOf, textsOf } from "../../../inventory/json";
import type { Workload } from "../../../inventory/facts/kubernetes/workload-graph";
import { change, set } from "../../../policy/mutation";
import { policy } from "../../../policy/policy";
import { fail, pass, type Verdict } from "../../../policy/verdict";
import { deployments, ownWorkloads, POD } from "../_own";

/** Conditions that something in the platform sets. Source: aws-load-balancer-controller docs, pod readiness gate, read 2026-11-28. */
const knownGates = /^target-health\.elbv2\.k8s\.aws\//;

interface Setting {
  readonly name: string;
  readonly found: string | undefined;
  readonly expected: string;
  readonly otherwise: string;
}

/** Settings of a pod that are wrong; a setting that is right or absent has nothing found. */
function settingsOf({ pod: { spec, hostNetwork }, kind }: Workload): readonly Setting[] {
  const scheduler = textOf(spec["schedulerName"]) ?? "default-scheduler";
  const dns = textOf(spec["dnsPolicy"]) ?? "ClusterFirst";
  const servers = textsOf(objectOf(spec["dnsConfig"])["nameservers"]);
  const gates = objectsOf(spec["readinessGates"]).map((gate) => textOf(gate["conditionType"]) ?? "");
  const held = objectsOf(spec["schedulingGates"]).map((gate) => textOf(gate["name"]) ?? "");
  const aliases = objectsOf(spec["hostAliases"]).flatMap((alias) => textsOf(alias["hostnames"]));
  const runsOn = kind !== "Job" && kind !== "CronJob";
  const deadline = textOf(spec["activeDeadlineSeconds"]);
  const when = (wrong: boolean, found: string): string | undefined => (wrong ? found : undefined);
  return [
    {
      name: "schedulerName",
      found: when(scheduler !== "default-scheduler", scheduler),
      expected: "default-scheduler",
      otherwise: "no scheduler of that name runs: its pods stay Pending",
    },
    {
      name: "nodeName",
      found: textOf(spec["nodeName"]),
      expected: "no fixed node",
      otherwise: "its pods bypass the scheduler and wait for one node",
    },
    {
      name: "schedulingGates",
      found: when(held.length > 0, held.join(", ")),
      expected: "none",
      otherwise: "nothing removes the gate: its pods stay Pending",
    },
    {
      name: "readinessGates",
      found: when(
        gates.some((gate) => !knownGates.test(gate)),
        gates.join(", "),
      ),
      expected: "conditions that a controller of the platform sets",
      otherwise: "its pods never become ready",
    },
    {
      name: "dnsPolicy",
      found: when(dns !== "ClusterFirst" && !(hostNetwork && dns === "ClusterFirstWithHostNet"), dns),
      expected: "ClusterFirst",
      otherwise: "its pods do not resolve names of Services",
    },
    {
      name: "dnsConfig.nameservers",
      found: when(servers.length > 0, servers.join(", ")),
      expected: "none",
      otherwise: "names are asked of a server that knows no Service",
    },
    {
      name: "hostAliases",
      found: when(aliases.length > 0, aliases.join(", ")),
      expected: "none",
      otherwise: "these names lead to a fixed address, also after a failover",
    },
    {
      name: "activeDeadlineSeconds",
      found: when(runsOn && deadline !== undefined, deadline ?? ""),
      expected: "none for pods that serve",
      otherwise: "Kubernetes ends its pods after that time",
    },
    {
      name: "hostUsers",
      found: when(spec["hostUsers"] === true && hostNetwork, "true"),
      expected: "no host users with the host's network",
      otherwise: "its root is root of the node",
    },
  ];
}

export default policy({
  id: "WL-31",
  severity: "error",
  proves: ["CA-03"],
  title: "Pod settings let the scheduler place the pod and DNS resolve Services",
  because:
    "an unknown scheduler, a gate that no controller opens or the node's DNS leaves a pod Pending, unready or without its Services",
  remedy: "remove the setting: the defaults of Kubernetes are right for pods of the platform",
  subjects: (platform) => ownWorkloads(platform),
  check: (workload): Verdict | readonly Verdict[] => {
    const wrong = settingsOf(workload).filter(({ found }) => found !== undefined);
    return wrong.length === 0
      ? pass("default settings")
      : wrong.map(({ name, found = "", expected, otherwise }) =>
          fail({
            expected: `${name}: ${expected}`,
            actual: found,
            message: `${workload.label} in ${workload.region} has ${name} ${found}: ${otherwise}`,
          }),
        );
  },
  mutants: [
    change("another scheduler", deployments, set(`${POD}.scheduler_name`, "volcano")),
    change("one node", deployments, set(`${POD}.node_name`, "ip-10-0-0-1")),
    change("the node's DNS", deployments, set(`${POD}.dns_policy`, "Default")),
    change("a name server of its own", deployments, set(`${POD}.dns_config`, { nameservers: ["8.8.8.8"] })),
    change(
      "a fixed address of a store",
      deployments,
      set(`${POD}.host_aliases`, [{ ip: "10.0.0.5", hostnames: ["db"] }]),
    ),
    change(
      "a gate that no controller opens",
      deployments,
      set(`${POD}.readiness_gate`, [{ condition_type: "example.com/ready" }]),
    ),
    change("pods that end after a day", deployments, set(`${POD}.active_deadline_seconds`, 86_400)),
  ],
  boundary: {
    holds: change("the default by its name", deployments, set(`${POD}.dns_policy`, "ClusterFirst")),
    breaks: change(
      "the policy of pods with the host's network",
      deployments,
      set(`${POD}.dns_policy`, "ClusterFirstWithHostNet"),
    ),
  },
});
